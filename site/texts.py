"""The files of an event that are made of text: captions, chapters, downloads."""

from __future__ import annotations

from onrecord.site.chapters import chapters_vtt
from onrecord.site.downloads import FORMATS, captions, download
from onrecord.site.public import PublicEvent
from onrecord.site.rendering import Document
from onrecord.site.urls import Urls
from onrecord.site.wording import Wording

_VTT = "text/vtt"


def text_of(event: PublicEvent, kind: str, name: str, urls: Urls, words: Wording) -> Document | None:
    """The file of this name among an event's `captions` or `downloads`; None: there is none."""
    stem, _, form = name.rpartition(".")
    if kind == "captions" and form == "vtt" and stem.endswith(".chapters"):
        chapters = next((one.chapters for one in event.recordings if f"{one.id}.chapters" == stem), ())
        return Document(chapters_vtt(chapters), _VTT, noindex=event.unlisted) if chapters else None
    transcript = next((item for item in event.transcripts if item.name == stem), None)
    if transcript is None:
        return None
    if kind == "captions":
        return Document(captions(transcript), _VTT, noindex=event.unlisted) if form == "vtt" else None
    wanted = next((known for known in FORMATS if known == form), None)
    if wanted is None:
        return None
    body, media_type = download(event, transcript, wanted, urls, words)
    return Document(body, media_type, noindex=event.unlisted)
