"""A question means what the guide says it means: held against a slow and simple reading of the same
corpus.
"""

from __future__ import annotations

import itertools
import random
import time
from bisect import bisect_right
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from onrecord.errors import QueryError
from onrecord.transcripts.folding import words
from onrecord.transcripts.model import Cue, Word
from onrecord.transcripts.search.index import Index, IndexedEvent, IndexedTranscript
from onrecord.transcripts.search.query import Filter, Phrase, Question, ask
from onrecord.transcripts.search.search import EventHit, Moment, moments_of, search


def cues(*texts: str, length: int = 3000, speaker: str = "", first: int = 1) -> list[Cue]:
    """Cues of one length, one after the other."""
    return [
        Cue(f"c{n + first}", n * length, (n + 1) * length, tuple(map(Word, text.split())), speaker)
        for n, text in enumerate(texts)
    ]


def event(stem: str, day: date = date(2022, 1, 1), **values: object) -> IndexedEvent:
    """An event; its title is its stem unless another is given."""
    starts = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    return IndexedEvent(**{"stem": stem, "slug": stem, "title": stem, "starts_at": starts, **values})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index stands."""
    return tmp_path / "index.sqlite3"


def hits(path: Path, text: str, **wishes: object) -> dict[str, EventHit]:
    """The events that answer, by stem."""
    results = search(path, ask(text, limit=1000, **wishes))  # type: ignore[arg-type]
    assert results.total == len(results.events)
    return {hit.stem: hit for hit in results.events}


def marked(moment: Moment) -> str:
    """What a moment says, with its hits in brackets."""
    return "".join(f"[{text}]" if hit else text for text, hit in moment.pieces)


FILLER = [f"filler{n} word" for n in range(400)]


def test_words_are_found_in_one_moment(path: Path) -> None:
    """All words within 30 s or 40 words are a moment, whichever reaches further; more apart is none."""
    with Index(path) as index:
        index.put(event("near"), [IndexedTranscript("p", "en", cues("first", *FILLER[:3], "second"))])
        index.put(
            event("time"), [IndexedTranscript("p", "en", cues("first", *["a b c d e f g h"] * 9, "second"))]
        )
        index.put(
            event("words"), [IndexedTranscript("p", "en", cues("first", *FILLER[:19], "second", length=9000))]
        )
        index.put(event("far"), [IndexedTranscript("p", "en", cues("first", *FILLER[:40], "second"))])
    assert hits(path, "first second").keys() == {"near", "time", "words"}
    assert hits(path, "second first").keys() == {"near", "time", "words"}
    assert hits(path, "first").keys() == {"near", "time", "words", "far"}


def test_a_phrase_is_found_over_every_edge(path: Path) -> None:
    """A phrase over the edge of two cues, or of two stretches, is found once, wherever it stands."""
    for place in (0, 1, 57, 117, 118, 119, 120, 121, 239, 240, 397):
        texts = list(FILLER)
        texts[place] = "we name the filtration"
        texts[place + 1] = "camps today"
        with Index(path) as index:
            index.put(event("one"), [IndexedTranscript("p", "en", cues(*texts))])
        for question in ('"filtration camps"', "filtration camps", "camp* name"):
            hit = hits(path, question, event="one")["one"]
            assert [moment.cue_id for moment in hit.moments] == [f"c{place + 1}"]
            assert (hit.moment_count, hit.counted) == (1, True)
        assert hits(path, '"camps filtration"') == {}
        assert hits(path, '"the filtration camps today"').keys() == {"one"}


def test_a_long_phrase_over_the_edge_of_two_stretches(path: Path) -> None:
    """The longest phrase that can be asked for is found though it begins in a stretch's last own word."""
    spoken = [f"{letter}{digit}" for letter in "abcdef" for digit in range(9)]
    texts = [*FILLER[:119], "before " + spoken[0], *spoken[1:], *FILLER[200:300]]
    with Index(path) as index:
        index.put(event("one"), [IndexedTranscript("p", "en", cues(*texts, length=40_000))])
    (hit,) = hits(path, f'"{" ".join(spoken)}"').values()
    assert [moment.cue_id for moment in hit.moments] == ["c120"]


def test_what_is_left_out_rules_out_moments(path: Path) -> None:
    """-x rules out the moments in which x is said, not the events."""
    with Index(path) as index:
        index.put(
            event("both"), [IndexedTranscript("p", "en", cues("camps rumour", *FILLER[:60], "camps again"))]
        )
        index.put(event("only"), [IndexedTranscript("p", "en", cues("rumour of", "camps"))])
        edge = [
            *FILLER[:119],
            "a rumour",
            "of camps",
            *FILLER[119:200],
        ]  # x in one stretch, the word in the next
        index.put(event("edge"), [IndexedTranscript("p", "en", cues(*edge))])
    found = hits(path, "camps -rumour")
    assert found.keys() == {"both"}
    assert [moment.cue_id for moment in found["both"].moments] == ["c62"]


def test_filters_hold_for_the_cue(path: Path) -> None:
    """speaker: and lang: let a hit pass when its own cue does, whoever else speaks in the event."""
    mixed = [
        *cues("we saw camps", speaker="Anna Koval"),
        *cues("there were camps", speaker="Oleh Bondar", first=2),
        Cue("c3", 6000, 9000, (Word("табори", language="uk"), Word("camps", language="uk")), "Anna Koval"),
    ]
    with Index(path) as index:
        index.put(event("one", speakers=("Anna Koval", "Oleh Bondar")), [IndexedTranscript("p", "en", mixed)])
    found = hits(path, "camps speaker:koval", event="one")["one"]
    assert [(moment.cue_id, moment.speaker) for moment in found.moments] == [
        ("c1", "Anna Koval"),
        ("c3", "Anna Koval"),
    ]
    assert marked(hits(path, "camps speaker:bondar")["one"].moments[0]) == "there were [camps]"
    assert hits(path, "saw speaker:bondar") == {}
    assert hits(path, "saw -speaker:koval") == {}
    assert marked(hits(path, "camps lang:uk")["one"].moments[0]) == "табори [camps]"
    assert hits(path, "saw lang:uk") == {}
    assert hits(path, "camps speaker:nobody") == {}


def test_filters_on_events(path: Path) -> None:
    """event:, series:, tag:, before: and after: choose events; a value named in full is meant alone."""
    with Index(path) as index:
        for stem, day, series, tag in (
            ("one", date(2021, 12, 31), "Hearings", "rights"),
            ("two", date(2022, 1, 1), "Hearings II", "human rights"),
            ("three", date(2023, 1, 1), "", "law"),
        ):
            index.put(
                event(stem, day, series=series, tags=(tag,)), [IndexedTranscript("p", "en", cues("camps"))]
            )
    assert hits(path, "camps series:hearings").keys() == {"one"}
    assert hits(path, "camps series:II").keys() == {"two"}
    assert hits(path, "camps tag:rights").keys() == {"one"}
    assert hits(path, "camps tag:rights tag:law").keys() == {"one", "three"}
    assert hits(path, "camps -tag:rights").keys() == {"two", "three"}
    assert hits(path, "camps -series:hearings").keys() == {"two", "three"}
    assert hits(path, "camps after:2022").keys() == {"two", "three"}
    assert hits(path, "camps before:2022-01-01").keys() == {"one"}
    assert hits(path, "camps after:2022 before:2023").keys() == {"two"}
    assert hits(path, "camps event:two").keys() == {"two"}
    assert hits(path, "tag:law").keys() == {"three"}


def test_the_record_of_an_event_is_found_too(path: Path) -> None:
    """Titles, descriptions, speakers and links are found; in:title looks at titles alone."""
    with Index(path) as index:
        index.put(
            event(
                "one", title="Voices from the camps", description="What **witnesses** saw", speakers=("Anna Koval",),
                links=("The letter https://example.org/letter",), tags=("testimony",),
            ),
            [],
        )  # fmt: skip
        index.put(event("two", title="Another", description="About camps"), [])
    assert hits(path, "voices camps")["one"].title_pieces == (
        ("Voices", True), (" from the ", False), ("camps", True),
    )  # fmt: skip
    assert hits(path, "witnesses")["one"].found_in == ("description",)
    assert hits(path, "koval")["one"].found_in == ("speakers",)
    assert hits(path, "letter")["one"].found_in == ("links",)
    assert hits(path, "testimony")["one"].found_in == ("topics",)
    assert hits(path, "camps").keys() == {"one", "two"}
    assert hits(path, "camps in:title").keys() == {"one"}
    assert hits(path, "camps -voices").keys() == {"two"}
    assert hits(path, "koval")["one"].moments == ()


def test_a_moment_says_who_when_and_what(path: Path) -> None:
    """A moment is shown as it was written, with its hits marked and its neighbours, and plays from a second
    before.
    """
    said = [
        *cues(
            "Ніхто",
            "не може бути",
            "Підданий тортурам,",
            "або жорстокому",
            length=4000,
            speaker="Анна Коваль",
        ),
    ]
    with Index(path) as index:
        index.put(
            event("one"),
            [IndexedTranscript("part-1", "uk", said, recording_title="Morning", status="reviewed")],
        )
    (moment,) = hits(path, "піддАний тортурам")["one"].moments
    assert moment == Moment(
        recording_id="part-1", recording_title="Morning", language="uk", kind="original", cue_id="c3", start=8000, end=12000,
        speaker="Анна Коваль", status="reviewed", before="Ніхто не може бути",
        pieces=(("Підданий", True), (" ", False), ("тортурам", True), (",", False)), after="або жорстокому",
    )  # fmt: skip
    assert moment.play_from == 7000


@pytest.mark.parametrize("place", [31, 32, 33])
def test_the_rest_of_the_sentence_is_shown(path: Path, place: int) -> None:
    """Around a moment stands the rest of its sentence, or the next cue where it is whole, over every edge."""
    texts = [f"Filler {n}." for n in range(100)]
    texts[place - 1 : place + 2] = ["before", "the needle", "after."]
    with Index(path) as index:
        index.put(event("one"), [IndexedTranscript("p", "en", cues(*texts))])
    (moment,) = hits(path, "needle")["one"].moments
    assert (moment.before, moment.after) == ("before", "after.")


def test_the_glossary_widens_words_and_not_phrases(path: Path) -> None:
    """A name is found in all its spellings; what is in quotation marks is found as it is."""
    glossary = {"Kyiv": ("Kiev", "Київ", "Киев"), "UN": ("United Nations",)}
    with Index(path) as index:
        for stem, text in (
            ("en", "in Kyiv"),
            ("old", "in Kiev"),
            ("uk", "Київ"),
            ("ru", "Киев"),
            ("un", "United Nations"),
        ):
            index.put(event(stem), [IndexedTranscript("p", "en", cues(text))])

    def found(text: str) -> set[str]:
        return {hit.stem for hit in search(path, ask(text), glossary=glossary).events}

    assert found("київ") == found("kiev") == found("Kyiv") == {"en", "old", "uk", "ru"}
    assert found('"kiev"') == {"old"}
    assert found("in kiev") == {"en", "old"}
    assert found("in -kyiv") == set()
    assert found("un") == {"un"}
    assert {hit.stem for hit in search(path, ask("kiev")).events} == {"old"}


def test_what_answers_better_comes_first(path: Path) -> None:
    """The phrase before words close together, those before words far apart; reviewed before machine; titles
    weigh.
    """
    with Index(path) as index:
        for n in range(30):
            index.put(
                event(f"other-{n}"), [IndexedTranscript("p", "en", cues("nothing of it", *FILLER[:20]))]
            )
        for stem, text in (
            ("phrase", "human rights and then more words follow here today"),
            ("close", "rights and the human words follow here today more"),
            ("apart", f"human {'and ' * 25} rights"),
        ):
            index.put(event(stem), [IndexedTranscript("p", "en", cues(text, *FILLER[:20]))])
    assert list(hits(path, "human rights")) == ["phrase", "close", "apart"]
    with Index(path) as index:
        for stem, status in (("machine", "machine"), ("reviewed", "reviewed")):
            index.put(
                event(stem), [IndexedTranscript("p", "en", cues("liberty", *FILLER[:20]), status=status)]
            )
        index.put(
            event("titled", title="On liberty"), [IndexedTranscript("p", "en", cues("liberty", *FILLER[:20]))]
        )
    assert list(hits(path, "liberty")) == ["titled", "reviewed", "machine"]


def test_an_old_event_that_answers_best_comes_first(path: Path) -> None:
    """However many newer events say the words too, none is left unread: the best of all is the first."""
    with Index(path) as index:
        weak = [(event(f"new-{n}", date(2022, 1 + n // 28, 1 + n % 28)), [IndexedTranscript("p", "en", cues(
            "human life", *FILLER[:n % 7], "and the rights"))], str(n)) for n in range(300)]  # fmt: skip
        old = event("old", date(1948, 12, 10))
        index.fill(
            [
                *weak[:150],
                (old, [IndexedTranscript("p", "en", cues("human rights", *FILLER[:9]))], "x"),
                *weak[150:],
            ]
        )
    results = search(path, ask("human rights"))
    assert (results.total, results.events[0].stem) == (301, "old")


def test_near_is_within_ten_words(path: Path) -> None:
    """NEAR finds words at most ten words apart, in any order; both are marked."""
    with Index(path) as index:
        for stem, between in (("ten", 9), ("eleven", 10), ("none", 0)):
            index.put(
                event(stem), [IndexedTranscript("p", "en", cues("alpha " + "so " * between + "beta", "then"))]
            )
    assert hits(path, "alpha NEAR beta").keys() == hits(path, "beta NEAR alpha").keys() == {"ten", "none"}
    assert hits(path, "alpha beta").keys() == {"ten", "eleven", "none"}
    assert hits(path, 'then NEAR "alpha beta"').keys() == {"none"}
    assert marked(hits(path, "beta NEAR alpha")["none"].moments[0]) == "[alpha] [beta]"


def test_the_next_page_begins_where_this_one_ends_though_the_index_grows(path: Path) -> None:
    """A key names a place in the order: what is put in before it shows no event twice and leaves none out."""
    with Index(path) as index:
        for n in range(12):
            index.put(
                event(f"e{n:02}", date(2022, 1, 1 + n)), [IndexedTranscript("p", "en", cues("same words"))]
            )
        for order in ("newest", "best"):
            first = search(path, ask("words", order=order, limit=5))
            index.put(
                event("latest", date(2023, 1, 1), title="words"),
                [IndexedTranscript("p", "en", cues("same words"))],
            )
            seen = [hit.stem for hit in first.events]
            key = first.next_key if order == "newest" else search(path, ask("words", limit=6)).next_key
            while key:
                page = search(path, ask("words", order=order, limit=5, start_key=key))
                seen += [hit.stem for hit in page.events]
                key = page.next_key
            assert len(seen) == len(set(seen)) and {f"e{n:02}" for n in range(12)} <= {*seen, "latest"} | set(
                seen
            )
            index.remove("latest")
    assert search(path, ask("words", start_key="nonsense")).total == 12
    assert search(path, ask("words", start_key="nan~0~1")).total == 12


def test_all_moments_of_an_event_are_counted_exactly(path: Path) -> None:
    """The moments of an event that is opened are all there are, in order, cut by offset and limit."""
    texts = [text for n in range(40) for text in (f"camps {n}", *FILLER[:12])]
    with Index(path) as index:
        index.put(
            event("one"),
            [IndexedTranscript("a", "en", cues(*texts)), IndexedTranscript("b", "en", cues("camps"))],
        )
    opened = moments_of(path, ask("camps", limit=1000), "one")
    assert opened is not None and opened.moment_count == len(opened.moments) == 41
    assert [moment.cue_id for moment in opened.moments] == [*(f"c{13 * n + 1}" for n in range(40)), "c1"]
    cut = moments_of(path, ask("camps", offset=38, limit=2), "one")
    assert cut is not None and cut.moments == opened.moments[38:40] and cut.moment_count == 41
    assert hits(path, "camps")["one"].moment_count == 41
    assert moments_of(path, ask("nothing"), "one") is None


def test_a_cue_of_two_hundred_thousand_words_is_no_burden(path: Path) -> None:
    """What is one cue in somebody's file takes no longer than the same in many."""
    text = " ".join(f"word{n % 5000} common" for n in range(100_000))
    with Index(path) as index:
        index.put(
            event("one"), [IndexedTranscript("p", "en", [Cue("c1", 0, 0, tuple(map(Word, text.split())))])]
        )
    for question in ("common", "common word7", "word7 -word9", '"word7 common"'):
        search(path, ask(question))
        began = time.process_time()
        results = search(path, ask(question))
        assert time.process_time() - began < 1.0, question
        assert results.total == (0 if "-" in question else 1)


def test_pages_are_stable(path: Path) -> None:
    """Every event stands on exactly one page, in one order, however the pages are cut."""
    with Index(path) as index:
        for n in range(25):
            index.put(
                event(f"e{n:02}", date(2022, 1, 1 + n % 5)),
                [IndexedTranscript("p", "en", cues("same words"))],
            )
    whole = [hit.stem for hit in search(path, ask("words", limit=1000)).events]
    paged = [
        hit.stem
        for offset in range(0, 25, 4)
        for hit in search(path, ask("words", offset=offset, limit=4)).events
    ]
    assert paged == whole and len(set(whole)) == 25
    newest = [hit.starts_at for hit in search(path, ask("words", limit=1000, order="newest")).events]
    assert newest == sorted(newest, reverse=True)
    assert [hit.starts_at for hit in search(path, ask("words", limit=1000, order="oldest")).events] == newest[
        ::-1
    ]


def test_facets_count_events(path: Path) -> None:
    """Totals and facets count events, not moments, over all pages; who is only announced has said nothing."""
    with Index(path) as index:
        for n in range(12):
            spoken = (
                cues(*["words again"] * 30, speaker="Anna") + cues("Other words.", speaker="Oleh")[: n % 3]
            )
            index.put(
                event(f"e{n}", date(2020 + n % 2, 1, 1), speakers=("Anna", "Oleh"), tags=("t",)),
                [IndexedTranscript("p", "en" if n % 4 else "uk", spoken)],
            )
    results = search(path, ask("words", limit=2))
    assert (results.total, len(results.events)) == (12, 2)
    assert results.facets == {
        "speaker": (("Anna", 12), ("Oleh", 8)),
        "series": (),
        "tag": (("t", 12),),
        "lang": (("en", 9), ("uk", 3)),
        "year": (("2020", 6), ("2021", 6)),
    }


@pytest.mark.parametrize(
    "text", ["alpha", "alpha beta", '"alpha beta"', "alpha beta gamma", "alpha NEAR gamma", "alph* -gamma"]
)
def test_a_facet_s_count_is_the_total_when_its_value_is_chosen(path: Path, text: str) -> None:
    """For every kind and value, over random talk in short turns; other filters stay, those of its kind go."""
    chance = random.Random(23)
    known = ["alpha", "beta", "gamma", "delta", "eta", "zeta"]
    with Index(path) as index:
        for n in range(20):
            spoken = [
                replace(one, speaker=chance.choice(["Anna", "Oleh", "Ada", ""]), words=tuple(
                    replace(word, language="uk" if n % 2 and one.start % 2 else None) for word in one.words))
                for one in cues(*[" ".join(chance.choices(known, [4, 6, 4, 30, 30, 30], k=6)) for _ in range(60)], length=9001)
            ]  # fmt: skip
            index.put(
                event(
                    f"e{n}",
                    date(2020 + n % 3, 1, 1),
                    series=f"s{n % 2}",
                    tags=("t",) if n % 5 else ("t", "u"),
                ),
                [IndexedTranscript("p", "en", spoken)],
            )
    for narrowed in ((), (Filter("speaker", "Anna"),), (Filter("lang", "uk"), Filter("year", "2021"))):
        asked = replace(ask(text), filters=narrowed)
        told = search(path, asked).facets
        assert told["speaker"]
        for key, counted in told.items():
            for value, count in counted:
                others = tuple(one for one in narrowed if one.key != key)
                chosen = replace(asked, filters=(*others, Filter(key, value)))  # type: ignore[arg-type]
                assert search(path, chosen).total == count, (key, value)


def test_a_question_that_takes_too_long_is_stopped(path: Path) -> None:
    """The deadline ends the engine's work and our own."""
    with Index(path) as index:
        index.put(event("one"), [IndexedTranscript("p", "en", cues(*["common words here"] * 3000))])
    with pytest.raises(QueryError, match=r"This question takes too long to answer. Add a word or a filter"):
        search(path, ask("common words -here"), deadline=0.0)


# The slow and simple reading


class Read:
    """A transcript as plain words, each with when its cue begins."""

    def __init__(self, transcript: IndexedTranscript) -> None:
        pairs = [(word, one.start) for one in transcript.cues for word in words(one.text)]
        self.words = [word for word, _ in pairs]
        self.times = [time for _, time in pairs]

    def places(self, phrase: Phrase) -> list[tuple[int, int]]:
        """Where a phrase stands: the numbers of its first and its last word."""
        *first, last = phrase.words
        size = len(phrase.words)
        return [
            (n, n + size - 1)
            for n in range(len(self.words) - size + 1)
            if (
                self.words[n + size - 1].startswith(last)
                if phrase.prefix
                else self.words[n + size - 1] == last
            )
            and self.words[n : n + size - 1] == first
        ]

    def one_moment(self, first: tuple[int, int], last: tuple[int, int]) -> bool:
        """Whether all from one place to another is within 40 words or 30 s."""
        first, last = sorted((first, last))
        return last[0] - first[0] < 40 or self.times[last[0]] - self.times[first[0]] <= 30_000

    def answers(self, question: Question) -> bool:
        """Whether there is a moment, by trying every place as the end of one."""
        out = [place for phrase in question.without for place in self.places(phrase)]
        found = [
            sorted(
                place
                for choice in clause.choices
                for place in self.places(choice)
                if not any(self.one_moment(place, other) for other in out)
            )
            for clause in question.clauses
        ]
        for end in sorted(itertools.chain.from_iterable(found)):
            until = [bisect_right(places, end) for places in found]
            if not all(until):
                continue
            first = min(places[n - 1] for places, n in zip(found, until, strict=True))
            if self.one_moment(first, end):
                return True
        return False


def test_search_agrees_with_a_slow_and_simple_reading(path: Path) -> None:
    """Totals over random corpora and questions are those that reading everything gives."""
    chance = random.Random(11)
    known = ["alpha", "alphabet", "beta", "gamma", "дельта", "epsilon", "zeta", "eta"]
    weights = [1, 1, 6, 3, 2, 1, 40, 60]
    corpus: dict[str, Read] = {}
    with Index(path) as index:
        for n in range(16):
            length = chance.choice([1500, 4000, 9000])
            texts = [
                " ".join(chance.choices(known, weights, k=chance.randint(0, 9)))
                for _ in range(chance.randint(5, 300))
            ]
            transcript = IndexedTranscript("p", "en", cues(*texts, length=length))
            index.put(event(f"e{n}", title="title"), [transcript])
            corpus[f"e{n}"] = Read(transcript)
    forms = ["{}", "{} {}", "{} {} {}", '"{} {}"', '"{} {}" {}', "{} -{}", "{} {} -{}", "{} OR {}", "{} OR {} {}", "alph* {}",
             '{} -"{} {}"', '"{} {} {}"']  # fmt: skip
    answered = 0
    for _ in range(150):
        form = chance.choice(forms)
        question = ask(form.format(*chance.choices(known[:6], [1, 1, 2, 2, 2, 1], k=3)), limit=1000)
        expected = {stem for stem, transcript in corpus.items() if transcript.answers(question)}
        results = search(path, question)
        assert {hit.stem for hit in results.events} == expected, question.text
        assert all(hit.moments for hit in results.events), question.text
        answered += 0 < len(expected) < 16
    assert answered > 50  # the questions tell corpora apart


def test_hostile_questions_get_an_answer_or_a_sentence(path: Path) -> None:
    """Whatever is typed, nothing but `QueryError` comes out, and nothing is slow."""
    chance = random.Random(5)
    pieces = ["-", '"', "*", " ", "OR", "NOT", "NEAR(", ")", "speaker:", "before:2022", "lang:", ":", "words", "м'яч", "' OR 1=1",
              "\x00", "\ud800", "((", "said:", "^", "+", "{", "}", "rank", "a*", "wor*", "😀", "\u202e", "%s"]  # fmt: skip
    with Index(path) as index:
        index.put(event("one"), [IndexedTranscript("p", "en", cues(*["words again"] * 300))])
    for _ in range(400):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 14)))
        try:
            results = search(path, ask(text, event=chance.choice(["", "one", '"'])))
        except QueryError as error:
            assert str(error)
            continue
        assert results.took < 1.0, text
