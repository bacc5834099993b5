"""Attacks in every field that a stranger, a platform or a calendar can fill, and what finds the ones that have come through.

No test: `conftest.py` loads it for the tests that look at pages as bytes and for those in a browser.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from onrecord import audit, jobs
from onrecord.transcripts.library import Library

STEM, SECOND = "2026-10-01-a", "2026-10-02-b"
EVIL = "evil.example"
# Each acts in some place where text was let through: as an element, an attribute, an address, a script's string, CSS, a comment,
# Markdown, a template, or by what a parser mends. All want `alert` or to ask the host EVIL for something.
ATTACKS = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "\"'><svg/onload=alert(4)>",
    "' autofocus onfocus=alert(5) x='",
    '" onmouseover="alert(6)" style="background:url(//evil.example/c)',
    "</title></textarea></style></noscript><img src=//evil.example/p.png>",
    "<iframe srcdoc='&lt;script&gt;parent.alert(7)&lt;/script&gt;'></iframe>",
    "<base href=//evil.example/><link rel=stylesheet href=//evil.example/x.css>",
    '<meta http-equiv=refresh content="0;url=//evil.example/">',
    "<form action=//evil.example/><button>x</button></form><object data=//evil.example/o></object>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(8)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(9)>'>",
    "[a](javascript:alert(10)) [b](JaVa\tScRiPt:alert(11)) [c](data:text/html,<script>alert(12)</script>)",
    "![d](//evil.example/d.png) ![e](https://evil.example/e.png) <javascript:alert(13)>",
    "[f]: javascript:alert(14)\n\n[f] [g](&#106;avascript:alert(15)) [h](vbscript:x) [i](\x01javascript:alert(16))",
    "{{ 7*7 }}{% raw %}${alert(17)}#{1+1}<%= 1 %>",
    "--><script>alert(18)</script><!-- ]]><script>alert(19)</script><![CDATA[",
    "\\u003cscript\\u003ealert(20)\\u003c/script\\u003e \u2028alert(21)\u2029 %3Cscript%3E",
    "<a href=javascript&colon;alert(22)>x</a><a href=' javascript:alert(23)'>y</a>",
    "<v.onclick=alert(24) Anna><c.x style=x>w</c> &lt;script&gt;alert(25)&lt;/script&gt;",
    "<template shadowrootmode=open><script>alert(26)</script></template><dialog open onclose=alert(27)>",
    "\u202eevil\u202c \x1b]0;owned\x07 \u009b31m \ufeff\ufffe",
    "a" * 300 + "<b onclick=alert(28)>",
)
ALL = " ".join(ATTACKS)


def _cue_text(text: str) -> str:
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "").split())


def plant(bench: Any) -> None:
    """Fills every field that there is: settings, events, transcripts as strangers send them, captions and metadata that came with
    a recording, proposals.
    """
    text = json.dumps(
        "".join(c for c in ALL if ord(c) > 31 or c == "\n")
    )  # a JSON string is a TOML basic string
    inline = text.replace("\\n", " ")
    file = bench.archive.settings_file
    settings = file.read_text(encoding="utf-8").replace('title = "A test archive"', f"title = {inline}")
    head = f'base-url = "https://archive.example.org"\nsummary = {inline}\nabout = {text}\ncontact = {inline}\nlicence = {inline}\n'
    file.write_text(
        settings.replace("\n[glossary]", f"\n{head}[glossary]\n{inline} = [{inline}]", 1), encoding="utf-8"
    )
    bench.settings("")
    for number, stem in enumerate((STEM, SECOND)):
        bench.event(stem, f'''
            slug = "talk-{number}"
            summary = {text}
            description = {text}
            series = {inline}
            tags = [{inline}]
            licence = {inline}
            {"cancelled = " + inline if number else ""}
            languages = ["en", "uk"]
            join = "https://meet.example.org/'onclick=alert(1)"
            agenda = [{{ at = "00:00:01", title = {inline} }}]
            [[speakers]]
            id = "speaker-{number}"
            name = {inline}
            role = {inline}
            affiliation = {inline}
            bio = {text}
            consent = "yes"
            links = [{{ label = {inline}, kind = {inline}, url = "https://archive.example.org/?a=1&b='x'" }}]
            [[links]]
            label = {inline}
            kind = {inline}
            url = "https://archive.example.org/'onclick=alert(1)"
            archived = "https://archive.example.org/`onclick=alert(1)"
            [[recordings]]
            id = "part-1"
            title = {inline}
            source = "https://video.example.org/'-alert(1)-'"
            publish = "yes"
            transcript = "draft"
            [private]
            notes = {text}
        ''', title=inline[1:-1])  # fmt: skip
        for language, status in (("en", "reviewed"), ("uk", "machine")):
            said = _cue_text(ALL)
            name = said.replace(">", "").replace(":", "")
            path = bench.transcript(
                stem, f"part-1.{language}", f"c1 1.0 4.0 {name}: words {said}", status=status
            )
            path.write_text(
                path.read_text().replace("\nc1\n", f'\nNOTE {said}\n\n"><script>alert(1)</script>\n')
            )
            library = Library(bench.archive)
            transcript = library.read(stem, "part-1", language)
            path.unlink()
            library.save(stem, "part-1", transcript)
    plain = " ".join(ALL.split())
    folder = bench.archive.media(STEM)
    folder.mkdir(parents=True, exist_ok=True)
    came = dict.fromkeys(
        ("title", "description", "uploader", "channel", "webpage_url", "id", "license"), plain
    )
    (folder / "part-1.metadata.json").write_text(json.dumps(came), encoding="utf-8")
    (folder / "part-1.captions.en.vtt").write_text(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{_cue_text(ALL)}\n")
    proposal = {
        "key": "0123456789abcdef", "stem": SECOND, "source": "https://video.example.org/'onclick=alert(1)", "title": plain,
        "channel": plain, "published": plain[:30], "length": 5000, "score": 0.9, "reasons": [],
    }  # fmt: skip
    found = {"looked": "2026-11-23T10:00:00Z", "proposals": [proposal], "unread": [], "dismissed": []}
    (bench.archive.hidden / "found.json").write_text(json.dumps(found), encoding="utf-8")


def plant_work(database: Any) -> None:
    """The same in what jobs have found and said, and in the log."""
    plain = " ".join(ALL.split())
    sight = {
        "kind": "list", "title": plain, "place": plain, "length": 1, "size": 1, "video": True, "published": plain,
        "captions": [{"language": plain, "automatic": True}],
        "entries": [{"url": "https://video.example.org/'onclick=alert(1)", "title": plain, "length": 1, "published": plain}],
    }  # fmt: skip
    outcomes = {
        "look": jobs.Outcome("done", {"sight": sight}),
        "recording": jobs.Outcome("failed", note=plain, error=plain, advice=plain),
        "publish": jobs.Outcome("failed", error=plain, advice=plain),
    }
    for kind, outcome in outcomes.items():
        details = {"url": "https://video.example.org/'onclick=alert(1)", "stem": STEM, "event": STEM}
        job = jobs.enqueue(database, kind, STEM, "part-1", details=details, by=plain)
        jobs.log(database, job.id, plain)
        jobs.claim(database, "w", [kind])
        jobs.finish(database, job, "w", outcome)
    with database.writing() as connection:
        audit.note(connection, who=plain[:80], what="event.changed", subject=STEM, detail=plain)
        audit.note(connection, who=plain[:80], what=plain[:60], subject=plain[:200], detail=plain)


CALENDAR = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", "BEGIN:VEVENT", "UID:<script>alert(1)</script>@evil.example",
    "DTSTAMP:20261101T100000Z", "DTSTART;TZID=Europe/Kyiv:20261201T180000", "DTEND;TZID=Europe/Kyiv:20261201T190000",
    *(f"{name}:" + " ".join(ALL.split()).replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
      for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "COMMENT", "CONTACT")),
    "URL:javascript:alert(1)", "ORGANIZER;CN=\"<img src=x onerror=alert(1)>\":mailto:x@evil.example",
    "ATTACH:data:text/html,<script>alert(1)</script>", "END:VEVENT", "END:VCALENDAR", "",
])  # fmt: skip


_ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "data",
    "background",
    "cite",
    "xlink:href",
    "manifest",
    "ping",
)
_NEVER = {
    "object",
    "embed",
    "applet",
    "frame",
    "frameset",
    "math",
    "foreignobject",
    "animate",
    "set",
    "portal",
}


def active(page: str) -> list[str]:
    """Every node of a page that would act, or ask a stranger for something. It is read as browsers read it, with scripts and
    without (HTML standard, 13.2).
    """
    found: list[str] = []
    for scripting in (True, False):
        tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(page, scripting=scripting)
        found += [one for node in tree.iter() for one in _acts(node) if one not in found]
    return found


def _acts(node: Element) -> list[str]:
    if not isinstance(node.tag, str):
        return []
    tag = node.tag.rpartition("}")[2].lower()
    attributes = {
        (name[1] if isinstance(name, tuple) else name).rpartition("}")[2].lower(): value or ""
        for name, value in node.attrib.items()
    }
    found = [
        f"{tag} {name}"
        for name in attributes
        if name.startswith("on") or name in ("style", "srcdoc", "formaction")
    ]
    found += [tag] if tag in _NEVER or tag == "style" else []
    if tag == "script" and attributes.get("type") not in ("application/json", "application/ld+json"):
        own = re.fullmatch(
            r"/(?:desk/events/[^/]+/preview/[^/]+/)?static/[^?#]+(?:\?v=[0-9a-f]+)?",
            attributes.get("src", ""),
        )
        found += [] if own and not (node.text or "").strip() else [f"script {attributes}"]
    if tag == "base" and attributes.keys() != {
        "target"
    }:  # ours of the embedded page leads links out of the frame
        found.append("base")
    if tag == "meta" and attributes.get("http-equiv", "").lower() not in ("", "content-security-policy"):
        found.append(f"meta {attributes}")
    for name in _ADDRESSES:
        if name in attributes and not _harmless(tag, name, attributes[name]):
            found.append(f"{tag} {name}={attributes[name][:80]}")
    return found


def _harmless(tag: str, name: str, value: str) -> bool:
    address = re.sub(r"[\x00-\x20]", "", value).lower()
    if address.startswith("//") or "\\" in address[:3]:
        return False
    scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
    if scheme is None:
        return True
    if address.startswith("https://archive.example.org/"):
        return True
    if tag == "link" and name == "href":
        return False
    return tag == "a" and name == "href" and scheme[0] in ("http:", "https:", "mailto:")
