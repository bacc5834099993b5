"""How the search index is laid out: one SQLite file, derived from the archive's files, that can always be made
again.

Every word that is said has a position, counted through one *segment*; `posting` holds the positions of each
word of a segment, packed as 32-bit numbers. A segment is what was taken in at once; small ones are merged
into larger ones, as log-structured stores do, so that taking in one event never rewrites the rest. What an
event's record says (its title, its speakers and so on) has positions of its own, in segments of another kind.
An event that is taken in again gets a new number and new positions; its old ones lie dead until a merge.

What was said stands in `piece` as it was written, 16 cues to a row. `vocabulary` counts in how
many events a word occurs; `uncounted` holds the words of events that were taken in since it was last brought up
to date. Numbers in BLOBs are little-endian and 32 bits wide.
"""

from __future__ import annotations

import zlib

from onrecord.transcripts.words import forms

_FOLDING = 6  # raised by hand when `folding.py` gives other words, or BLOBs hold something else

SAID, RECORD = 0, 1  # the kinds of segments
GAP = 11  # positions without a word between texts: nothing that is said NEAR another reaches over it
FIELDS = (
    "title",
    "speakers",
    "topics",
    "description",
    "links",
)  # the parts of an event's record, in this order

# `event`: `said_*` and `record_*` say where its words lie; `fields` how many words each part of its record has.
# `transcript`: `at` and `size` are positions within the event; `densest` bounds the words of 30 seconds;
# `speaker_runs` and `language_runs` are pairs (first word, number in the list); `cues` are pairs (first word, start).
TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE event (
    number INTEGER PRIMARY KEY, stem TEXT NOT NULL UNIQUE, slug TEXT NOT NULL, title TEXT NOT NULL,
    summary TEXT NOT NULL, starts TEXT NOT NULL, series TEXT NOT NULL, tags TEXT NOT NULL,
    languages TEXT NOT NULL, speakers TEXT NOT NULL, note TEXT NOT NULL, fingerprint TEXT NOT NULL,
    said_segment INTEGER NOT NULL, said_at INTEGER NOT NULL, said_size INTEGER NOT NULL,
    record_segment INTEGER NOT NULL, record_at INTEGER NOT NULL, record_size INTEGER NOT NULL,
    fields BLOB NOT NULL
);
CREATE TABLE transcript (
    number INTEGER PRIMARY KEY, event INTEGER NOT NULL, recording TEXT NOT NULL, title TEXT NOT NULL,
    language TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, speakers TEXT NOT NULL,
    languages TEXT NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL, densest INTEGER NOT NULL,
    speaker_runs BLOB NOT NULL, language_runs BLOB NOT NULL, cues BLOB NOT NULL
);
CREATE INDEX transcript_event ON transcript (event);
CREATE TABLE piece (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE record (event INTEGER PRIMARY KEY, words TEXT NOT NULL);
CREATE TABLE segment (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE posting (
    segment INTEGER NOT NULL, word TEXT NOT NULL, positions BLOB NOT NULL, PRIMARY KEY (segment, word)
) WITHOUT ROWID;
CREATE TABLE uncounted (event INTEGER PRIMARY KEY, words TEXT NOT NULL);
CREATE TABLE vocabulary (
    word TEXT NOT NULL, language TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (word, language)
) WITHOUT ROWID;
{forms.SCHEMA}"""
# An index of other tables, or of another folding, is made again: the number follows from both.
SCHEMA = zlib.crc32(f"{_FOLDING} {TABLES}".encode()) >> 1
