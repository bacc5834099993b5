"""What tells common hosts how to serve the static site: the same headers as the live site sends.

Netlify and Cloudflare Pages read `_headers`, Apache reads `.htaccess`; GitHub Pages wants `.nojekyll` and sends headers
of its own. What a page may load stands in the page as well, for hosts that read none of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Rule = tuple[
    str, tuple[tuple[str, str], ...]
]  # a path, or with an asterisk at its end all below it; its headers

_EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
)  # fmt: skip
# Not for what is made to be framed by other sites (embed/), which a rule for everything would forbid.
_NOT_FRAMED = (("X-Frame-Options", "SAMEORIGIN"),)
_OPEN = (("Access-Control-Allow-Origin", "*"),)  # asks for no cookie, and is public
_UNLISTED = (("X-Robots-Tag", "noindex"), ("Cache-Control", "private, no-cache"))
_FEEDS = ("calendar.ics", "feed.json", "feed.xml", "podcast.xml")


def rules(languages: Sequence[str]) -> Iterator[Rule]:
    """The headers by path. `languages` are those of the interface that have a folder of their own."""
    yield "/*", _EVERYWHERE
    for place in ("api", "captions", "chapters", "downloads", "media", "oembed", "pyvideo", "schedule"):
        yield f"/{place}/*", _OPEN
    yield from ((f"/{name}", _OPEN) for name in _FEEDS)
    for prefix in ("", *(f"{language}/" for language in languages)):
        yield f"/{prefix}", _NOT_FRAMED
        for place in ("about", "events", "search", "series", "speakers", "tags"):
            yield f"/{prefix}{place}/*", _NOT_FRAMED
        yield f"/{prefix}unlisted/*", (*_UNLISTED, *_NOT_FRAMED)


def hosting_files(languages: Sequence[str], base_path: str) -> Iterator[tuple[str, bytes]]:
    """The files with their names. `base_path` is where the site stands on its host: `/`, or `/talks/`."""
    base = base_path.rstrip("/")
    yield ".nojekyll", b""
    yield "_headers", _headers(languages, base).encode()
    yield ".htaccess", _htaccess(languages, base).encode()


def _headers(languages: Sequence[str], base: str) -> str:
    """As https://docs.netlify.com/manage/routing/headers/ has it; Cloudflare Pages reads the same, up to 100 rules."""
    rows: list[str] = []
    for path, headers in rules(languages):
        rows += [f"{base}{path}", *(f"  {name}: {value}" for name, value in headers)]
    return "\n".join(rows) + "\n"


def _htaccess(languages: Sequence[str], base: str) -> str:
    """As https://httpd.apache.org/docs/2.4/howto/htaccess.html has it."""
    rows = [
        f"ErrorDocument 404 {base}/404.html",
        "Options -Indexes",
        "AddType text/vtt .vtt",
        "AddType application/x-subrip .srt",
        "AddType text/markdown .md",
        "AddType text/javascript .js",
        "AddCharset utf-8 .vtt .srt .txt .md .json .ics .xml .css .js",
        "<IfModule mod_headers.c>",
    ]
    for path, headers in rules(languages):
        place = f"^{base}{path.removesuffix('*')}" + ("" if path.endswith("*") else "$")
        where = "" if path == "/*" else f' "expr=%{{REQUEST_URI}} =~ m#{place.replace(".", "[.]")}#"'
        rows += [f'Header always set {name} "{value}"{where}' for name, value in headers]
    rows += [
        "</IfModule>",
        "<IfModule mod_deflate.c>",
        "AddOutputFilterByType DEFLATE text/html text/css text/javascript text/vtt text/plain application/json",
        "AddOutputFilterByType DEFLATE application/xml application/atom+xml image/svg+xml",
        "</IfModule>",
    ]
    return "\n".join(rows) + "\n"
