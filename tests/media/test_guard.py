"""The network guard: nothing outside leads a fetch into this machine or its network."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import BlockedAddressError, FetchError, OnrecordError
from onrecord.media.guard import Guard, inner_range
from onrecord.media.http import download
from onrecord.media.partial import Bounds
from onrecord.media.patience import Patience
from onrecord.media.platform import fetch_from_platform
from onrecord.media.web import Web

QUICK = Patience(connect=2, silence=2, slowest=1000, window=1, pause=0, longest_pause=0)
BOUNDS = Bounds(1 << 30, floor=0)

# The same place, this machine, in the ways that people and programs have written it.
SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.",
    "127.255.255.254", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127。0。0。1",
    "１２７.0.0.1", "user:word@127.0.0.1", "%31%32%37.0.0.1",
)  # fmt: skip


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Has the name `recordings.example` lead to `answers`, one after the other; returns the list of look-ups."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def look_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host == "recordings.example":
            asked.append(host)
            return real(answers[min(len(asked), len(answers)) - 1], port, *more, **named)
        return real(host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_guard_refuses_this_machine_however_it_is_written(spelling: str, canary: Any, tmp_path: Path) -> None:
    """No spelling of a loopback address is connected to."""
    with Web(Guard(), QUICK) as web, pytest.raises(FetchError):
        download(web, f"http://{spelling}:{canary.port}/secret.mp4", tmp_path / "x.part", BOUNDS)
    assert not (tmp_path / "x.part").exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_guard_refuses_this_machine_behind_a_redirect(
    spelling: str, canary: Any, loopback: Any, tmp_path: Path
) -> None:
    """A server that may be fetched from cannot send us inside."""
    loopback.redirect("/talk.mp4", f"http://{spelling}:{canary.port}/secret.mp4")
    with Web(Guard((loopback.place,)), QUICK) as web, pytest.raises(FetchError):
        download(web, loopback.url("/talk.mp4"), tmp_path / "x.part", BOUNDS)
    assert len(loopback.asked("/talk.mp4")) == 1


@pytest.mark.parametrize(
    "answer",
    ["127.0.0.1", "10.0.0.8", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "::1", "fe80::1",
     "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::", "224.0.0.1", "ff02::1",
     "240.0.0.1", "255.255.255.255", "192.0.2.1"],
)  # fmt: skip
def test_guard_refuses_a_name_that_leads_inside(
    answer: str, canary: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is the address that a name leads to."""
    answering(monkeypatch, answer)
    with Web(Guard(), QUICK) as web, pytest.raises(BlockedAddressError) as raised:
        download(web, f"http://recordings.example:{canary.port}/secret.mp4", tmp_path / "x.part", BOUNDS)
    assert f'allow-hosts = ["recordings.example:{canary.port}"]' in raised.value.advice
    assert answer in raised.value.message
    assert raised.value.permanent


def test_guard_connects_to_the_address_that_it_checked(
    canary: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers with a public address first and a private one next gains nothing: it is asked once."""
    asked = answering(monkeypatch, "198.41.0.4", "127.0.0.1")
    connected: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> socket.socket:
        connected.append(address)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", connect)
    with Web(Guard(), QUICK) as web, pytest.raises(FetchError):
        download(web, f"http://recordings.example:{canary.port}/secret.mp4", tmp_path / "x.part", BOUNDS)
    assert asked == ["recordings.example"]
    assert connected == [("198.41.0.4", canary.port)]


PAGES = (
    '<html><body><video src="{}"></video></body></html>',
    '<html><body><video><source src="{}" type="video/mp4"></video></body></html>',
    '<html><head><meta property="og:video" content="{}"></head></html>',
    '<html><head><meta http-equiv="refresh" content="0; url={}"></head></html>',
    '<html><body><iframe src="{}"></iframe><script>jwplayer("x").setup({{"file": "{}"}});</script></body></html>',
    '<html><head><script type="application/ld+json">{{"@context": "https://schema.org", "@type": "VideoObject", '
    '"name": "x", "contentUrl": "{}"}}</script></head></html>',
    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n#EXT-X-ENDLIST\n",
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000,CODECS="avc1.4d401e,mp4a.40.2"\n{}\n',
    '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI="{}"\n#EXTINF:4,\n/a.ts\n#EXT-X-ENDLIST\n',
    '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI="{}"\n#EXTINF:4,\n/a.ts\n#EXT-X-ENDLIST\n',
    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n",
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S"><Period>'
    '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="9000" codecs="avc1.4d401e"><BaseURL>{}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("spelling", ["127.0.0.1", "[::ffff:127.0.0.1]", "0x7f.1"])
def test_guard_holds_for_pages_and_playlists(
    page: str, spelling: str, canary: Any, loopback: Any, tmp_path: Path
) -> None:
    """What a page or a playlist names is connected to through the guard as well, in every way that yt-dlp would."""
    kind = "application/vnd.apple.mpegurl" if page.startswith("#") else "text/html"
    if page.startswith("<?xml"):
        kind = "application/dash+xml"
    loopback.page(
        "/talk",
        page.replace("{{", "{")
        .replace("}}", "}")
        .replace("{}", f"http://{spelling}:{canary.port}/secret.mp4"),
        kind=kind,
    )
    loopback.serve("/a.ts", b"G" * 1880)
    with Web(Guard((loopback.place,)), QUICK) as web, pytest.raises(OnrecordError):
        fetch_from_platform(web, loopback.url("/talk"), tmp_path / "work", BOUNDS)
    assert loopback.asked("/talk")


def test_guard_lets_through_what_the_settings_name(loopback: Any, tmp_path: Path) -> None:
    """A host that the settings name is fetched from: by name, by name and port, by its address."""
    loopback.serve("/talk.mp4", b"0123456789" * 1000)
    for number, (allow, host) in enumerate(
        [
            ("127.0.0.1", "127.0.0.1"),
            (loopback.place, "127.0.0.1"),
            ("LocalHost", "localhost"),
            ("127.0.0.1", "localhost"),
        ]
    ):
        part = tmp_path / f"{number}.part"
        with Web(Guard((allow,)), QUICK) as web:
            download(web, f"http://{host}:{loopback.port}/talk.mp4", part, BOUNDS)
        assert part.read_bytes() == b"0123456789" * 1000


def test_guard_knows_a_host_in_other_letters(
    loopback: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name in Cyrillic may be named in the settings as people write it."""
    real = socket.getaddrinfo
    name = "архів.приклад".encode("idna").decode()
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **named: real("127.0.0.1" if host == name else host, *more, **named),
    )
    loopback.serve("/talk.mp4", b"0123456789" * 1000)
    with Web(Guard(("Архів.приклад",)), QUICK) as web:
        download(web, f"http://архів.приклад:{loopback.port}/talk.mp4", tmp_path / "x.part", BOUNDS)
    assert (tmp_path / "x.part").read_bytes() == b"0123456789" * 1000


@pytest.mark.parametrize("allow", ["127.0.0.1:1", "localhost", "127.0.0.2", "0.0.1", "example.org", ""])
def test_guard_allows_no_more_than_it_was_told(allow: str, canary: Any, tmp_path: Path) -> None:
    """Another port, another name or a part of a name is not the host that the settings name."""
    with Web(Guard((allow,)), QUICK) as web, pytest.raises(BlockedAddressError):
        download(web, f"http://127.0.0.1:{canary.port}/secret.mp4", tmp_path / "x.part", BOUNDS)


def test_guard_leaves_a_proxy_in_the_environment_alone(
    canary: Any, loopback: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would connect where the guard cannot see, so none is used: neither for a file nor by yt-dlp."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    loopback.serve("/talk.mp4", b"0123456789" * 1000)
    loopback.page("/talk", f'<html><body><video src="{loopback.url("/talk.mp4")}"></video></body></html>')
    with Web(Guard((loopback.place,)), QUICK) as web:
        download(web, loopback.url("/talk.mp4"), tmp_path / "x.part", BOUNDS)
        arrival = fetch_from_platform(web, loopback.url("/talk"), tmp_path / "work", BOUNDS)
    assert (tmp_path / "x.part").read_bytes() == arrival.path.read_bytes() == b"0123456789" * 1000


def test_guard_says_that_a_proxy_was_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no connection can be made, a person behind a proxy should know why."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
        with Web(Guard((place,)), QUICK) as web, pytest.raises(FetchError, match="A proxy is set") as raised:
            download(web, f"http://{place}/talk.mp4", tmp_path / "x.part", BOUNDS)
    assert not raised.value.permanent


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("8.8.8.8", None), ("2a00:1450:4001::1", None), ("2606:4700::1111", None), ("172.32.0.1", None), ("100.128.0.1", None),
        ("127.0.0.1", "loopback"), ("10.1.2.3", "private"), ("172.31.255.255", "private"), ("192.168.0.1", "private"),
        ("169.254.169.254", "link-local"), ("100.127.255.255", "carrier-grade NAT"), ("0.1.2.3", "unspecified"),
        ("192.88.99.1", "6to4"), ("224.0.0.251", "multicast"), ("255.255.255.255", "reserved"), ("::", "unspecified"),
        ("::1", "loopback"), ("::ffff:8.8.8.8", "IPv4-mapped"), ("::8.8.8.8", "reserved"), ("64:ff9b::808:808", "NAT64"),
        ("64:ff9b:1::808:808", "NAT64"), ("2002:808:808::", "6to4"), ("2001:0:53aa::1", "Teredo"), ("fe80::1%1", "link-local"),
        ("febf::1", "link-local"), ("fec0::1", "reserved"), ("fd12::1", "private"), ("ff0e::1", "multicast"),
        ("2001:db8::1", "documentation"), ("3fff::1", "documentation"), ("100::1", "reserved"), ("5f00::1", "reserved"),
        ("4000::1", "reserved"),
    ],
)  # fmt: skip
def test_inner_range_names_the_range(address: str, name: str | None) -> None:
    """Every special range has its name, and its neighbours on the open internet have none."""
    assert inner_range(ipaddress.ip_address(address)) == name
