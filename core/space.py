"""How much room the archive's disks have left, and how much of it stays free whatever is done."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.archive import Archive
from onrecord.console import amount
from onrecord.errors import StorageError
from onrecord.files import free_bytes


@dataclass(frozen=True)
class Space:
    """Bytes that are free on the fullest of the archive's disks, and bytes of them that must stay free."""

    free: int
    floor: int

    @property
    def enough(self) -> bool:
        """Whether work that fills the disk may go on."""
        return self.free >= self.floor

    @property
    def sentence(self) -> str:
        """What is wrong, for a person."""
        return (
            f"the disk is filling: {amount(self.free, 'bytes')} are free, and {amount(self.floor, 'bytes')} of it "
            "are to stay free (jobs.free-gigabytes)."
        )


ADVICE = "Free some space, or set a smaller jobs.free-gigabytes; the work then goes on by itself, and nothing was lost."


def space(archive: Archive) -> Space:
    """The room there is now. The folders of an archive may stand on several disks, through links."""
    folders = (archive.root, archive.media(""), archive.transcripts(""), archive.hidden)
    floor = int(archive.settings.number("jobs.free-gigabytes") * 1e9)
    return Space(min(free_bytes(folder) for folder in folders), floor)


def require_space(archive: Archive, needed: int = 0) -> None:
    """Raises `StorageError` where `needed` bytes more would leave less free than is to stay free."""
    found = space(archive)
    if found.free - needed < found.floor:
        raise StorageError(found.sentence, advice=ADVICE)
