"""Nothing private is in any public byte.

A word that occurs nowhere else, a canary, is planted in every private place of an archive. Then everything
that the public can get is fetched and searched for them: every page and file of the live site, the answers of
the search, the public index, every file of the export, packed or not. A second test makes the same places
public and demands that their canaries are found: a search that finds nothing proves nothing unless it can
find something.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.site.export.run import publish
from onrecord.site.pages import Pages

TOKEN = "kzt0Qp1VbR8sWm4yLx7Eca2D"
OPENED = (
    "draft", "future", "unlisted", "unpublished", "unreviewed", "realname", "unconsented", "unconsentedname",
    "asked", "player", "before", "straddling", "after", "metadata", "join", "withdrawn", "blockedname",
    "keptsound", "keptplayer", "untoldtitle",
)  # fmt: skip
ALWAYS_PRIVATE = (
    "private",
    "privatenested",
    "eventx",
    "speakerx",
    "linkx",
    "recordingx",
    "source",
    "filesource",
    "stem",
    "somebody",
    "somebodyx",
    "othername",
    "settingsx",
    "history",
    "dropped",
    "remark",
    "header",
    "cuesetting",
    "reviewer",
    "transcriptsource",
    "modelfolder",
    "style",
    "aliasname",
    "digest",
    "picture",
    "partial",
    "orphan",
    "passcode",
)


def canary(place: str) -> str:
    """A word that stands for a place."""
    return f"zq{zlib.crc32(place.encode()):08x}".replace("0", "o").replace("1", "l") + "x"


CANARIES = {place: canary(place) for place in (*OPENED, *ALWAYS_PRIVATE)}


def build(bench: Any, folder: Path, opened: frozenset[str] = frozenset()) -> None:
    """An archive with a canary in every private place; those in `opened` are made public as people do it."""
    word = CANARIES

    def when(place: str, public: str, private: str) -> str:
        return public if place in opened else private

    real, second = word["realname"].title(), "Quixworth"
    bench.settings(
        f'''
        base-url = "https://archive.example.org/talks"
        [x-tool]
        remark = "{word["settingsx"]}"
    '''.replace("[x-tool]\n", "").replace("remark =", "x-remark =")
    )
    file = bench.archive.settings_file
    players = file.read_text(encoding="utf-8").replace("[publish]\n", "[publish]\nplatform-players = true\n")
    file.write_text(players, encoding="utf-8")
    stem = f"2026-10-01-{word['stem']}"
    pseudonym = when("realname", "", 'shown_as = "Witness A"')
    bench.event(stem, f'''
        {bench.past.strip()}
        slug = "open-talk"
        aliases = ["talk-of-{word["aliasname"]}", "old-talk"]
        summary = "A talk with {real} {second} and others."
        description = "Here **{real}** *{second}* speaks, see [her page](https://example.org/{real.lower()})."
        languages = ["en"]
        series = "Talks with {real} {second}"
        tags = ["{real} {second}", "rights"]
        x-note = "{word["eventx"]}"
        agenda = [
          {{ at = "00:00:00", title = "Words of {real} {second}" }},
          {{ at = "00:00:03", title = "A chapter goes on" }},
        ]
        [[speakers]]
        id = "{real.lower()}"
        name = "{real} {second}"
        {pseudonym}
        bio = "The teacher {real} {second}."
        x-contact = "{word["speakerx"]}"
        links = [{{ label = "Page", url = "https://example.org/people/{real.lower()}-{second.lower()}" }}]
        [[speakers]]
        name = "Petro {word["unconsentedname"].title()}"
        consent = "{when("unconsented", "yes", "no")}"
        [[speakers]]
        name = "Olha {word["asked"].title()}"
        consent = "{when("asked", "yes", "asked")}"
        [[speakers]]
        name = "Borys {word["aliasname"].title()}"
        shown_as = "Witness B"
        [[speakers]]
        name = "Carla Example"
        consent = "yes"
        [[links]]
        label = "About {real} {second}"
        url = "https://example.org/about"
        x-why = "{word["linkx"]}"
        [[recordings]]
        id = "part-1"
        title = "Part one, with {real} {second}"
        source = "https://media.example.org/{word["source"]}.mp4"
        publish = "yes"
        transcript = "{when("unreviewed", "draft", "reviewed")}"
        original = "{when("metadata", "public", "private")}"
        voices = ["Petro {word["unconsentedname"].title()}", "Olha {word["asked"].title()}"]
        {when("before", "", 'trim = ["00:00:01", "00:00:05"]')}
        x-take = "{word["recordingx"]}"
        [[recordings]]
        id = "part-2"
        title = "{word["unpublished"]}"
        source = "{word["filesource"]}.mp4"
        publish = "{when("unpublished", "yes", "no")}"
        [private]
        notes = "{word["private"]}"
        names = {{ witness = ["{word["privatenested"]}"] }}
        passcode = "{word["passcode"]}"
    ''')  # fmt: skip
    file = bench.archive.events / f"{stem}.toml"  # an event's id is public; that of the bench holds the stem
    file.write_text(
        file.read_text(encoding="utf-8").replace(f"id-of-{stem}", "id-of-open-talk"), encoding="utf-8"
    )
    (bench.archive.speakers_file).write_text(
        f'format = 1\n[[speakers]]\nid = "nobody"\nname = "{word["somebody"]}"\n'
        f'x-seen = "{word["somebodyx"]}"\n'
        f'[[speakers]]\nid = "{real.lower()}"\nname = "{real} {second}"\n'
        f'names = {{ uk = "Анна {word["othername"].title()}" }}\n',
        encoding="utf-8",
    )
    (bench.archive.events / f"{word['picture']}.txt").write_text(word["picture"])
    spoken = f"""
        c1 0.0 0.9 Carla Example: {word["before"]} first.
        c2 0.5 1.8 Carla Example: {word["straddling"]} <00:00:01.200>open words.
        c3 1.8 2.5 Carla Example: So {real} <00:00:02.200>{second} and Анна {word["othername"].title()}.
        c4 2.5 3.0 {real} {second}: I am here, thank you {real}.
        c5 3.0 3.5 Petro {word["unconsentedname"].title()}: {word["unconsented"]} said.
        c6 3.5 4.0 Olha {word["asked"].title()}: {word["asked"]} said.
        c7 4.0 4.4 Carla Example: Here speaks {word["unconsentedname"].title()} no more.
        c8 4.4 4.8 An unknown voice: murmurs {word["orphan"]}.
        c9 4.7 5.6 Carla Example: closing <00:00:05.300>{word["after"]}.
        c10 5.6 5.9 Carla Example: {word["after"]} last.
    """
    noise = (
        f"original-sha256: {word['digest']}\nreviewed-by: {word['reviewer']}\n"
        f"model: /home/{word['modelfolder']}/small\n"
        f"source: {word['transcriptsource']}.vtt\n"
    )
    path = bench.transcript(stem, "part-1.en", spoken, more=noise)
    text = path.read_text(encoding="utf-8")
    text = text.replace("WEBVTT\n", f"WEBVTT {word['header']}\n", 1)
    text = text.replace(
        "\n\nc1\n", f"\n\nNOTE dropped 00:00:01.000 to 00:00:02.000: {word['dropped']}\n\nc1\n", 1
    )
    text = text.replace("\n\nc3\n", f"\n\nNOTE {word['remark']}\n\nc3\n", 1)
    text = re.sub(r"(c4\n.*?-->\s*\S+)", rf"\1 region:{word['cuesetting']}", text, count=1)
    text = text.replace("\n\nNOTE\nonrecord", "\n\nNOTE\nonrecord", 1)
    path.write_text(text, encoding="utf-8")
    history = path.parent / "history" / "part-1.en.0001.vtt"
    history.parent.mkdir()
    history.write_text(text.replace("open words", word["history"]), encoding="utf-8")
    bench.transcript(
        stem, "part-1.uk", f"c1 2.0 3.0 Carla Example: {word['unreviewed']} слова.", status="machine"
    )
    bench.transcript(stem, "part-1.fr", f"c1 2.0 3.0 Carla Example: {word['partial']}.", status="partial")
    bench.transcript(stem, "part-2.en", f"c1 2.0 3.0 Carla Example: {word['unpublished']} words.")
    bench.recording(
        stem,
        "part-1",
        bench.tone(
            folder / "tone.m4a",
            {"title": word["metadata"], "comment": word["metadata"], "artist": word["metadata"]},
        ),
        source=f"https://media.example.org/{word['source']}.mp4",
    )

    def hidden(name: str, place: str, more: str, visibility: str) -> None:
        mark = word[place]
        bench.event(f"2026-10-0{name}", f'''
            slug = "slug-{place}"
            aliases = ["alias-{place}"]
            summary = "{mark} summary"
            description = "{mark} *description*"
            series = "{mark} series"
            tags = ["{mark} tag"]
            {more}
            [[speakers]]
            name = "Dora {mark}"
            [[recordings]]
            id = "part-1"
            title = "{mark} recording"
            publish = "yes"
        ''', title=f"{mark} title", visibility=visibility)  # fmt: skip
        bench.transcript(f"2026-10-0{name}", "part-1.en", f"c1 0.0 2.0 Dora {mark}: {mark} words.")

    hidden("2-a", "draft", "", when("draft", "public", "draft"))
    hidden(
        "3-b",
        "future",
        when("future", 'publish_at = "2026-01-02 18:00"', 'publish_at = "2027-01-02 18:00"'),
        "draft",
    )
    hidden(
        "4-c",
        "unlisted",
        f'private = {{ unlisted-token = "{TOKEN}" }}',
        when("unlisted", "public", "unlisted"),
    )
    hidden("5-d", "withdrawn", when("withdrawn", "", 'withdrawn = "Taken back."'), "public")
    bench.event("2026-12-01-e", f'''
        {bench.coming.strip()}
        slug = "coming-talk"
        join = "https://meet.example.org/{word["join"]}"
        join_visibility = "{when("join", "public", "private")}"
    ''', title="A coming talk")  # fmt: skip
    bench.event("2026-10-07-f", f'''
        slug = "elsewhere-talk"
        [[speakers]]
        name = "Vira Example"
        consent = "{when("player", "yes", "asked")}"
        [[recordings]]
        id = "part-1"
        publish = "yes"
        source = "https://youtu.be/{word["player"]}"
        [[recordings]]
        id = "part-2"
        source = "https://youtu.be/{word["source"]}"
    ''', title="A talk that a platform holds")  # fmt: skip
    bench.event("2026-10-08-g", f'''
        slug = "told-talk"
        [[speakers]]
        name = "Vira Example"
        consent = "yes"
        [[recordings]]
        id = "part-1"
        publish = "{when("keptsound", "yes", "transcript")}"
        original = "public"
        [[recordings]]
        id = "part-2"
        publish = "{when("keptplayer", "yes", "transcript")}"
        source = "https://youtu.be/{word["keptplayer"]}"
        [[recordings]]
        id = "part-3"
        title = "{word["untoldtitle"]}"
        publish = "{when("untoldtitle", "yes", "transcript")}"
    ''', title="A talk that is told and not played")  # fmt: skip
    for part in ("part-1", "part-2"):
        bench.transcript("2026-10-08-g", f"{part}.en", "c1 0.0 2.0 Vira Example: Told words.")
    bench.transcript("2026-10-08-g", "part-3.en", "c1 0.0 2.0 Vira Example: Draft words.", status="machine")
    bench.recording(
        "2026-10-08-g",
        "part-1",
        bench.tone(folder / "kept.m4a", {"title": word["keptsound"]}),
        source="kept.m4a",
    )
    bench.event(f"2026-10-06-{word['blockedname']}", f'''
        slug = "talk-with-{word["blockedname"]}"
        [[speakers]]
        name = "Vira {word["blockedname"].title()}"
        {when("blockedname", "", 'shown_as = "Witness C"')}
    ''')  # fmt: skip


def unpacked(data: bytes) -> bytes:
    """The bytes, and what is packed in them."""
    if data[:2] == b"\x1f\x8b":
        return data + gzip.decompress(data)
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return data + b"".join(name.encode() + package.read(name) for name in package.namelist())
    return data


def live(bench: Any) -> Iterator[tuple[str, bytes]]:
    """Everything that the live site answers: (address, head and body)."""
    with bench.client() as client:
        state = client.app.state.live.state
        assert state.indexed.wait(60)
        view = state.view
        paths = {*Pages(view).paths(), "nothing-here/", "feed.xml", "sitemap.xml", "robots.txt"}
        paths |= {f"static/{name}" for name in state.pages.statics.names()}
        for place in ("draft", "future", "unlisted", "withdrawn"):
            for slug in (f"slug-{place}", f"alias-{place}"):
                paths |= {f"events/{slug}/", f"media/{slug}/part-1.m4a", f"captions/{slug}/part-1.en.vtt"}
                paths |= {f"downloads/{slug}/part-1.en.json", f"series/{canary(place)}-series/"}
        paths |= {
            f"{kind}/open-talk/part-1.{end}"
            for kind in ("media", "captions", "downloads")
            for end in ("json", "mp4", "m4a", "uk.vtt", "fr.vtt", "en.txt", "original.m4a", "metadata.json")
        }
        paths |= {f"media/told-talk/part-1.{end}" for end in ("m4a", "original.m4a", "jpg", "waveform.svg")}
        paths |= {"media/open-talk/part-2.m4a", "captions/open-talk/part-2.en.vtt", "events/old-talk/"}
        paths |= {
            "onrecord.toml",
            ".onrecord/public.sqlite3",
            "static/../onrecord.toml",
            "static/..%2fview.py",
        }
        for place, word in CANARIES.items():  # what is not there is told of by what is like it
            paths |= {
                f"events/{word[:-3]}/",
                f"api/v1/events/slug-{place}.json",
                f"events/slug-{place}/event.ics",
            }
            paths |= {
                f"speakers/{word}/feed.xml",
                f"series/{word}-series/calendar.ics",
                f"oembed/slug-{place}.json",
            }
            page = f"https://archive.example.org/talks/events/slug-{place}/"
            yield f"live:oembed {place}", client.get("/oembed", params={"url": page}).content
        spans = ("0-900", "0-3900", "1500-2600", "2000-2500", "2500-3000", "3000-3600", "0-130000")
        paths |= {f"clips/open-talk/part-1.{span}.{form}" for span in spans for form in ("opus", "mp3")}
        paths |= {
            f"clips/slug-{place}/part-1.0-1000.opus" for place in ("draft", "future", "unlisted", "withdrawn")
        }
        paths |= {"clips/open-talk/part-2.0-1000.opus", "captions/open-talk/part-1.chapters.vtt"}
        for path in sorted(paths):
            for accept in ("text/html", "application/json"):
                answer = client.get(f"/{path}", headers={"accept": accept}, follow_redirects=False)
                body = unpacked(answer.content)
                if (
                    answer.status_code == 404
                ):  # its search field holds the words of the address that was asked for
                    body = re.sub(rb'(<input type="search"[^>]* value=)"[^"]*"', rb"\1", body)
                yield f"live:/{path}", repr(sorted(answer.headers.items())).encode() + body
        for asked in ("rights", "words", "open", "speaker:witness words", "tag:rights", "here", "carla"):
            for form in ("", "&format=json"):
                answer = client.get(f"/search/?q={asked}{form}")
                yield f"live:search {asked}{form}", answer.content
        for place, word in CANARIES.items():
            for question in (word, f"speaker:{word}", f"tag:{word}", f"{word[:6]}*"):
                found = client.get("/search/", params={"q": question, "format": "json"}).json()
                answer = repr(found["events"]) + repr(found["facets"])
                if found["total"]:
                    answer += f" found by asking for {word}"
                yield f"live:search for {place}", answer.encode()
            yield from suggested(client, place, word)
        for asked in ("rights", "words", "open", "carla"):
            for address in (
                f"/search/feed.xml?q={asked}",
                f"/api/v1/search?q={asked}",
                f"/search/complete?q={asked[:3]}",
            ):
                yield f"live:{address}", unpacked(client.get(address).content)
    yield from index(bench)


def suggested(client: Any, place: str, word: str) -> Iterator[tuple[str, bytes]]:
    """What the search says of a word that was begun, or misspelt."""
    for begun in (word[:5], f"speaker:{word[:5]}", f"tag:{word[:5]}", f"open {word[:5]}", word[:5].title()):
        for form in ("", "opensearch"):
            answer = client.get("/search/complete", params={"q": begun, "format": form})
            assert answer.status_code == 200
            yield f"live:complete {place}", answer.content
    misspelt = f"{word[:-3]}{word[-2]}{word[-3]}{word[-1]}"
    if misspelt != word:
        meant = client.get("/api/v1/search", params={"q": misspelt}).json()["did_you_mean"]
        yield f"live:did you mean {place}", repr(meant).encode()
    feed = client.get("/search/feed.xml", params={"q": word}).text
    yield f"live:feed for {place}", "".join(re.findall(r"<entry.*?</entry>", feed, re.DOTALL)).encode()


def index(bench: Any) -> Iterator[tuple[str, bytes]]:
    """Every value in the public index, unpacked."""
    connection = sqlite3.connect(bench.archive.public_index_file)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    with contextlib.suppress(zlib.error):
                        data += zlib.decompress(data)
                    yield f"index:{table}", data
    finally:
        connection.close()
    yield "index:file", bench.archive.public_index_file.read_bytes()


def exported(bench: Any) -> Iterator[tuple[str, bytes]]:
    """Every file of the export with its name."""
    publish(bench.archive, now=bench.now, without_broken=True)
    for path in sorted(bench.archive.site.rglob("*")):
        name = path.relative_to(bench.archive.site).as_posix()
        yield f"export:{name}", name.encode() + (unpacked(path.read_bytes()) if path.is_file() else b"")


def places_found(answers: Iterator[tuple[str, bytes]]) -> dict[str, set[str]]:
    """Where each canary was found. The page and files of the unlisted event may hold its own."""
    found: dict[str, set[str]] = {}
    for name, data in answers:
        text = data.lower()
        for place, word in CANARIES.items():
            if word.encode() in text and not (place == "unlisted" and f"unlisted/{TOKEN}/" in name):
                found.setdefault(place, set()).add(name)
        if TOKEN.lower().encode() in text and f"unlisted/{TOKEN}" not in name:
            found.setdefault("token", set()).add(name)
    return found


def test_canary_is_in_no_public_byte_of_the_live_site(bench: Any, tmp_path: Path) -> None:
    """Pages, files, search answers and the public index hold nothing that is private."""
    build(bench, tmp_path)
    answers = list(live(bench))
    assert len(answers) > 300
    assert any(b"open words" in data for _, data in answers), (
        "the public part must be there, or nothing is proven"
    )
    assert places_found(iter(answers)) == {}


def test_canary_is_in_no_file_of_the_export(bench: Any, tmp_path: Path) -> None:
    """The export holds nothing that is private, under no name and in no packed file."""
    build(bench, tmp_path)
    answers = list(exported(bench))
    names = [name for name, _ in answers]
    assert f"export:unlisted/{TOKEN}/index.html" in names
    assert "export:media/open-talk/part-1.m4a" in names
    assert any(b"open words" in data for name, data in answers if "pagefind" in name)
    assert "export:captions/told-talk/part-1.en.vtt" in names
    assert not [name for name in names if name.startswith("export:media/told-talk")]
    assert places_found(iter(answers)) == {}


def test_canary_is_gone_from_everything_that_is_kept_once_its_place_is_closed(
    bench: Any, tmp_path: Path
) -> None:
    """What was public in every way and is taken back is in no answer, in no file of the site or of the tree in
    reserve, and in no dump; nor can the search still find it.
    """
    settings = bench.archive.settings_file.read_text(encoding="utf-8")
    for name, opened in (("open", frozenset(OPENED)), ("closed", frozenset[str]())):
        bench.archive.settings_file.write_text(settings, encoding="utf-8")
        for place in ("media", "transcripts", ".onrecord/renditions"):
            shutil.rmtree(bench.root / place, ignore_errors=True)
            (bench.root / place).mkdir()
        (tmp_path / name).mkdir()
        build(bench, tmp_path / name, opened)
        publish(bench.archive, now=bench.now, without_broken=True)
        if opened:
            with bench.client() as client:
                assert client.app.state.live.state.indexed.wait(60)
                dump = unpacked(client.get("/archive.tar.gz").content)
            assert {"draft", "withdrawn"} <= places_found(iter([("dump", dump), *index(bench)])).keys()
    assert places_found(live(bench)) == {}
    for tree in (".site.reserve", "site", ".onrecord/dump"):
        files = [path for path in (bench.root / tree).rglob("*") if path.is_file()]
        assert files
        kept = ((path.relative_to(bench.root).as_posix(), unpacked(path.read_bytes())) for path in files)
        assert places_found((name, name.encode() + data) for name, data in kept) == {}


def test_canary_is_found_where_its_place_is_public(bench: Any, tmp_path: Path) -> None:
    """Each place that can be made public is found by the same search once it is: the test above can fail."""
    build(bench, tmp_path, frozenset(OPENED))
    found = places_found(live(bench))
    assert set(OPENED) - found.keys() == set()
    for way in ("live:complete", "live:did you mean", "live:feed"):
        assert any(name.startswith(way) for names in found.values() for name in names), way
    assert set(OPENED) - places_found(exported(bench)).keys() == set()


def test_canary_is_found_in_packed_files_and_names() -> None:
    """The search itself looks into packed bytes and at names."""
    word = CANARIES["private"].encode()
    assert places_found(iter([("a", unpacked(gzip.compress(word)))])) == {"private": {"a"}}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("document.xml", word)
    assert places_found(iter([("a", unpacked(package.getvalue()))])) == {"private": {"a"}}
    assert places_found(iter([("a", CANARIES["stem"].upper().encode())])) == {"stem": {"a"}}
