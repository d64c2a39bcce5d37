"""The names of all colours and their values in one theme, and how much two of them differ."""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

from app.paths import resources

THEMES = ("light", "dark")


class Tone(NamedTuple):
    """A meaning's colour as text (also of glyphs) and as ground of a chip, `#RRGGBB`."""

    text: str
    ground: str


class Tokens(NamedTuple):
    """One theme's colours by role (interface.md 4): `#RRGGBB`, or `#AARRGGBB` where see-through."""

    name: str
    colors: dict[str, str]
    tones: dict[str, Tone]
    stores: tuple[str, ...]

    def hex(self, name: str) -> str:
        """The colour of a role, or of a tone's text.

        Raises:
            KeyError: neither a role nor a tone.
        """
        tone = self.tones.get(name)
        return tone.text if tone else self.colors[name]


@cache
def load_tokens(name: str) -> Tokens:
    """The colours in `resources/theme/<name>.json`, `name` being one of `THEMES`."""
    read = json.loads((resources() / "theme" / f"{name}.json").read_text("utf-8"))
    tones = {key: Tone(**value) for key, value in read["tones"].items()}
    return Tokens(name, read["colors"], tones, tuple(read["stores"]))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two opaque colours `#RRGGBB`, from 1 to 21 (WCAG 2.2, relative luminance)."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
