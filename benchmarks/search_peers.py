"""How fast others find cues in the corpus in which we find moments, in one run.

    python benchmarks/search_peers.py                    200,000 cues
    python benchmarks/search_peers.py --cues 1000000 --markdown --plot docs/search.svg

Beside our index stand the plain way (SQLite's full text with a row per cue), the tables of yt-fts (an external-content
full-text table kept by triggers, joined with subtitles and videos), and tantivy (a document per cue). These give the
ten best cues, with a snippet where they have one, and count nothing; ours gives ten events with their moments, exact
totals and facets. Times are of the processor; a question is asked several times and its quickest answer counts.
"""

from __future__ import annotations

import argparse
import math
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import corpus
import search as ours
import tantivy

from onrecord.files import write_text

CLASSES = (
    "rare word",
    "common word",
    "two common words",
    "common and rare word",
    "phrase",
    "common phrase",
    "beginning",
)
Asker = Callable[[str], object]


def make_plain(path: Path, cues: int) -> float:
    """Fills a full-text table with a row per cue; gives the seconds that it took."""
    clock = ours.Clock()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE VIRTUAL TABLE cue USING fts5(text, event UNINDEXED, start UNINDEXED)")
        for event, (transcript,), _ in clock.without_making(corpus.events(cues)):
            connection.executemany(
                "INSERT INTO cue VALUES (?, ?, ?)",
                ((cue.text, event.stem, cue.start) for cue in transcript.cues),
            )
        connection.execute("INSERT INTO cue(cue) VALUES ('optimize')")
    connection.close()
    return clock.seconds()


def ask_plain(path: Path) -> Asker:
    """Gives the ten best cues with a snippet."""
    connection = sqlite3.connect(path)
    return lambda text: connection.execute(
        "SELECT event, start, snippet(cue, 0, '[', ']', '…', 12) FROM cue"
        " WHERE cue MATCH ? ORDER BY rank LIMIT 10",
        (text,),
    ).fetchall()


def make_yt_fts(path: Path, cues: int) -> float:
    """Fills tables such as those of yt-fts; gives the seconds that it took."""
    clock = ours.Clock()
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE Channels (channel_id TEXT PRIMARY KEY, channel_name TEXT NOT NULL, channel_url TEXT NOT NULL);
        CREATE TABLE Videos (
            video_id TEXT PRIMARY KEY, video_title TEXT NOT NULL, video_url TEXT NOT NULL,
            channel_id TEXT REFERENCES Channels(channel_id), video_date TEXT
        );
        CREATE TABLE Subtitles (
            subtitle_id INTEGER PRIMARY KEY, video_id TEXT REFERENCES Videos(video_id), start_time TEXT NOT NULL,
            stop_time TEXT, text TEXT NOT NULL
        );
        CREATE VIRTUAL TABLE Subtitles_fts USING fts5(text, content='Subtitles', content_rowid='subtitle_id');
        CREATE TRIGGER added AFTER INSERT ON Subtitles BEGIN
            INSERT INTO Subtitles_fts(rowid, text) VALUES (new.subtitle_id, new.text);
        END;
        INSERT INTO Channels VALUES ('c', 'Channel', 'https://example.org/');
        """
    )
    with connection:
        for event, (transcript,), _ in clock.without_making(corpus.events(cues)):
            connection.execute(
                "INSERT INTO Videos VALUES (?, ?, ?, 'c', ?)",
                (event.stem, event.title, f"https://example.org/{event.slug}", event.starts_at.isoformat()),
            )
            connection.executemany(
                "INSERT INTO Subtitles(video_id, start_time, stop_time, text) VALUES (?, ?, ?, ?)",
                ((event.stem, str(cue.start), str(cue.end), cue.text) for cue in transcript.cues),
            )
    connection.close()
    return clock.seconds()


def ask_yt_fts(path: Path) -> Asker:
    """Gives the ten best subtitles."""
    connection = sqlite3.connect(path)
    return lambda text: connection.execute(
        "SELECT s.rowid, s.subtitle_id, s.video_id, s.start_time, s.stop_time, s.text FROM Subtitles_fts f"
        " JOIN Subtitles s ON f.rowid = s.rowid JOIN Videos v ON s.video_id = v.video_id"
        " WHERE f.text MATCH ? ORDER BY rank LIMIT 10",
        (text,),
    ).fetchall()


def make_tantivy(path: Path, cues: int) -> float:
    """Fills a tantivy index; gives the seconds that it took, of all its threads."""
    clock = ours.Clock()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True)
    builder.add_text_field("event", stored=True, tokenizer_name="raw")
    builder.add_unsigned_field("start", stored=True)
    path.mkdir()
    index = tantivy.Index(builder.build(), path=str(path))
    writer = index.writer(128_000_000, 1)
    for event, (transcript,), _ in clock.without_making(corpus.events(cues)):
        for cue in transcript.cues:
            writer.add_document(tantivy.Document(text=cue.text, event=event.stem, start=cue.start))
    writer.commit()
    writer.wait_merging_threads()
    return clock.seconds()


def ask_tantivy(path: Path) -> Asker:
    """Gives the ten best documents with a snippet."""
    index = tantivy.Index.open(str(path))
    index.reload()
    searcher = index.searcher()

    def answer(text: str) -> object:
        if text.endswith("*"):
            query = tantivy.Query.regex_query(index.schema, "text", text[:-1] + ".*")
        else:
            query = index.parse_query(text.replace('"', "") if " " not in text else _all(text), ["text"])
        found = searcher.search(query, 10)
        snippets = tantivy.SnippetGenerator.create(searcher, query, index.schema, "text")
        return [snippets.snippet_from_doc(searcher.doc(address)).to_html() for _, address in found.hits]

    return answer


def _all(text: str) -> str:
    return text if text.startswith('"') else " AND ".join(text.split())


def size(path: Path) -> int:
    """The bytes of a file, or of the files in a folder."""
    return sum(one.stat().st_size for one in path.iterdir()) if path.is_dir() else path.stat().st_size


def main() -> None:
    """Makes all indexes, asks them the same, prints the tables."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--cues", type=int, default=200_000)
    arguments.add_argument("--questions", type=int, default=40, help="of each class")
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--markdown", action="store_true")
    arguments.add_argument("--plot", type=Path, help="where a picture of the medians is written (SVG)")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways: dict[str, tuple[Callable[[Path, int], float], Callable[[Path], Asker]]] = {
            "onrecord": (
                lambda path, cues: ours.make(path, cues)[0],
                lambda path: lambda text: ours.answer(path, text),
            ),
            "row per cue": (make_plain, ask_plain),
            "yt-fts": (make_yt_fts, ask_yt_fts),
            "tantivy": (make_tantivy, ask_tantivy),
        }
        rows, askers = [], {}
        for number, (name, (make, asker)) in enumerate(ways.items()):
            path = Path(folder, f"index-{number}")
            seconds = make(path, given.cues)
            rows.append((name, f"{given.cues / seconds:,.0f}", f"{size(path) / 1e6:.0f} MB"))
            askers[name] = asker(path)
        asked = ours.questions(given.cues, given.questions)
        medians: dict[str, list[float]] = {}
        answers = []
        for kind in CLASSES:
            # One question after the other is put to all, so that what else the machine does meets all alike.
            times: dict[str, list[float]] = {name: [] for name in ways}
            for text in asked[kind]:
                for name, one in askers.items():
                    times[name].append(ours.best_of(given.repeats, lambda one=one, text=text: one(text)))  # type: ignore[misc]
            answers.append((kind, *(ours.spread(times[name]) for name in ways)))
            medians[kind] = [statistics.median(times[name]) for name in ways]
    ours.table(["index", "cues/s", "size"], rows, given.markdown)
    ours.table(["p50 / p99 in ms", *ways], answers, given.markdown)
    if given.plot:
        write_text(given.plot, plot(list(ways), medians, given.cues))


def plot(names: list[str], medians: dict[str, list[float]], cues: int) -> str:
    """The medians as bars on a logarithmic scale, an SVG that needs nothing else."""
    colours = ("#0b6e4f", "#8a8f98", "#c98b2b", "#4a6fa5")
    left, width, bar, gap = 170, 520, 11, 14
    least, most = 0.01, 10 ** math.ceil(math.log10(max(max(row) for row in medians.values())))

    def x(value: float) -> float:
        return left + width * math.log10(max(value, least) / least) / math.log10(most / least)

    height = 70 + len(medians) * (len(names) * bar + gap)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 70} {height}" font-family="sans-serif"'
        ' font-size="11" role="img">',
        f"<title>Median milliseconds of a question, {cues:,} cues</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for n, (name, colour) in enumerate(zip(names, colours, strict=True)):
        parts.append(f'<rect x="{left + n * 120}" y="12" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{left + n * 120 + 15}" y="21">{name}</text>')
    for power in range(round(math.log10(least)), round(math.log10(most)) + 1):
        at = x(10.0**power)
        parts.append(f'<path d="M{at:.1f} 34V{height - 24}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="{height - 10}" text-anchor="middle">{10.0**power:g} ms</text>')
    y = 40
    for kind, row in medians.items():
        parts.append(
            f'<text x="{left - 8}" y="{y + len(names) * bar / 2 + 4:.0f}" text-anchor="end">{kind}</text>'
        )
        for value, colour in zip(row, colours, strict=True):
            parts.append(
                f'<rect x="{left}" y="{y}" width="{x(value) - left:.1f}" height="{bar - 2}" fill="{colour}"/>'
                f'<text x="{x(value) + 4:.1f}" y="{y + bar - 3}" font-size="9">{value:.2g}</text>'
            )
            y += bar
        y += gap
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
