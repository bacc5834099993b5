"""The pages in every language that an archive offers: addresses, links between them, and what language a text
is marked as.
"""

from __future__ import annotations

import logging
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from onrecord.errors import SettingsError
from onrecord.site.export.run import publish
from onrecord.site.pages import Pages


class _Links(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [have for name, have in self.found if name == tag and wanted.items() <= have.items()]


def talk(bench: Any, interface: str = '["en", "uk"]') -> None:
    """An archive in these languages with one past discussion."""
    bench.settings(
        f'interface = {interface}\nbase-url = "https://archive.example.org/r"\nlanguages = ["en", "uk"]'
    )
    bench.event("a-talk", 'languages = ["en", "uk"]\nsummary = "Held in Kyiv."\nseries = "Rights"\n'
                'tags = ["law"]\naliases = ["old-talk"]\n[[speakers]]\nname = "Anna Example"\n'
                '[[recordings]]\nid = "part-1"\npublish = "yes"')  # fmt: skip
    bench.transcript("a-talk", "part-1.en", "c1 0 1 Anna Example: Words.")


def test_editions_stand_below_their_tag_and_the_first_at_the_root(bench: Any) -> None:
    """Every page is there once in each language; files are there once."""
    talk(bench)
    paths = list(Pages(bench.view()).paths())
    pages = [path for path in paths if path.endswith("/") or not path]
    first = [path for path in pages if not path.startswith("uk/")]
    assert sorted(path.removeprefix("uk/") for path in pages if path.startswith("uk/")) == sorted(first)
    assert {"", "events/a-talk/", "speakers/anna-example/", "series/rights/", "tags/law/"} <= set(first)
    assert not [path for path in paths if path.startswith("uk/") and not path.endswith("/")]
    assert "captions/a-talk/part-1.en.vtt" in paths


def test_edition_speaks_its_language_and_leads_to_itself(bench: Any) -> None:
    """The Ukrainian page is Ukrainian, and its links lead to Ukrainian pages, and to the one copy of each file."""
    talk(bench)
    with bench.client() as client:
        text = client.get("/uk/events/a-talk/").text
        page = _Links(text)
        assert page.all("html")[0] == {"lang": "uk", "dir": "ltr"}
        assert "1 жовтня 2026" in text
        hrefs = {have.get("href") for have in page.all("a")}
        assert {"/uk/", "/uk/events/", "/uk/search/", "/uk/about/", "/uk/series/rights/"} <= hrefs
        assert "/downloads/a-talk/part-1.en.srt" in hrefs
        insides = {href for href in hrefs if href and href.startswith("/")}
        assert {client.get(href).status_code for href in insides} == {200}


def test_about_a_discussion_is_not_about_the_archive(bench: Any) -> None:
    """One English word heads two things: what the discussion is about, and the page that tells of the archive."""
    talk(bench)
    bench.event(
        "told", 'starts = "2026-03-01 18:00"\ndescription = "What was read, and by whom."', title="Told"
    )
    with bench.client() as client:
        page = client.get("/uk/events/told/").text
        assert '<h2 id="description" class="label">Про обговорення</h2>' in page
        assert "Про архів" in client.get("/uk/about/").text


def test_edition_has_its_own_canonical_address_and_names_the_others(bench: Any) -> None:
    """Search engines find each language under its own address."""
    talk(bench)
    with bench.client() as client:
        for path in ("/events/a-talk/", "/uk/events/a-talk/"):
            page = _Links(client.get(path).text)
            assert page.all("link", rel="canonical")[0]["href"] == f"https://archive.example.org/r{path}"
            named = {have["hreflang"]: have["href"] for have in page.all("link", rel="alternate")
                     if "hreflang" in have}  # fmt: skip
            root = "https://archive.example.org/r"
            assert named == {"en": f"{root}/events/a-talk/", "uk": f"{root}/uk/events/a-talk/",
                             "x-default": f"{root}/events/a-talk/"}  # fmt: skip


def test_switcher_keeps_the_page(bench: Any) -> None:
    """It leads to the same page, in words of the language that it leads to."""
    talk(bench)
    with bench.client() as client:
        page = _Links(client.get("/uk/speakers/anna-example/").text)
        links = [have for have in page.all("a") if have.get("hreflang") in ("en", "uk")]
        assert links == [
            {"href": "/speakers/anna-example/", "lang": "en", "hreflang": "en"},
            {"href": "/uk/speakers/anna-example/", "lang": "uk", "hreflang": "uk", "aria-current": "true"},
        ]
        text = client.get("/uk/speakers/anna-example/").text
        assert ">Українська</a>" in text
        assert ">English</a>" in text


def test_archive_in_one_language_has_no_switcher(bench: Any) -> None:
    """Nothing is said of languages where there is no choice; no other language is rendered."""
    talk(bench, '["uk"]')
    with bench.client() as client:
        page = _Links(client.get("/events/").text)
        assert page.all("html")[0]["lang"] == "uk"
        assert not page.all("nav", **{"class": "editions"})
        assert client.get("/en/events/").status_code == 404
        assert client.get("/fr/events/").status_code == 404


def test_address_of_the_first_language_below_its_tag_leads_to_the_root(bench: Any) -> None:
    """Whoever guesses is led on, and so is a page without its slash."""
    talk(bench)
    with bench.client() as client:
        for asked, led in (
            ("/en/events/a-talk/", "/events/a-talk/"),
            ("/uk", "/uk/"),
            ("/uk/about", "/uk/about/"),
            ("/uk/events/old-talk/", "/uk/events/a-talk/"),
        ):
            answer = client.get(asked, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (301, led)
        assert client.get("/uk/captions/a-talk/part-1.en.vtt").status_code == 404


def test_search_answers_in_the_language_it_is_asked_in(bench: Any) -> None:
    """The answer, its links, and what is wrong with a question."""
    talk(bench)
    with bench.client() as client:
        found = client.get("/uk/search/?q=words")
        assert found.status_code == 200
        assert 'lang="uk"' in found.text
        assert 'href="/uk/events/a-talk/' in found.text
        english, ukrainian = (client.get(f"{path}search/?q=before%3Anever").text for path in ("/", "/uk/"))
        assert "is followed by a date" in english
        assert "is followed by a date" not in ukrainian
        assert "2022-07-12" in ukrainian


def test_error_is_said_in_the_language_of_the_address(bench: Any) -> None:
    """With links that lead on in that language."""
    talk(bench)
    with bench.client() as client:
        answer = client.get("/uk/no-such-page/")
        assert answer.status_code == 404
        assert _Links(answer.text).all("html")[0]["lang"] == "uk"
        assert "There is no such page" not in answer.text
        assert 'href="/uk/events/"' in answer.text


def test_unlisted_event_stays_secret_in_every_language(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Its page is not indexed, not kept by others, and its address is in no log."""
    talk(bench)
    bench.event("quiet", "", title="A quiet talk", visibility="unlisted")
    token = bench.view().unlisted[0].token
    with bench.client() as client, caplog.at_level(logging.INFO, "onrecord.access"):
        answer = client.get(f"/uk/unlisted/{token}/")
        assert answer.status_code == 200
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert not [have for have in _Links(answer.text).all("link") if "hreflang" in have]
    assert "/uk/unlisted/..." in caplog.text
    assert token not in caplog.text


def test_withdrawn_event_is_gone_in_every_language(bench: Any) -> None:
    """With its sentence, and nothing else."""
    talk(bench)
    bench.event("gone", 'withdrawn = "Taken back at the wish of a speaker."', title="Private Title")
    with bench.client() as client:
        answer = client.get("/uk/events/gone/")
        assert answer.status_code == 410
        assert "Taken back at the wish of a speaker." in answer.text
        assert "Private Title" not in answer.text


def test_export_has_every_edition_with_links_that_lead_somewhere(bench: Any) -> None:
    """Relative links, so that the folder works from any place; one copy of each file."""
    talk(bench)
    bench.event("gone", 'withdrawn = "Taken back."')
    publish(bench.archive, now=bench.now, search=False)
    site = bench.archive.site
    assert (site / "uk/events/old-talk/index.html").is_file()
    assert (site / "uk/events/gone/index.html").is_file()
    assert not (site / "uk/static").exists()
    assert not (site / "uk/downloads").exists()
    for name in (
        "uk/index.html",
        "uk/events/a-talk/index.html",
        "uk/events/old-talk/index.html",
        "index.html",
    ):
        file = site / name
        page = _Links(file.read_text(encoding="utf-8"))
        assert page.all("html")[0]["lang"] == ("uk" if name.startswith("uk/") else "en")
        links = [have.get("href") or have.get("src") for _, have in page.found]
        for link in (link for link in links if link and not re.match(r"[a-z]+:|#|/", link)):
            target = (file.parent / re.split(r"[?#]", link)[0]).resolve()
            assert target.is_relative_to(site), link
            assert (target / "index.html" if target.is_dir() else target).is_file(), f"{name}: {link}"


def test_words_of_the_archive_keep_their_own_language(bench: Any) -> None:
    """A title in other letters than the page's is marked with its language, and with its direction."""
    talk(bench)
    bench.event(
        "arabic", 'languages = ["ar"]\nsummary = "يولد جميع الناس أحرارا"', title="متساوون في الكرامة"
    )
    bench.event("ukrainian", 'languages = ["en", "uk"]', title="Вільними і рівними")
    with bench.client() as client:
        assert '<h1 lang="ar" dir="rtl">متساوون في الكرامة</h1>' in client.get("/events/arabic/").text
        assert '<p class="lede" lang="ar" dir="rtl">' in client.get("/uk/events/arabic/").text
        assert '<h1 lang="uk">Вільними і рівними</h1>' in client.get("/events/ukrainian/").text
        assert "<h1>Вільними і рівними</h1>" in client.get("/uk/events/ukrainian/").text
        assert '<h1 lang="en">A talk</h1>' in client.get("/uk/events/a-talk/").text


@pytest.mark.parametrize("value", ["[]", '["uk", "xx"]', '["Ukrainian"]', '"uk"'])
def test_interface_setting_names_only_languages_that_there_are(bench: Any, value: str) -> None:
    """Anything else is an error that lists them."""
    bench.settings(f"interface = {value}")
    with pytest.raises(SettingsError, match="interface"):
        bench.archive.settings.items("interface")


def test_modules_of_a_script_are_named_ahead(bench: Any) -> None:
    """All that the page's script brings in, however deep, so that nothing waits for something else to be read."""
    talk(bench)
    with bench.client() as client:
        page = _Links(client.get("/uk/events/a-talk/").text)
        named = [str(have["href"]) for have in page.all("link", rel="modulepreload")]
        assert "/static/js/recording.js" in named
        assert "/static/js/gettext.js" in named
        read = {name: client.get(name).text for name in [*named, "/static/js/event.js"]}
        wanted = {
            f"/static/js/{other}"
            for text in read.values()
            for other in re.findall(r'from "\./([^"]+)"', text)
        }
        assert wanted == set(named)


def test_download_speaks_the_first_language_of_the_archive(bench: Any) -> None:
    """A file is there once: its head is in the language that stands at the root."""
    talk(bench, '["uk", "en"]')
    with bench.client() as client:
        text = client.get("/downloads/a-talk/part-1.en.txt").text
        assert "Дата: 1 жовтня 2026" in text
        assert "Промовці: Anna Example" in text
        assert "Транскрипт: Англійська · Перевірено" in text


def test_printed_page_carries_its_own_address(bench: Any) -> None:
    """That of the language it is printed in; a page that may not be found has none."""
    talk(bench)
    with bench.client() as client:
        text = client.get("/uk/events/a-talk/").text
        assert '<p class="printed">https://archive.example.org/r/uk/events/a-talk/</p>' in text
        assert 'class="printed"' not in client.get("/nothing-here/").text


def test_languages_are_folded_under_the_name_of_the_present_one(bench: Any) -> None:
    """Without a script."""
    talk(bench)
    with bench.client() as client:
        text = client.get("/uk/about/").text
        assert "<summary>Українська</summary>" in text
        assert "<summary>English</summary>" in client.get("/about/").text
