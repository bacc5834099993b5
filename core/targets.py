"""Where the static site is sent: the addresses of `publish.targets`, taken apart and checked.

    folder:/srv/www/talks                        a folder on this machine, such as one that a web server shows
    rsync:me@host.example.org:/srv/www/talks     a folder on another machine, through ssh
    rsync:rsync://host.example.org/talks/        the same through a daemon of rsync
    git:git@host.example.org:us/talks.git#pages  a branch, which a host of static sites shows

An address holds no password: keys and password helpers of ssh, rsync and git do. Nothing in it can be read as an option.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["folder", "rsync", "git"]
_EXPECTED = (
    'each target as "folder:/srv/www/talks", "rsync:me@host.example.org:/srv/www/talks" '
    'or "git:git@host.example.org:us/talks.git#pages"'
)
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]"
_USER = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SSH = re.compile(rf"(?:{_USER}@)?(?:{_HOST}):(?!/?$|//)[^:].*")  # host:path, as ssh's programs write it
_RSYNC_URL = re.compile(rf"rsync://(?:{_USER}@)?(?:{_HOST})(?::\d{{1,5}})?/[^/].*")
_GIT_URL = re.compile(
    rf"(?:https?://|(?:ssh|git)://(?:{_USER}@)?)(?:{_HOST})(?::\d{{1,5}})?/.+"
)  # a name before https' @ is a token
# Part of what git-check-ref-format allows; it cannot be taken for an option or for a revision.
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_PASSWORD = re.compile(r"//[^/@\s]*:[^/@\s]*@")


@dataclass(frozen=True)
class Target:
    """One place that the static site is sent to. `address` is what stands in the settings."""

    address: str
    kind: Kind
    place: str  # a path, or what rsync or git take
    branch: str = ""

    @property
    def folder(self) -> Path | None:
        """The place as a folder of this machine; None: it is elsewhere."""
        return Path(self.place) if self.place.startswith("/") else None


def target(address: str) -> Target:
    """Takes an address apart. Raises `ValueError` with what is expected."""
    kind, colon, place = address.strip().partition(":")
    if not colon or _CONTROL.search(address):
        raise ValueError(_EXPECTED)
    if _PASSWORD.search(place):
        raise ValueError(
            "no password in a target: leave it out, and give this machine a key (ssh) or a password helper"
        )
    match kind:
        case "folder":
            return Target(address.strip(), "folder", _folder(place))
        case "rsync":
            if not (place.startswith("/") or _SSH.fullmatch(place) or _RSYNC_URL.fullmatch(place)):
                raise ValueError("for rsync a place such as me@host.example.org:/srv/www/talks")
            return Target(
                address.strip(), "rsync", _folder(place) if place.startswith("/") else place.rstrip("/")
            )
        case "git":
            where, hash_mark, branch = place.rpartition("#")
            if not hash_mark or not _is_branch(branch):
                raise ValueError(
                    "for git a branch after a #, as in git:git@host.example.org:us/talks.git#pages"
                )
            if not (where.startswith("/") or _SSH.fullmatch(where) or _GIT_URL.fullmatch(where)):
                raise ValueError("for git a repository such as git@host.example.org:us/talks.git#pages")
            return Target(address.strip(), "git", _folder(where) if where.startswith("/") else where, branch)
    raise ValueError(_EXPECTED)


def targets(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The check of the setting. Raises `ValueError` with what is expected."""
    places = [(one.kind, one.place, one.branch) for one in map(target, addresses)]
    if len(set(places)) < len(places):
        raise ValueError("each target once")
    return tuple(address.strip() for address in addresses)


def _is_branch(name: str) -> bool:
    return bool(_BRANCH.fullmatch(name)) and ".." not in name and not name.endswith((".lock", "."))


def _folder(place: str) -> str:
    """An absolute path that is neither the root of the disk nor spelt with dots."""
    parts = place.split("/")
    if (
        not place.startswith("/")
        or ".." in parts
        or len([part for part in parts if part not in ("", ".")]) < 2
    ):
        raise ValueError("a folder with its whole path, two levels deep at least, such as /srv/www/talks")
    return "/" + "/".join(part for part in parts if part not in ("", "."))
