"""TOML errors lead to the line."""

from pathlib import Path

import pytest

from onrecord.errors import EventFormatError
from onrecord.toml import did_you_mean, line_of, read_toml

TEXT = '''\
title = "A"   # remark
description = """
title = "not a key"
"""

[[speakers]]
name = "Anna"

[[speakers]]
name = "Borys"
role = "host"

[transcription]
engine = "whisper"
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [(("title",), 1), (("description",), 2), (("speakers", 0, "name"), 7), (("speakers", 1, "name"), 10),
     (("speakers", 1, "consent"), 9), (("transcription", "engine"), 14), (("nothing",), None)],
)  # fmt: skip
def test_line_of_finds_a_key_or_its_table(keys: tuple[str | int, ...], line: int | None) -> None:
    """Text inside a long string is no key; a missing key leads to its table."""
    assert line_of(TEXT, keys) == line


def test_read_toml_names_the_line(tmp_path: Path) -> None:
    """A missing quote is told with its line and what to look for."""
    path = tmp_path / "event.toml"
    path.write_text('title = "A"\nstarts = 2022-07-12 18:00"\n')
    with pytest.raises(EventFormatError) as caught:
        read_toml(path, EventFormatError)
    assert (caught.value.path, caught.value.line) == (path, 2)
    assert "not valid TOML" in str(caught.value)


def test_read_toml_names_the_line_that_is_not_utf8(tmp_path: Path) -> None:
    """A file saved in an old encoding is told with its line."""
    path = tmp_path / "event.toml"
    path.write_bytes('title = "A"\nsummary = "Київ"\n'.encode("cp1251"))
    with pytest.raises(EventFormatError) as caught:
        read_toml(path, EventFormatError)
    assert str(caught.value) == f"{path}:2: this line is not UTF-8 text. Save the file as UTF-8."


def test_did_you_mean_names_the_nearest() -> None:
    """A near word is named, a far one is not."""
    assert did_you_mean("strats", ["starts", "title"]) == "Did you mean 'starts'?"
    assert did_you_mean("zzz", ["starts", "title"]) == ""
