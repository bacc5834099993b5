"""A transcript as a Word document (Office Open XML), written by python-docx: the facts on top, then each turn below
its speaker's name and time.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from onrecord.languages import direction
from onrecord.timecode import clock
from onrecord.transcripts.formats.head import Head
from onrecord.transcripts.model import Transcript, Turn, turns

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows


def write_docx(transcript: Transcript, head: Head) -> bytes:
    """The document. The same transcript always gives the same bytes."""
    from docx import Document  # lxml takes its time to load, and nothing else here needs it
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    document = Document()
    properties = document.core_properties
    properties.title, properties.author = _sound(head.title)[:255], _sound("; ".join(head.speakers))[:255]
    properties.comments = _sound(head.provenance)[:255]
    properties.language = transcript.language
    made = _instant(transcript.provenance.reviewed or transcript.provenance.made)
    properties.created = properties.modified = made
    properties.last_modified_by = ""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Georgia", Pt(11)
    _set_language(normal, transcript.language)
    speaker = document.styles.add_style("Speaker", WD_STYLE_TYPE.PARAGRAPH)
    speaker.base_style, speaker.font.bold = normal, True
    speaker.paragraph_format.keep_with_next = True
    speaker.paragraph_format.space_before, speaker.paragraph_format.space_after = Pt(10), Pt(0)
    if head.title:
        document.add_heading(_sound(" ".join(head.title.split())), level=0)
    for name, text in head.rows():
        row = document.add_paragraph()
        row.paragraph_format.space_after = Pt(0)
        row.add_run(f"{name}: ").bold = True
        if name == "Address":
            _link(row, text, text)
        else:
            row.add_run(_sound(text))
    rtl = direction(transcript.language) == "rtl"
    for turn in turns(transcript.cues):
        _turn(document, turn, head, RGBColor(0x5C, 0x56, 0x4D), rtl=rtl)
    packed = io.BytesIO()
    document.save(packed)
    return _dateless(packed.getvalue())


def _turn(document: Any, turn: Turn, head: Head, grey: Any, *, rtl: bool) -> None:
    first = turn.cues[0]
    above = document.add_paragraph(style="Speaker")
    if turn.speaker:
        above.add_run(_sound(" ".join(turn.speaker.split())) + "  ")
    time = clock(first.start, hours="needed", fraction=False)
    if head.address and head.anchor:
        _link(above, time, f"{head.address}#{head.anchor}.{first.id}")
    else:
        run = above.add_run(time)
        run.bold, run.font.color.rgb = False, grey
    said = document.add_paragraph(_sound(" ".join(cue.text for cue in turn.cues if cue.words)))
    if rtl:
        for paragraph in (above, said):
            _child(paragraph._p.get_or_add_pPr(), "w:bidi")
            for run in paragraph.runs:
                run.font.rtl = True


def _link(paragraph: Any, text: str, address: str) -> None:
    """A run that leads to an address, which python-docx has no call for."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.shared import RGBColor
    from docx.text.run import Run

    link = _child(paragraph._p, "w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = Run(_child(link, "w:r"), paragraph)
    run.text = _sound(text)
    run.bold, run.font.underline, run.font.color.rgb = False, True, RGBColor(0x1F, 0x4E, 0x79)


def _child(parent: Any, name: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    parent.append(made)
    return made


def _set_language(style: Any, tag: str) -> None:
    from docx.oxml.ns import qn

    found = _child(style.element.get_or_add_rPr(), "w:lang")
    for name in ("w:val", "w:eastAsia", "w:bidi"):
        found.set(qn(name), tag)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return _LONG_AGO


def _sound(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return "".join(
        character
        for character in text
        if (character >= " " and character not in "\ufffe\uffff") or character == "\t"
    )


def _dateless(packed: bytes) -> bytes:
    """The same package without the time of its making in every entry."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as read, zipfile.ZipFile(result, "w") as written:
        for name in read.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, read.read(name))
    return result.getvalue()
