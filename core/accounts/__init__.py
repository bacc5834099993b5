"""Who may work at the desk: people and their roles, passwords, sessions, links that let somebody in.

Kept in `state.sqlite3`, a record of its own. Of passwords argon2id hashes are kept, of sessions and links hashes
of random tokens: whoever reads the file can sign in as nobody.
"""

from __future__ import annotations

from onrecord.database import Part

PART = Part(
    "accounts",
    (
        "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE,"
        " role TEXT NOT NULL CHECK (role IN ('editor', 'organiser', 'owner')), language TEXT NOT NULL DEFAULT '',"
        " password TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0, made_at TEXT NOT NULL,"
        " password_at TEXT NOT NULL, signed_in_at TEXT)",
        "CREATE TABLE sessions (key TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE,"
        " person TEXT NOT NULL REFERENCES people (id), device TEXT NOT NULL, made_at TEXT NOT NULL,"
        " seen_at TEXT NOT NULL, said TEXT NOT NULL DEFAULT '')",
        "CREATE INDEX sessions_by_person ON sessions (person)",
        "CREATE TABLE links (key TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE,"
        " kind TEXT NOT NULL CHECK (kind IN ('owner', 'invitation', 'password')), role TEXT NOT NULL DEFAULT '',"
        " person TEXT NOT NULL DEFAULT '', remark TEXT NOT NULL DEFAULT '', made_by TEXT NOT NULL,"
        " made_at TEXT NOT NULL, ends_at TEXT NOT NULL)",
        "CREATE TABLE devices (key TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id),"
        " made_at TEXT NOT NULL)",
    ),
)
