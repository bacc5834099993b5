"""A text with a time above each paragraph, made into cues whose times within the paragraph are estimated."""

from __future__ import annotations

from onrecord.errors import TranscriptFormatError
from onrecord.transcripts.fitting import fit
from onrecord.transcripts.formats.prose import Paragraph
from onrecord.transcripts.formats.subtitles import cue_of_lines
from onrecord.transcripts.model import Cue, Provenance, Transcript
from onrecord.transcripts.vtt import UNKNOWN_LANGUAGE, Reading

_PER_CHARACTER = 65  # milliseconds: about 15 characters a second, as people speak


def cues_of(paragraphs: tuple[Paragraph, ...], language: str) -> Reading:
    """Cues of caption size; raises `TranscriptFormatError` where no paragraph has a time."""
    if not any(paragraph.start is not None for paragraph in paragraphs):
        raise TranscriptFormatError(
            "this text has no times.",
            advice="Add --revise if it is a correction of the present transcript; else transcribe the "
            "recording first.",
        )
    cues: list[Cue] = []
    speaker = ""
    for index, paragraph in enumerate(paragraphs):
        speaker = speaker if paragraph.speaker is None else paragraph.speaker
        start = paragraph.start if paragraph.start is not None else (cues[-1].end if cues else 0)
        usual = start + max(500, len(paragraph.text) * _PER_CHARACTER)
        later = next((other.start for other in paragraphs[index + 1 :] if other.start is not None), None)
        end = usual if later is None or later <= start else min(usual, later)
        cue = cue_of_lines(start, end, [paragraph.text])
        if cue.words:
            cues += fit(Cue("", start, end, cue.words, speaker))
    transcript = Transcript(Provenance(language=language or UNKNOWN_LANGUAGE))
    said = "the times within a paragraph are estimated from the length of the words."
    return Reading(transcript.with_cues(tuple(cues)), (said,))
