"""Writes how wide text can get: `python -m tests.tools.font_widths [FOLDER]`, the folder with the fonts' files being /usr/share/fonts.

The table has, for each character, its advance in the widest of these fonts, all in Debian.  Together they stand for the sans-serif
of a machine: Liberation has the metrics of Arial and Helvetica, DejaVu nearly those of Verdana, Open Sans is a little wider than
Segoe UI; the others are what desktops and telephones come with.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from PIL import ImageFont

from tests.support.paths import PACKAGE

TABLE = PACKAGE / "views" / "diagram" / "widths.json"

FONTS = {  # Debian's package: the files of the regular and of the bold face
    "fonts-liberation": ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    "fonts-dejavu-core": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "fonts-noto-core": ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    "fonts-open-sans": ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf"),
    "fonts-roboto-unhinted": ("Roboto-Regular.ttf", "Roboto-Bold.ttf"),
    "fonts-inter": ("Inter-Regular.otf", "Inter-Bold.otf"),
    "fonts-lato": ("Lato-Regular.ttf", "Lato-Bold.ttf"),
    "fonts-cantarell": ("Cantarell-Regular.otf", "Cantarell-Bold.otf"),
    "fonts-freefont-ttf": ("FreeSans.ttf", "FreeSansBold.ttf"),
}
# Latin, Greek, Cyrillic, punctuation and arrows; a character that one of the fonts does not have is left out.
RANGES = ((0x20, 0x7F), (0xA0, 0xAD), (0xAE, 0x180), (0x386, 0x3CF), (0x400, 0x460), (0x2010, 0x2016), (0x2018, 0x2027), (0x2030, 0x203B), (0x20AC, 0x20AD), (0x2122, 0x2123), (0x2190, 0x2194), (0x2212, 0x2213))  # fmt: skip
EM = 1000  # the table's unit is a thousandth of the font size


def face(folder: Path, name: str) -> ImageFont.FreeTypeFont:
    """The font in this file, at the size in which a pixel is the table's unit."""
    found = sorted(folder.rglob(name))
    if not found:
        sys.exit(f"{name} is not in {folder}; cure: apt-get install {' '.join(FONTS)}")
    return ImageFont.truetype(found[0], EM, layout_engine=ImageFont.Layout.RAQM)


def has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether the font draws this character, and not the box that stands for those it does not have."""
    return character.isspace() or bytes(font.getmask(character)) != bytes(font.getmask("\U0010fffe"))


def main(folder: Path) -> None:
    fonts = {weight: [face(folder, files[i]) for files in FONTS.values()] for i, weight in enumerate(("regular", "bold"))}
    every = [font for faces in fonts.values() for font in faces]
    common = [c for start, end in RANGES for c in map(chr, range(start, end)) if all(has(font, c) for font in every)]
    tables = []
    for weight, faces in fonts.items():
        pairs = [f"{json.dumps(c)}: {math.ceil(max(font.getlength(c) for font in faces))}" for c in common]
        rows = [", ".join(pairs[i : i + 12]) for i in range(0, len(pairs), 12)]
        tables.append(f'"{weight}": {{\n  ' + ",\n  ".join(rows) + "\n}")
    TABLE.write_text("{\n" + ",\n".join(tables) + "\n}\n", encoding="utf-8")
    print(f"{len(common)} characters -> {TABLE}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts"))
