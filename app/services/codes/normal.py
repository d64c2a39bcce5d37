"""The one spelling in which codes are read (domain.md 7.2 step 1)."""

from __future__ import annotations

import re
import unicodedata

from app.services.codes.rules import signs

_NORMAL = re.compile(r"[A-Z0-9!-/:-@\[-`{-~]*")
_AROUND = re.compile(r" ?([+*()]) ?")


def normalise(text: str) -> str:
    """Half-width, capitals, our own signs for dashes and multiplication, no spaces around signs or the whole."""
    if _NORMAL.fullmatch(text):
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(signs().table)).translate(signs().table)
        text = unicodedata.normalize("NFKC", text.upper())
    text = " ".join(text.split()).upper()
    return _AROUND.sub(r"\1", text) if " " in text else text
