"""The poster and the waveform of a rendition."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree import ElementTree

import av
import numpy as np
import pytest

from onrecord.errors import NotMediaError
from onrecord.events.model import Event, Recording
from onrecord.media.originals import accept
from onrecord.media.pictures import make_poster, make_waveform, poster_of_picture
from onrecord.media.renditions import find_rendition, render


def pixels(path):
    """A JPEG as numbers."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def heights(path):
    """The waveform's peaks, 0 to 50."""
    drawing = ElementTree.parse(path).getroot()[0].attrib["d"]
    return [int(half) // 2 for half in re.findall(r"v(\d+)", drawing)]


def test_make_poster_passes_over_black_and_blank_frames(make_media, tmp_path):
    """A film that is black, then blue, then shows something has what it shows on its poster."""
    film = make_media(
        "film.mp4", "-f", "lavfi", "-i", "color=black:s=160x90:r=10:d=4", "-f", "lavfi", "-i",
        "color=blue:s=160x90:r=10:d=3",
        "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=3", "-filter_complex", "[0][1][2]concat=n=3", "-c:v",
        "libx264", "-g", "10",
    )  # fmt: skip
    assert make_poster(film, tmp_path / "poster.jpg", 10_000) is True
    poster = pixels(tmp_path / "poster.jpg")
    assert poster.shape == (90, 160, 3)
    assert poster.std() > 40


def test_make_poster_takes_a_blank_frame_where_there_is_nothing_else(make_media, tmp_path):
    """A film that is black throughout has a black poster, not none and not an error."""
    film = make_media("black.mp4", "-f", "lavfi", "-i", "color=black:s=64x36:r=10:d=1", "-c:v", "libx264")
    assert make_poster(film, tmp_path / "poster.jpg", 1000) is True
    assert pixels(tmp_path / "poster.jpg").max() < 40


def test_make_poster_of_a_single_slide(make_media, tmp_path):
    """A film of one picture that stands for seconds has that picture on its poster."""
    film = make_media("slide.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=0.4:d=2.4", "-c:v", "libx264")
    assert make_poster(film, tmp_path / "poster.jpg", 2500) is True
    assert pixels(tmp_path / "poster.jpg").std() > 40


def test_make_poster_is_no_wider_than_the_page_needs(make_media, tmp_path):
    """A large picture is made small; a small one is not made large."""
    film = make_media(
        "wide.mp4",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=1920x1080:r=5:d=1",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    )
    make_poster(film, tmp_path / "poster.jpg", 1000)
    assert pixels(tmp_path / "poster.jpg").shape == (720, 1280, 3)


def test_make_waveform_maps_peaks_to_time(make_media, tmp_path):
    """Silent, half as loud, loud: each third of the drawing is as high as the sound is there."""
    sound = make_media(
        "steps.wav", "-f", "lavfi", "-i", "aevalsrc='sin(2*PI*300*t)*0.4*floor(t/2)':d=6:s=16000"
    )
    make_waveform(sound, tmp_path / "wave.svg", 6000)
    found = heights(tmp_path / "wave.svg")
    assert len(found) == 600
    assert set(found[5:195]) == {1}
    assert np.median(found[205:395]) == 25
    assert np.median(found[405:595]) == 50
    text = (tmp_path / "wave.svg").read_text()
    assert len(text) < 16_000
    assert "style" not in text
    assert ElementTree.parse(tmp_path / "wave.svg").getroot().attrib["viewBox"] == "0 0 600 100"


def test_make_waveform_leaves_silence_flat(make_media, tmp_path):
    """Noise far below hearing is not blown up to look like speech."""
    sound = make_media("quiet.wav", "-f", "lavfi", "-i", "anoisesrc=d=2:a=0.0005:r=16000")
    make_waveform(sound, tmp_path / "wave.svg", 2000)
    assert max(heights(tmp_path / "wave.svg")) <= 2


@pytest.mark.parametrize("name", ["portrait.jpg", "portrait.png", "portrait.webp"])
def test_poster_of_picture_leaves_place_and_device_behind(make_media, tmp_path, name):
    """A photograph is written anew, without what the camera wrote into it."""
    picture = make_media(name, "-f", "lavfi", "-i", "testsrc2=s=200x100:d=1", "-frames:v", "1")
    exif = b"Exif\0\0CANARY-device 48.8584 N"
    if name.endswith("jpg"):
        data = picture.read_bytes()
        picture.write_bytes(data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:])
    poster_of_picture(picture, tmp_path / "poster.jpg")
    assert pixels(tmp_path / "poster.jpg").shape == (100, 200, 3)
    data = (tmp_path / "poster.jpg").read_bytes()
    assert (b"CANARY" in data, b"Exif" in data, b"Lavc" in data) == (False, False, False)


def test_poster_of_picture_refuses_what_is_none(tmp_path):
    """A drawing that can hold scripts, or a text, is no picture here."""
    (tmp_path / "picture.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    with pytest.raises(NotMediaError, match="no picture"):
        poster_of_picture(tmp_path / "picture.svg", tmp_path / "poster.jpg")


def test_sound_gets_the_picture_of_its_event(archive, make_media, tone, tmp_path):
    """A recording without pictures shows the event's; another picture makes it anew, one outside the archive
    is not read.
    """
    outside = make_media("outside.png", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-frames:v", "1")
    inside = archive.events / "rights.png"
    inside.write_bytes(outside.read_bytes())
    recording = Recording(id="part-1")

    def event(picture):
        return Event(
            stem="rights",
            id="8c5d",
            slug="rights",
            title="On rights",
            starts=datetime.fromisoformat("2022-07-12T18:00"),
            timezone="Europe/London",
            picture=picture,
            recordings=(recording,),
        )

    accept(archive, "rights", "part-1", tone, source=str(tone), tool="test")
    with_picture = render(archive, event("rights.png"), recording)
    assert with_picture.poster is not None
    assert pixels(with_picture.poster).shape == (64, 64, 3)
    assert find_rendition(archive, event(""), recording) is None
    assert render(archive, event("../../made/outside.png"), recording).poster is None
