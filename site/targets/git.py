"""A git branch as target: one commit without a parent, so that nothing that was public once is reachable in it.

The commit is made in a repository of our own under `.onrecord/targets/`, from which everything that is not in the site
any more is taken away after each run. A branch changes at once or not at all (one reference, with a lease on what stood
there). What the other side keeps of earlier commits is in its hands: a repository on this machine is cleaned, for all
others `withdrawing` says what to ask for.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from onrecord.archive import Archive
from onrecord.errors import TargetError
from onrecord.files import make_folder
from onrecord.progress import Progress, Report
from onrecord.site.targets.folder import check_apart
from onrecord.site.targets.mark import MARK, TEXT, not_ours
from onrecord.site.targets.running import PASSING, SSH, Ran, Stop, run
from onrecord.targets import Target

_WHO = "onrecord"
_ADDRESS = "onrecord@localhost"  # no person's: the commit is public
_SENT, _FOUND = "refs/onrecord/sent", "refs/onrecord/found"
_SETTINGS = {
    "core.autocrlf": "false", "core.hooksPath": "/dev/null", "core.excludesFile": "/dev/null", "core.symlinks": "true",
    "core.attributesFile": "/dev/null", "core.logAllRefUpdates": "false", "core.quotePath": "false", "gc.auto": "0",
    "maintenance.auto": "false", "commit.gpgSign": "false", "push.gpgSign": "false", "push.recurseSubmodules": "no",
    "credential.interactive": "false",
}  # fmt: skip


def send_to_branch(
    archive: Archive, site: Path, target: Target, *, now: datetime, listen: Progress, stop: Stop
) -> str:
    """Makes the branch hold the site in one commit of its own; says what was done, in words.

    Raises `TargetError` for a branch that onrecord has not made, and when git fails; then the branch is as it was.
    """
    if target.folder is not None:
        check_apart(site.parent, target.folder)
    name = hashlib.sha256(target.address.encode()).hexdigest()[:16]
    work = _Work(make_folder(archive.hidden / "targets", private=True) / f"{name}.git", site, stop)
    listen(Report("send", target.address, 0, None, "items"))
    work.prepare()
    try:
        tip = work.tip(target)
        if tip and tip != work.known(_SENT) and not work.is_ours(target, tip):
            raise not_ours(target)
        tree = work.tree()
        if tip and tip == work.known(_SENT) and work.git("rev-parse", f"{tip}^{{tree}}").said.strip() == tree:
            return "nothing has changed"
        commit = work.commit(tree, now)
        work.push(target, tip, commit)
    finally:
        work.forget()
    cleaned = _clean(target, stop)
    return f"one commit, {commit[:10]}" + (
        ", and earlier ones are gone from the repository" if cleaned else ""
    )


class _Work:
    """Our own repository of one target: it never holds more than what was sent last."""

    def __init__(self, repository: Path, site: Path, stop: Stop) -> None:
        self._repository = repository
        self._site = site
        self._stop = stop

    def git(
        self,
        *arguments: str,
        given: bytes = b"",
        right: tuple[int, ...] = (0,),
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Ran:
        """Runs git on the repository; raises `TargetError` unless it ends with one of the codes that are right."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        ran = run(
            "git",
            [*settings, "--git-dir", str(self._repository), *arguments],
            more={**_quiet(), **more},
            given=given,
            stop=self._stop,
        )
        if ran.code not in right:
            raise _failed(ran)
        return ran

    def prepare(self) -> None:
        """Makes the repository where there is none."""
        if not (self._repository / "HEAD").is_file():
            self.git("init", "--quiet", "--bare", "--template=", str(self._repository))

    def known(self, reference: str) -> str:
        """The commit that a reference of ours names; empty: there is none."""
        ran = self.git("rev-parse", "--quiet", "--verify", f"{reference}^{{commit}}", right=(0, 1, 128))
        return ran.said.strip() if ran.code == 0 else ""

    def tip(self, target: Target) -> str:
        """The commit at which the branch stands over there; empty: there is no such branch."""
        wanted = f"refs/heads/{target.branch}"
        ran = self.git("ls-remote", "--refs", "--", target.place, wanted)
        rows = [line.split() for line in ran.said.splitlines()]
        return next((row[0] for row in rows if len(row) == 2 and row[1] == wanted), "")

    def is_ours(self, target: Target, tip: str) -> bool:
        """Whether the branch bears our mark: it was sent from here before our repository was lost, or a person has
        put the mark there.
        """
        self.git(
            "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--",
            target.place, f"+refs/heads/{target.branch}:{_FOUND}",
        )  # fmt: skip
        found = self.known(_FOUND)
        return found == tip and self.git("cat-file", "-e", f"{tip}:{MARK}", right=(0, 1, 128)).code == 0

    def tree(self) -> str:
        """Takes in the site with our mark; gives the tree of it."""
        there = ("-c", "core.bare=false", "--work-tree", str(self._site))
        self.git(*there, "add", "--all", "--force", "--", ".")
        mark = self.git("hash-object", "-w", "--stdin", given=TEXT.encode()).said.strip()
        self.git("update-index", "--add", "--cacheinfo", f"100644,{mark},{MARK}")
        return self.git("write-tree").said.strip()

    def commit(self, tree: str, now: datetime) -> str:
        """A commit without parents that names no person."""
        date = f"{int(now.timestamp())} +0000"
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
               for key, value in (("NAME", _WHO), ("EMAIL", _ADDRESS), ("DATE", date))}  # fmt: skip
        return self.git("commit-tree", tree, "-m", "Published by onrecord", more=who).said.strip()

    def push(self, target: Target, tip: str, commit: str) -> None:
        """Puts the commit in the place of what stood there, unless somebody else has changed that meanwhile."""
        branch = f"refs/heads/{target.branch}"
        self.git(
            "push", "--quiet", "--no-verify", f"--force-with-lease={branch}:{tip}", "--",
            target.place, f"{commit}:{branch}",
        )  # fmt: skip
        self.git("update-ref", _SENT, commit)

    def forget(self) -> None:
        """Takes away all that is not in what was sent last."""
        if self.known(_FOUND):
            self.git("update-ref", "-d", _FOUND)
        (self._repository / "shallow").unlink(missing_ok=True)
        (self._repository / "index").unlink(missing_ok=True)  # it holds on to what was taken in
        self.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
        self.git("gc", "--quiet", "--prune=now")


def _clean(target: Target, stop: Stop) -> bool:
    """Takes the earlier commits out of a bare repository of this machine; whether that was done."""
    if target.folder is None:
        return False

    def there(*arguments: str) -> Ran:
        return run("git", ["--git-dir", str(target.folder), *arguments], more=_quiet(), stop=stop)

    if there("rev-parse", "--is-bare-repository").said.strip() != "true":
        return False
    branch = f"refs/heads/{target.branch}"
    there("reflog", "expire", "--expire=now", "--expire-unreachable=now", branch)
    return there("gc", "--quiet", "--prune=now").code == 0


def _quiet() -> dict[str, str]:
    ssh = os.environ.get("GIT_SSH_COMMAND") or "ssh"
    return {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": f"{ssh} {SSH.removeprefix('ssh ')}",
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    }


_ADVICE = (
    (r"Permission denied \([a-z]", "Give this machine a key that may write there (a deploy key), and publish again."),
    ("Host key verification failed", "Log in there once by hand with ssh, and say yes to its key."),
    ("could not read Username", "Use an ssh address with a deploy key, or set up a password helper of git."),
    ("Authentication failed", "Use an ssh address with a deploy key, or set up a password helper of git."),
    ("Could not resolve host", "Look at the address in publish.targets, and at the connection."),
    ("stale info", "Somebody else has changed the branch just now: look who does, then publish again."),
    ("protected branch", "Let this key force-push to the branch, or name a branch that is not protected."),
    ("file size limit", "The host takes no file of this size: use a folder or rsync for recordings this large."),
    ("refusing to update checked out branch", "Name a bare repository (git init --bare), or another branch."),
    ("dubious ownership", "Let the user that runs onrecord own the repository."),
    ("does not appear to be a git repository", "Make the repository there first: git init --bare."),
    ("not found", "Look at the address in publish.targets, and whether this machine's key may see the repository."),
    ("No space left", "Free some space there, and publish again."),
)  # fmt: skip


def _failed(ran: Ran) -> TargetError:
    advice = next(
        (text for sign, text in _ADVICE if re.search(sign, ran.said)), "Mend that, and publish again."
    )
    passing = bool(PASSING.search(ran.said))
    return TargetError(f"git could not send the site: {ran.why}", advice=advice, passing=passing)
