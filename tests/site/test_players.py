"""A platform's own player: whose video an address names, when a page may offer it, what the policy says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onrecord.site.export.run import publish
from onrecord.site.players import platform_player
from onrecord.site.public import PublicPlayer

STRICT = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
IN_PAGE = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
YOUTUBE = PublicPlayer(
    "YouTube",
    "www.youtube-nocookie.com",
    "https://www.youtube-nocookie.com/embed/zq-Ab_3dEfG",
    "https://www.youtube.com/watch?v=zq-Ab_3dEfG",
)
VIMEO = PublicPlayer(
    "Vimeo", "player.vimeo.com", "https://player.vimeo.com/video/76979871?dnt=1", "https://vimeo.com/76979871"
)
SOURCE = "https://youtu.be/zq-Ab_3dEfG"
PLAYED = f'[[recordings]]\nid = "a"\npublish = "yes"\nsource = "{SOURCE}"\n'


@pytest.mark.parametrize(
    ("source", "player"),
    [
        ("https://www.youtube.com/watch?v=zq-Ab_3dEfG", YOUTUBE),
        ("http://youtube.com/watch?list=PL1&v=zq-Ab_3dEfG&t=30s", YOUTUBE),
        ("https://m.youtube.com/watch?v=zq-Ab_3dEfG", YOUTUBE),
        ("https://youtu.be/zq-Ab_3dEfG?si=abc", YOUTUBE),
        ("https://www.youtube.com/shorts/zq-Ab_3dEfG", YOUTUBE),
        ("https://www.youtube.com/live/zq-Ab_3dEfG?feature=share", YOUTUBE),
        ("https://www.youtube-nocookie.com/embed/zq-Ab_3dEfG", YOUTUBE),
        ("https://vimeo.com/76979871", VIMEO),
        ("https://www.vimeo.com/channels/rights/76979871", VIMEO),
        ("https://vimeo.com/groups/rights/videos/76979871", VIMEO),
        ("https://player.vimeo.com/video/76979871", VIMEO),
    ],
)
def test_platform_player_knows_the_forms_of_an_address(source: str, player: PublicPlayer) -> None:
    """However a person copied it, the player's address is the one that tells the platform the least."""
    assert platform_player(source) == player


@pytest.mark.parametrize(
    "source",
    [
        "",
        "media/part-1.mp4",
        "https://media.example.org/part-1.mp4",
        "https://media.ccc.de/v/some-talk",
        "https://www.youtube.com/@someone",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/watch?v=short",
        'https://www.youtube.com/watch?v=zq-Ab_3dE"G',
        "https://youtu.be/zq-Ab_3dEfG/more",
        "https://youtube.com.example.org/watch?v=zq-Ab_3dEfG",
        "https://www.youtube.com:8443/watch?v=zq-Ab_3dEfG",
        "https://name:word@www.youtube.com/watch?v=zq-Ab_3dEfG",
        "ftp://www.youtube.com/watch?v=zq-Ab_3dEfG",
        "https://vimeo.com/76979871/8272103f6e",  # the second part is the secret of a hidden video
        "https://player.vimeo.com/video/76979871?h=8272103f6e",
        "https://vimeo.com/event/76979871",
        "https://[half",
        "https://youtu.be:port/zq-Ab_3dEfG",
    ],
)
def test_platform_player_takes_nothing_else(source: str) -> None:
    """Other sites, lists, broken addresses, and what carries a secret have no player."""
    assert platform_player(source) is None


def offer(bench: Any) -> None:
    """Switches the platforms' players on."""
    file = bench.archive.settings_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[publish]\n", "[publish]\nplatform-players = true\n"), encoding="utf-8")
    bench.archive = type(bench.archive)(bench.root)


def players(bench: Any) -> list[PublicPlayer | None]:
    """The players of all public recordings, those of unlisted events too."""
    view = bench.view()
    return [recording.player for event in (*view.events, *view.unlisted) for recording in event.recordings]


def test_view_offers_the_player_of_a_published_recording_when_the_archive_wants_it(bench: Any) -> None:
    """Off by default; a recording that is not published offers nothing of any kind."""
    bench.event("e", f'{PLAYED}[[recordings]]\nid = "b"\nsource = "https://vimeo.com/76979871"\n')
    assert players(bench) == [None]
    offer(bench)
    assert players(bench) == [YOUTUBE]


@pytest.mark.parametrize(
    ("recording", "speaker"),
    [
        ('trim = ["00:00:01", "00:00:05"]', ""),
        ('kind = "audio"', ""),
        ("", 'consent = "no"'),
        ("", 'consent = "asked"'),
        ("", 'consent = "yes"\nshown_as = "Witness A"'),
    ],
)
def test_view_offers_no_player_that_would_show_what_is_kept_back(
    bench: Any, recording: str, speaker: str
) -> None:
    """A trim, a picture, a name or a voice that our copy keeps back is in the platform's."""
    offer(bench)
    others = '[[speakers]]\nname = "Carla Example"\nconsent = "yes"\n'
    bench.event("e", f"{PLAYED}{others}")
    assert players(bench) == [YOUTUBE]
    bench.event(
        "e",
        f'{PLAYED}{recording}\nvoices = ["Anna Koval"]\n{others}[[speakers]]\nname = "Anna Koval"\n{speaker}\n',
    )
    assert players(bench) == [None]


def test_view_offers_no_player_on_an_unlisted_page(bench: Any) -> None:
    """The platform would learn who comes to it."""
    offer(bench)
    bench.event("e", f'{PLAYED}[private]\nunlisted-token = "kzt0Qp1VbR8sWm4yLx7Eca2D"', visibility="unlisted")
    assert players(bench) == [None]


def fill(bench: Any) -> None:
    """One event that offers a player, one whose trim forbids it, one with none."""
    offer(bench)
    bench.event("offered", PLAYED)
    bench.event("trimmed", f'{PLAYED}trim = ["00:00:01", "00:00:05"]')
    bench.event("plain", '[[recordings]]\nid = "a"\npublish = "yes"')


def test_app_lets_the_platform_into_the_page_that_offers_it_alone(bench: Any) -> None:
    """The header names our own frames and one host, also without a body and when nothing changed."""
    fill(bench)
    with bench.client() as client:
        pages = [path for path in client.app.state.live.state.pages.paths() if path.endswith(("/", ""))]
        assert "events/offered/" in pages and "events/trimmed/" in pages
        for path in pages:
            answer = client.get(f"/{path}")
            framed = path == "events/offered/"
            rule = "; frame-src 'self' https://www.youtube-nocookie.com" if framed else ""
            own = (
                STRICT.replace("frame-ancestors 'self'", "frame-ancestors *")
                if path.startswith("embed/")
                else STRICT
            )
            assert answer.headers.get_list("content-security-policy") == [own + rule], path
            if answer.headers["content-type"].startswith(
                "text/html"
            ):  # data for programs names the address too
                assert ("youtube" in answer.text) == framed, path
            again = client.get(f"/{path}", headers={"if-none-match": answer.headers["etag"]})
            head = client.head(f"/{path}")
            assert [
                (other.status_code, other.headers.get_list("content-security-policy"))
                for other in (again, head)
            ] == [(304, [own + rule]), (200, [own + rule])], path


def test_app_page_has_no_frame_of_the_platform_before_the_click(bench: Any) -> None:
    """A hidden button with the address for the script; without scripts a link that says where it leads."""
    fill(bench)
    with bench.client() as client:
        page = client.get("/events/offered/").text
    assert re.findall(r'(?:src|href|srcset|action)="([^"]*(?:youtu|ytimg)[^"]*)"', page) == [YOUTUBE.page]
    assert f'<a href="{YOUTUBE.page}" rel="external noreferrer">See this recording on YouTube</a>. ' in page
    assert "This link leaves the archive for YouTube." in page
    assert re.findall(r'<div class="platform" data-frame="([^"]*)"[^>]* hidden>', page) == [YOUTUBE.frame]


def test_export_lets_the_platform_into_the_page_that_offers_it_alone(bench: Any) -> None:
    """A static host may send no headers, so the page's own policy says the same."""
    fill(bench)
    root = publish(bench.archive, now=bench.now, search=False).folder
    found = {}
    for path in root.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        found[path.relative_to(root).as_posix()] = policy.removeprefix(IN_PAGE)
    assert found.pop("events/offered/index.html") == "; frame-src 'self' https://www.youtube-nocookie.com"
    assert set(found.values()) == {""}
    assert {"events/trimmed/index.html", "events/plain/index.html", "index.html"} <= found.keys()


def test_app_follows_the_setting(bench: Any) -> None:
    """Switched off again, the page forgets the platform at the next look at the archive."""
    fill(bench)
    with bench.client() as client:
        assert "youtube" in client.get("/events/offered/").text
        file = bench.archive.settings_file
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("platform-players = true", "platform-players = false"), encoding="utf-8")
        client.app.state.live.check()
        answer = client.get("/events/offered/")
        assert "youtube" not in answer.text
        assert answer.headers.get_list("content-security-policy") == [STRICT]
