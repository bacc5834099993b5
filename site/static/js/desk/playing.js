// The player of the editor. Times are those of the transcript, in whole milliseconds on the original's clock.

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export class Playing {
  /** `changed` is called when the time or the state may have changed. */
  constructor(media, changed) {
    this.media = media;
    this.changed = changed;
    this.pending = null;
    if (!media) return;
    for (const name of ["timeupdate", "seeked", "play", "pause", "ended", "ratechange"]) media.addEventListener(name, changed);
  }

  get time() {
    return this.pending ?? Math.round((this.media?.currentTime ?? 0) * 1000);
  }

  get on() {
    return Boolean(this.media) && !this.media.paused && !this.media.ended;
  }

  get rate() {
    return this.media?.playbackRate ?? 1;
  }

  seek(time, { play = false } = {}) {
    const { media } = this;
    if (!media) return;
    this.pending = Math.max(time, 0);
    const go = () => {
      if (this.pending === null) return;
      media.currentTime = this.pending / 1000;
      this.pending = null;
      this.changed();
    };
    if (media.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else media.addEventListener("loadedmetadata", go, { once: true });
    if (play) this.play();
  }

  play() {
    this.media?.play().catch(() => this.changed()); // the browser wants a press of its own button
  }

  toggle() {
    if (this.on) this.media.pause();
    else this.play();
  }

  move(by) {
    this.seek(this.time + by);
  }

  faster(by) {
    if (!this.media) return;
    const now = this.rate;
    this.media.playbackRate = (by > 0 ? SPEEDS.find((one) => one > now) : SPEEDS.findLast((one) => one < now)) ?? now;
  }
}
