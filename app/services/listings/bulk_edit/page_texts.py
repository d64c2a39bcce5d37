"""The texts of a detail page as a buyer reads them, and changes of theirs that leave everything else byte for byte.

Tags, comments, scripts and styles are no text. A page is read once from its start, in linear time.
"""

from __future__ import annotations

import html as markup
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.entities import html5

Edit = tuple[int, int, str]
"""From and to which character of a text something new stands."""

_REST = r"""(?:[^<>=]|=\s*"[^"]*"(?=[\s/>])|=\s*'[^']*'(?=[\s/>])|=)*"""
_TAG = re.compile(rf"</?(?P<name>[a-z][a-z0-9:-]*){_REST}(?P<end>>)?", re.IGNORECASE)
_SIMPLE_TAG = re.compile(r"<[/!?a-z][^<>]*>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});?", re.IGNORECASE)
_UNREAD = re.compile(r"</(?:script|style)(?![\w-])", re.IGNORECASE)
_OPAQUE = "\ufffc"
"""Stands for a reference to no single character: nobody looks for it."""
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "small"),
        *("span", "strong", "u"),
    )
)
"""Tags that tear no line apart; `<sup>` does: `1<sup>1/2</sup>` is not 11/2."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A text between two tags: *raw* as it stands in the page from *start* on, *text* as it is read; `places[n]` is
    where the n-th character begins in *raw*. *is_joined*: nothing but `<b>` and the like since the one before."""

    start: int
    raw: str
    text: str
    places: Sequence[int]
    is_joined: bool


class DetailPage:
    """A detail page, taken apart."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.stretches = [_stretch(*found) for found in _texts(html)]

    def whole(self) -> tuple[str, list[int]]:
        """All texts as one, a line for each that stands for itself, and where each stretch begins in it."""
        parts: list[str] = []
        starts: list[int] = []
        at = 0
        for stretch in self.stretches:
            parts.append("" if stretch.is_joined else "\n")
            starts.append(at + len(parts[-1]))
            parts.append(stretch.text)
            at = starts[-1] + len(stretch.text)
        return "".join(parts), starts

    def with_edits(self, edits: Sequence[Iterable[Edit]]) -> str:
        """The page with *edits* of each stretch, in their order."""
        parts: list[str] = []
        at = 0
        for stretch, own in zip(self.stretches, edits, strict=True):
            parts += [self.html[at : stretch.start], _edited(stretch, own)]
            at = stretch.start + len(stretch.raw)
        return "".join((*parts, self.html[at:]))

    def with_whole_edits(self, edits: Iterable[Edit]) -> str:
        """The page with *edits* of `whole`; what is new stands where the last character was that it replaces."""
        _, starts = self.whole()
        per_stretch: list[list[Edit]] = [[] for _ in starts]
        for start, end, new in edits:
            first, last = bisect_right(starts, start) - 1, bisect_right(starts, max(start, end - 1)) - 1
            for number in range(first, last + 1):
                base, length = starts[number], len(self.stretches[number].text)
                own = max(0, start - base), min(length, end - base)
                if own[0] < own[1] or number == last:
                    per_stretch[number].append((*own, new if number == last else ""))
        return self.with_edits(per_stretch)


def as_read(written: str) -> str:
    """*written* with references such as `&amp;` as the characters they stand for."""
    return _decoded(written)[0]


def _texts(html: str) -> Iterator[tuple[int, str, bool]]:
    """Where each text begins, the text, and whether it goes on from the one before."""
    start, is_joined, at, tried = 0, False, 0, 0
    while (at := html.find("<", at)) >= 0:
        end, reached, name = _tag_end(html, at, tried)
        tried = max(tried, reached)
        if end < 0:
            at += 1
            continue
        if at > start:
            yield start, html[start:at], is_joined
            is_joined = True
        is_joined = is_joined and name in _INLINE
        start = at = end
    if start < len(html):
        yield start, html[start:], is_joined


def _tag_end(html: str, at: int, tried: int) -> tuple[int, int, str]:
    """Where the tag at *at* ends, -1 where there is none; how far was looked; its name. What lies before *tried* was
    in a tag that never ended: there no quotation is looked through again, or a page of such would take for ever."""
    if html.startswith("<!--", at):
        end = html.find("-->", at)
        return (len(html) if end < 0 else end + 3), 0, ""
    found = _TAG.match(html, at) if at >= tried else None
    if found is not None and found["end"]:
        name = found["name"].lower()
        if name in ("script", "style") and html[at + 1] != "/":
            close = _UNREAD.search(html, found.end())
            return (close.start() if close else len(html)), 0, name
        return found.end(), 0, name
    simple = _SIMPLE_TAG.match(html, at)
    return (simple.end() if simple else -1), (found.end() if found else 0), ""


def _stretch(start: int, raw: str, is_joined: bool) -> Stretch:
    if "&" not in raw:
        return Stretch(start, raw, raw, range(len(raw) + 1), is_joined)
    return Stretch(start, raw, *_decoded(raw), is_joined)


def _decoded(raw: str) -> tuple[str, list[int]]:
    """*raw* as it is read, one character for each reference, and where each character begins."""
    text: list[str] = []
    places: list[int] = []
    at = 0
    for found in _REFERENCE.finditer(raw):
        length = _length(found[0])
        if not length:
            continue
        character = markup.unescape(found[0][:length])
        text += [raw[at : found.start()], character if len(character) == 1 else _OPAQUE]
        places += [*range(at, found.start()), found.start()]
        at = found.start() + length
    text.append(raw[at:])
    return "".join(text), [*places, *range(at, len(raw) + 1)]


def _length(reference: str) -> int:
    """How much of what looks like a reference is one; old ones end without a semicolon: `&copy2024`."""
    if reference[1] == "#" or reference[1:] in html5:
        return len(reference)
    return next((end for end in range(len(reference), 2, -1) if reference[1:end] in html5), 0)


def _edited(stretch: Stretch, edits: Iterable[Edit]) -> str:
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        if new == stretch.text[start:end]:
            continue
        kept = stretch.raw[at : stretch.places[start]]
        bare = {"<": "&lt;", "&": "&amp;"}.get(kept[-1:])  # it must not become a tag with what now follows
        parts += [kept if bare is None else kept[:-1] + bare, _escaped(new)]
        at = stretch.places[end]
    return "".join((*parts, stretch.raw[at:]))


def _escaped(text: str) -> str:
    return markup.escape(text, quote=False).replace("\xa0", "&nbsp;")
