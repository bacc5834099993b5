"""The search of the static site in a real browser, on a plain file server below a sub-path."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onrecord.site.export.run import publish

pytestmark = pytest.mark.browser


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain file server that says nothing on stderr."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def static(filled: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the published folder stands."""
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps an event loop in this thread
        elsewhere.submit(publish, filled.archive, now=filled.now).result()
    root = tmp_path_factory.mktemp("static")
    (root / "some").mkdir()
    (root / "some" / "where").symlink_to(filled.archive.site)
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Quiet, directory=str(root))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/some/where/"
        server.shutdown()


def ask(visit: Any, address: str) -> None:
    """Opens the search with a question, and waits for its answer."""
    visit.page.goto(address)
    visit.ready()


def test_static_search_answers_with_moments_to_the_second(static: str, visit: Any) -> None:
    """Speaker, time, the sentence with its neighbours, hits marked over the edge of two cues."""
    ask(visit, f'{static}search/?q="arrest+detention"')
    assert visit.texts("#total") == ["1 discussion"]
    assert visit.titles() == ["Дві мови, one law"]
    (moment,) = visit.texts(".moment .said")
    assert (
        moment
        == "No one shall be subjected to arbitrary arrest, detention or exile. Assemblies are peaceful."
    )
    assert visit.texts(".moment .speaker") == ["Borys Pryklad"]
    assert visit.page.locator(".moment a.time").get_attribute("href") == (
        f"{static}events/two-languages/?t=0#part-1.en.c1"
    )
    assert [address for address in visit.requests if not address.startswith(static)] == []


def test_static_search_lands_one_second_before(static: str, visit: Any) -> None:
    """From the home page to the player."""
    visit.page.goto(static)
    visit.page.get_by_role("searchbox").fill("declaration exile")
    visit.page.get_by_role("searchbox").press("Enter")
    visit.page.locator(".moment a.time").first.click()
    visit.page.wait_for_selector("html[data-ready=event]")
    visit.page.wait_for_url(f"{static}events/long/#part-1.en.c1")


@pytest.mark.parametrize(
    ("asked", "marked"),
    [
        ("притулок", "притулку"), ("assembly", "Assemblies"), ("exiles", "exile"), ("educat*", "education"),
        ('"peaceful"', "peaceful"), ("zqxj OR peaceful", "peaceful"),
    ],
)  # fmt: skip
def test_static_search_finds_any_form(static: str, visit: Any, asked: str, marked: str) -> None:
    """In one index for all languages, as on the live site."""
    ask(visit, f"{static}search/?q={asked}")
    assert marked in visit.texts(".moment mark")


def test_static_search_takes_words_of_the_language_it_is_written_in(static: str, visit: Any) -> None:
    """`constructor` and `__proto__` are words like others; what nobody says is not found."""
    for asked in ("constructor", "__proto__ exile", "toString*", "speaker:", "x" * 300):
        ask(visit, f"{static}search/?q={asked}")
        assert visit.texts("#total") == ["0 discussions"], asked
    for asked, said in (("-x", "Say also what is to be found"), ("((", "There is no word to look for")):
        ask(visit, f"{static}search/?q={asked}")
        assert visit.texts("#results")[0].startswith(said)


@pytest.mark.parametrize(("edition", "day"), [("", "1 March 2026"), ("uk/", "1 березня 2026 р.")])
def test_static_search_writes_days_in_the_language_of_the_page(
    static: str, visit: Any, edition: str, day: str
) -> None:
    """One index serves every language of the interface, and each writes its own dates."""
    ask(visit, f"{static}{edition}search/?q=declaration+exile")
    assert [text.replace("\xa0", " ") for text in visit.texts(".when .day")][:1] == [day]


@pytest.mark.parametrize("asked", ["exile -arrest speaker:borys", '"detention arrest"', "exile assemblies"])
def test_static_search_means_what_the_live_one_means(static: str, base: str, visit: Any, asked: str) -> None:
    """Words ruled out, the order in a phrase, words that are not said together: the same discussions answer."""
    ask(visit, f"{static}search/?q={asked}")
    here = sorted(visit.titles())
    visit.search(base, f"?q={asked}")
    assert here == sorted(visit.titles())


def test_static_search_has_every_transcript_once_and_the_live_counts(
    static: str, base: str, visit: Any
) -> None:
    """The same total and the same counts beside it."""
    for asked in ("exile", "education", "right"):
        ask(visit, f"{static}search/?q={asked}")
        here = (visit.texts("#total"), visit.texts(".facets label"))
        visit.search(base, f"?q={asked}")
        there = (visit.texts("#total"), visit.texts(".facets fieldset:not(.days) label:not(:has([name=in]))"))
        assert here == there


def test_static_search_narrows_orders_and_opens_all_moments(static: str, visit: Any) -> None:
    """Without a server, by the same fields."""
    ask(visit, f"{static}search/?q=exile")
    visit.page.locator("fieldset", has_text="Speakers").get_by_label("Anna Example").check()
    visit.until_total("1 discussion")
    assert visit.page.url == f"{static}search/?q=exile&speaker=Anna+Example"
    assert set(visit.texts(".moment .speaker")) == {"Anna Example"}
    visit.page.locator(".chosen a").click()
    visit.until_total("2 discussions")
    visit.page.get_by_role("button", name="All 7 moments in this discussion").click()
    assert visit.page.locator(".entry", has_text="Exile and return").locator(".moment").count() == 7
    visit.page.get_by_role("link", name="Oldest first").click()
    visit.page.wait_for_selector(".orders [aria-current]:has-text('Oldest first')")
    assert visit.titles() == ["Дві мови, one law", "Exile and return"]


def test_static_search_shows_more_on_demand(static: str, visit: Any) -> None:
    """Ten at a time."""
    ask(visit, f"{static}search/?q=education&order=oldest")
    assert visit.titles() == [f"Lesson {n}" for n in range(1, 11)]
    visit.page.get_by_role("button", name="Further discussions").click()
    visit.until("document.querySelectorAll('.entry').length === 12")
    assert visit.titles()[10:] == ["Lesson 11", "Lesson 12"]


def test_static_search_finds_other_spellings_of_a_name(filled: Any) -> None:
    """The glossary leads from each spelling to the events that say another one."""
    from onrecord.site.search.lemmas import lemmas_of

    lemmas = lemmas_of((), {"Kyiv": ("Kiev", "Київ")})
    assert set(lemmas.table) == {"kyiv", "kiev", "київ"}
    assert len({found for found, _ in lemmas.table.values()}) == 1


def test_folding_in_the_browser_is_that_of_the_index(static: str, visit: Any) -> None:
    """Word by word the same, for every kind of letter that it treats."""
    from onrecord.transcripts.folding import words

    texts = [
        "М'яч м’яч мʼяч Ёлка мой мои", "Łódź Straße œuvre Ærø Þing İstanbul ſtreet", "l'homme Anna's don’t",
        "naïve café ﬁnal ＡＢＣ x² Ⅷ", "κόσμος ΚΌΣΜΟΣ", "שָׁלוֹם مُحَمَّد", "замо́к Ѓорѓи Ќе", "東京 タワー ภาษาไทย",
        "co\u00adoperate zero\u200bwidth 1,000 3.5", "Київ’ю об’єднання п'ять",
    ]  # fmt: skip
    visit.page.goto(f"{static}search/")
    found = visit.page.evaluate(
        "async texts => { const {words} = await import(new URL('../static/js/fold.js', location)); return texts.map(words); }",
        texts,
    )
    assert found == [words(text) for text in texts]
