"""Makes the font files beside this one from the npm package @fontsource-variable/literata (SIL OFL 1.1).

    npm pack @fontsource-variable/literata && tar xzf fontsource-variable-literata-*.tgz
    python subset.py package/files

One family for everything: Literata, upright, with its weights of 400 to 700 and its optical sizes of 12 to
36 points, and the italic in one weight. Each file holds one range of characters, so a browser fetches only
what a page uses; the ranges are repeated as `unicode-range` in ../css/fonts.css. Needs fonttools and brotli.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-not-found,import-untyped,unused-ignore]
from fontTools.ttLib import TTFont  # type: ignore[import-not-found,import-untyped,unused-ignore]
from fontTools.varLib import instancer  # type: ignore[import-not-found,import-untyped,unused-ignore]

HERE = Path(__file__).parent
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "onum", "pnum", "case"]


def _characters(*ranges: tuple[int, int]) -> set[int]:
    return {point for first, last in ranges for point in range(first, last + 1)}


LATIN = _characters(
    (0x20, 0x7E), (0xA0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2C6, 0x2C6), (0x2DA, 0x2DA),
    (0x2DC, 0x2DC), (0x2009, 0x2009), (0x2010, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2020),
    (0x2022, 0x2022), (0x2026, 0x2026), (0x202F, 0x202F), (0x2032, 0x2033), (0x2039, 0x203A),
    (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212),
)  # fmt: skip
# Polish, Czech, Hungarian, Romanian, Turkish, the Baltic languages; the letter apostrophe of transliteration.
LATIN_EXT = _characters(
    (0x100, 0x130), (0x132, 0x151), (0x154, 0x17F), (0x218, 0x21B), (0x2BC, 0x2BC), (0x1E9E, 0x1E9E),
)  # fmt: skip
# Every letter of the Slavic languages, and the letters that Kazakh, Tatar and Bashkir share.
CYRILLIC = _characters(
    (0x301, 0x301), (0x400, 0x45F), (0x490, 0x493), (0x4AE, 0x4B1), (0x4D8, 0x4D9), (0x4E8, 0x4E9),
    (0x2116, 0x2116),
)  # fmt: skip

FILES = {
    "literata-latin.woff2": ("literata-latin-opsz-normal.woff2", LATIN),
    "literata-latin-ext.woff2": ("literata-latin-ext-opsz-normal.woff2", LATIN_EXT),
    "literata-cyrillic.woff2": ("literata-cyrillic-opsz-normal.woff2", CYRILLIC),
    "literata-latin-italic.woff2": ("literata-latin-wght-italic.woff2", LATIN),
    "literata-latin-ext-italic.woff2": ("literata-latin-ext-wght-italic.woff2", LATIN_EXT),
    "literata-cyrillic-italic.woff2": ("literata-cyrillic-wght-italic.woff2", CYRILLIC),
}  # fmt: skip


def _cut(source: Path, characters: set[int], target: Path) -> None:
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = TTFont(source)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    plain = io.BytesIO()
    font.flavor = None
    font.save(plain)
    plain.seek(0)
    font = TTFont(plain)
    axes = {axis.axisTag for axis in font["fvar"].axes}
    limits = {"wght": (400, 700), "opsz": (12, 36)} if "opsz" in axes else {"wght": 400}
    font = instancer.instantiateVariableFont(font, limits)
    font.flavor = "woff2"
    font.save(target)


def main(folder: Path) -> None:
    """Writes every file of FILES beside this script, from the package's folder `files`."""
    for name, (source, characters) in FILES.items():
        _cut(folder / source, characters, HERE / name)
        sys.stdout.write(f"{name} {(HERE / name).stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
