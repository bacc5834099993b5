"""YouTube's json3 captions: words with their own times, in windows that roll over one another."""

from __future__ import annotations

from typing import Any

from onrecord.errors import TranscriptFormatError
from onrecord.transcripts.formats.rolling import unrolled
from onrecord.transcripts.model import Cue, Provenance, Transcript, Word
from onrecord.transcripts.vtt import UNKNOWN_LANGUAGE, Reading

_UNSURE_BELOW = 128  # `acAsrConf` goes from 0 to 255


def is_json3(data: Any) -> bool:
    """Whether a JSON value is json3."""
    return isinstance(data, dict) and (data.get("wireMagic") == "pb3" or isinstance(data.get("events"), list))


def _whole(value: Any) -> int:
    """A number of milliseconds; 0 where there is none."""
    ok = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**10
    return value if ok else 0


def read_json3(data: Any, *, language: str = "") -> Reading:
    """Reads json3. An event's text ends where the next begins; events that only open a window or a line are
    no text.
    """
    cues: list[Cue] = []
    odd = timed = 0
    for event in data.get("events", []):
        if not isinstance(event, dict) or not isinstance(event.get("segs"), list):
            continue
        if not isinstance(event.get("tStartMs"), int):
            odd += 1
            continue
        start = _whole(event["tStartMs"])
        words: list[Word] = []
        breaks: list[int] = []
        held = ""
        held_start: int | None = None
        held_unsure = False
        for seg in event["segs"]:
            text = seg.get("utf8") if isinstance(seg, dict) else None
            if not isinstance(text, str):
                odd += 1
                continue
            timed += "tOffsetMs" in seg
            own = (
                start + _whole(seg.get("tOffsetMs"))
                if "tOffsetMs" in seg or (not words and not held)
                else None
            )
            confidence = seg.get("acAsrConf")
            unsure = isinstance(confidence, int) and 0 < confidence < _UNSURE_BELOW
            for character in text.replace("\u200b", ""):
                if character.isspace() and character != "\u00a0":
                    if held:
                        words.append(Word(held, held_start, held_unsure))
                        held = ""
                    if character == "\n" and words:
                        breaks.append(len(words))
                    continue
                if not held:
                    held_start, held_unsure, own = own, unsure, None
                held += character
        if held:
            words.append(Word(held, held_start, held_unsure))
        if not words:
            continue
        edges = tuple(sorted({at for at in breaks if 0 < at < len(words)}))
        cues.append(Cue("", start, start + _whole(event.get("dDurationMs")), tuple(words), breaks=edges))
    if not cues:
        raise TranscriptFormatError("there are no words in these captions.")
    mended = [f"{odd} pieces without a time or a text were left out."] if odd else []
    cues.sort(key=lambda cue: cue.start)
    found, said = unrolled(tuple(cues))
    mended += said
    # A window stays on the screen while the next one fills: a caption of ours ends where the next begins.
    ends = [after.start for after in found[1:]]
    cut = tuple(
        Cue(cue.id, cue.start, max(cue.start, min(cue.end, end)), cue.words, cue.speaker, cue.breaks)
        for cue, end in zip(found, [*ends, found[-1].end], strict=True)
    )
    provenance = Provenance(language=language or UNKNOWN_LANGUAGE, unsure_below=0.5 if timed else None)
    return Reading(Transcript(provenance).with_cues(cut), tuple(mended))
