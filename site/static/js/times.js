// Positions are whole milliseconds, as everywhere in onrecord.

/** The index of the last of the ascending `starts` that is not after `time`; -1 before the first. */
export function lastBefore(starts, time) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** `3723004` as `1:02:03`. The time is cut, never rounded up. */
export function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const tail = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${tail}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${tail}`;
}
