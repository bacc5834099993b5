"""Addresses of targets: understood, or refused before anything is run."""

from __future__ import annotations

import pytest

from onrecord.archive import Archive
from onrecord.errors import SettingsError
from onrecord.settings import read_settings
from onrecord.targets import Target, target


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("folder:/srv/www//talks/", ("folder", "/srv/www/talks", "")),
        ("rsync:me@host.example.org:/srv/www/talks/", ("rsync", "me@host.example.org:/srv/www/talks", "")),
        ("rsync:host:talks with spaces", ("rsync", "host:talks with spaces", "")),
        ("rsync:rsync://me@[2001:db8::1]:8730/talks", ("rsync", "rsync://me@[2001:db8::1]:8730/talks", "")),
        ("rsync:/mnt/other/talks", ("rsync", "/mnt/other/talks", "")),
        (
            "git:git@host.example.org:us/talks.git#pages",
            ("git", "git@host.example.org:us/talks.git", "pages"),
        ),
        (
            "git:https://host.example.org/us/talks.git#gh-pages",
            ("git", "https://host.example.org/us/talks.git", "gh-pages"),
        ),
        ("git:/srv/git/talks.git#web/pages", ("git", "/srv/git/talks.git", "web/pages")),
    ],
)
def test_target_is_taken_apart(address: str, expected: tuple[str, str, str]) -> None:
    """Kind, place and branch."""
    kind, place, branch = expected
    assert target(address) == Target(address, kind, place, branch)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "", "talks", "/srv/www/talks", "ftp:host:/talks",
        "folder:talks", "folder:/", "folder:/srv", "folder:/srv/../etc", "folder:/srv/./", "folder:-x",
        "rsync:-e sh:/x", "rsync:--rsh=sh:/x", "rsync:host", "rsync:host:", "rsync:host:/", "rsync:host::module",
        "rsync:-host:/x", "rsync:@host:/x", "rsync:a b:/x", "rsync:rsync://host/", "rsync:me@host:/a\nb",
        "git:git@host:us/talks.git", "git:git@host:us/talks.git#", "git:git@host:x#-d", "git:git@host:x#a..b",
        "git:git@host:x#a b", "git:git@host:x#main:other", "git:git@host:x#refs/heads/x.lock", "git:git@host:x#+x",
        "git:ext::sh -c touch /tmp/x#pages", "git:--upload-pack=sh#pages", "git:-oProxyCommand=sh:x#pages",
        "git:file:///srv/git#pages", "git:https://me:secret@host.example.org/x.git#pages",
        "rsync:rsync://me:secret@host/talks", "git:https://token@host.example.org/x.git#pages",
    ],
)  # fmt: skip
def test_target_that_could_be_an_option_or_holds_a_password_is_refused(address: str) -> None:
    """Nothing in an address is read as an option, a shell's word, or a secret."""
    with pytest.raises(ValueError, match=r"target|folder|rsync|git"):
        target(address)


def test_setting_of_targets_says_what_is_expected(archive: Archive) -> None:
    """The line and an example; each place only once."""
    file = archive.settings_file
    text = file.read_text()
    file.write_text(text.replace("[publish]\n", '[publish]\ntargets = ["folder:talks"]\n'))
    with pytest.raises(SettingsError, match=r"publish\.targets.*whole path.*such as /srv/www/talks") as told:
        read_settings(file)
    assert told.value.line == text.splitlines().index("[publish]") + 2
    file.write_text(text.replace("[publish]\n", '[publish]\ntargets = ["folder:/srv/a/", "folder:/srv/a"]\n'))
    with pytest.raises(SettingsError, match="each target once"):
        read_settings(file)
    file.write_text(text.replace("[publish]\n", '[publish]\ntargets = ["folder:/srv/a", "git:h:x#p"]\n'))
    assert read_settings(file).items("publish.targets") == ("folder:/srv/a", "git:h:x#p")
