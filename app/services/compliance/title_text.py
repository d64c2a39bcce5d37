"""Telling apart what must not stand in a title, and taking it out (domain.md 14.1)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from app.services.compliance.words import folded, latin, tokens

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
EMOJI = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\ufe00-\ufe0f\u200d\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]"
)
MARKUP = re.compile(r"<[^<>]*>")
"""Matches wherever the platform's `<.*?>` does, in linear time."""

_ASCII_FOR = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "′": "'", "″": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "·": " ", "•": " ", "…": "...",
        "×": "x", "⁄": "/", "、": ", ", "。": ". ", "【": "[", "】": "]", "《": "", "》": "", "「": "", "」": "",
        "®": "", "©": "", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe",
    }
)  # fmt: skip


def is_control(character: str) -> bool:
    """Whether a character has no shape of its own: control signs, zero width, direction marks."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and not EMOJI.match(character)


@lru_cache(maxsize=16)
def strangers(title: str) -> dict[str, list[str]]:
    """Characters a title must not hold, by kind: `chinese`, `emoji`, `control`, `other`; each character once."""
    found: dict[str, list[str]] = {"chinese": [], "emoji": [], "control": [], "other": []}
    for character in dict.fromkeys(title):
        if "\x20" <= character <= "\x7e":
            continue
        if HAN.match(character):
            found["chinese"].append(character)
        elif EMOJI.match(character):
            found["emoji"].append(character)
        elif is_control(character):
            found["control"].append(character)
        else:
            found["other"].append(character)
    return found


def named(characters: list[str], limit: int = 5) -> str:
    """Characters as a person can read them: invisible ones by number, at most *limit* of them."""
    shown = [f"U+{ord(c):04X}" if is_control(c) or c.isspace() else c for c in characters[:limit]]
    return " ".join(shown) + (" …" if len(characters) > limit else "")


def cleaned(title: str) -> str | None:
    """The title with markup, emoji and control characters out and half-width look-alikes in; None if that is not
    enough to make it ASCII, or leaves nothing.
    """
    text = MARKUP.sub(" ", EMOJI.sub(" ", title))
    if not all(map(_has_ascii, set(text))):
        return None
    text = unicodedata.normalize("NFKC", text.translate(_ASCII_FOR))
    text = unicodedata.normalize("NFKD", text.translate(_ASCII_FOR))
    for sign in {sign for sign in text if not " " <= sign <= "~"}:  # far fewer than there are signs in the text
        if sign.isspace():
            text = text.replace(sign, " ")
        elif unicodedata.combining(sign) or is_control(sign):
            text = text.replace(sign, "")
        else:
            return None
    text = " ".join(text.split())
    return text if text and not MARKUP.search(text) else None


@lru_cache(maxsize=4096)
def _has_ascii(sign: str) -> bool:
    """Whether something in half width stands for a sign, or nothing at all may."""
    parts = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKC", sign.translate(_ASCII_FOR)).translate(_ASCII_FOR)
    )
    return all(one.isascii() or one.isspace() or unicodedata.combining(one) or is_control(one) for one in parts)


def cut_at_word(title: str, limit: int) -> str:
    """The beginning of *title*, at most *limit* characters, ending at a word and not in a sign that leads on."""
    head = title[: limit + 1]
    cut = head[: head.rfind(" ")] if " " in head.strip() else title[:limit]
    return (cut.rstrip(" ,;:-/&+|(") or title[:limit])[:limit]


def repeated(title: str, most: int, exempt: frozenset[str]) -> list[tuple[str, int]]:
    """Words that stand in the title more than *most* times. Numbers, single letters and *exempt* ones may recur."""
    words = [word.decode() for word in tokens(latin(folded(title)))]
    if len(words) - len(set(words)) < most:
        return []
    return [
        (word, times)
        for word, times in Counter(words).items()
        if times > most and len(word) > 1 and not word.isdigit() and word not in exempt
    ]


def without_repeats(title: str, most: int, exempt: frozenset[str]) -> str | None:
    """The title with each repeated word left only *most* times; None where one stands inside a longer word, so that
    leaving it out would tear that apart."""
    wanted = {word for word, _ in repeated(title, most, exempt)}
    seen: Counter[str] = Counter()
    kept = []
    for part in title.split():
        words = [word.decode() for word in tokens(latin(folded(part)))]
        seen.update(words)
        is_too_much = len(words) == 1 and words[0] in wanted and seen[words[0]] > most
        if not is_too_much:
            kept.append(part)
    text = " ".join(kept).rstrip(" ,;:-/&+|(")
    return None if repeated(text, most, exempt) else text
