"""The archive: one folder of plain files, and the names of the places in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from onrecord.errors import ArchiveError
from onrecord.files import make_folder, recover_folder, write_text
from onrecord.settings import Settings, read_settings

SETTINGS_FILE = "onrecord.toml"

_FIRST_SETTINGS = """\
# The settings of this archive. Every line that begins with # is a remark.
format = 1
title = {title}
# base-url = "https://archive.example.org"    # where the published site will stand
# timezone = "Europe/Kyiv"                    # for events that name none
# languages = ["en", "uk"]                    # spoken in the recordings, the commonest first
# interface = ["en", "uk"]                    # of the pages: some of en, uk, fr, de, pl, ru; the first at the root

[glossary]
# Names and terms with their other spellings: they help recognition and search.
# Kyiv = ["Kiev", "Київ", "Киев"]

[transcription]
# engine = "whisper"                          # or openai-whisper, pocketsphinx, captions
# model = "small"

[publish]
# Nothing becomes public by itself. "draft" would also publish unreviewed machine transcripts.
# transcripts = "reviewed"
"""


@dataclass(frozen=True)
class Archive:
    """An archive at `root`, an absolute path. Everything outside `.onrecord/` and `site/` is the record itself."""

    root: Path

    @cached_property
    def settings(self) -> Settings:
        """The settings in force when they were first asked for."""
        return read_settings(self.settings_file)

    @property
    def settings_file(self) -> Path:
        return self.root / SETTINGS_FILE

    @property
    def events(self) -> Path:
        """`<stem>.toml` for each event, beside which stands `../speakers.toml`."""
        return self.root / "events"

    @property
    def speakers_file(self) -> Path:
        """The speakers who appear in several events; it need not exist."""
        return self.root / "speakers.toml"

    def media(self, stem: str) -> Path:
        """The originals of one event."""
        return self.root / "media" / stem

    def transcripts(self, stem: str) -> Path:
        """The transcripts of one event; earlier revisions are in `history/`."""
        return self.root / "transcripts" / stem

    @property
    def site(self) -> Path:
        """The published static site, derived."""
        return self.root / "site"

    @property
    def hidden(self) -> Path:
        """What is never published: derived files, journals of unfinished work, accounts."""
        return self.root / ".onrecord"

    def renditions(self, stem: str) -> Path:
        """What the public plays of one event, derived."""
        return self.hidden / "renditions" / stem

    def work(self, stem: str) -> Path:
        """Journals of unfinished work on one event."""
        return self.hidden / "work" / stem

    @property
    def index_file(self) -> Path:
        """The organisers' search index over everything, derived."""
        return self.hidden / "index.sqlite3"

    @property
    def public_index_file(self) -> Path:
        """The readers' search index, made only of what passed the gate; derived."""
        return self.hidden / "public.sqlite3"

    @property
    def state_file(self) -> Path:
        """Accounts, sessions and jobs: a record of its own."""
        return self.hidden / "state.sqlite3"

    def shown(self, path: Path) -> str:
        """A path as a person in the archive's folder would write it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def create_archive(root: Path, title: str) -> Archive:
    """Makes the folder of a new archive; raises `ArchiveError` when one stands there or the folder is in use."""
    root = root.resolve()
    if (root / SETTINGS_FILE).exists():
        raise ArchiveError(
            "an archive stands here already.", path=root, advice="Use it as it is, or choose another folder."
        )
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ArchiveError(
            "this is not an empty folder.", path=root, advice="Choose a new folder for the archive."
        )
    archive = Archive(root)
    for folder in (archive.events, root / "media", root / "transcripts"):
        make_folder(folder)
    make_folder(archive.hidden, private=True)
    import json  # a JSON string is a TOML basic string

    write_text(archive.settings_file, _FIRST_SETTINGS.format(title=json.dumps(title, ensure_ascii=False)))
    return archive


def open_archive(start: Path | None = None, *, search_upwards: bool = True) -> Archive:
    """The archive that `start` (default: the current folder) stands in; raises `ArchiveError` when there is none."""
    start = (start or Path.cwd()).resolve()
    for folder in [start, *start.parents] if search_upwards else [start]:
        if (folder / SETTINGS_FILE).is_file():
            make_folder(folder / ".onrecord", private=True)
            recover_folder(folder / "site")
            return Archive(folder)
    raise ArchiveError(
        "this is no onrecord archive: it has no onrecord.toml.",
        path=start,
        advice="Go into the archive's folder, name it with -C FOLDER, or make one with 'onrecord init FOLDER'.",
    )
