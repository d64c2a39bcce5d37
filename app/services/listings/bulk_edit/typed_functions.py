"""Functions that can be typed after `FIELD=` in a bulk edit, by field: how each is written and what it makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from app.services.compliance.image_facts import is_remote
from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddKeyword,
    AddTag,
    AddText,
    ChangeCase,
    ConvertInches,
    InsertDetail,
    Operation,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    RemoveTag,
    ReorderImages,
    ReplaceImage,
    ReplaceText,
    SetAttribute,
    StripTags,
)
from app.services.listings.bulk_edit.pictures import UnreadableFile, content_hash

MANY = 50
TEXTS = {"title": "title", "keywords": "keywords", "detail": "detail_html"}
"""Texts by the name they are typed by; besides a function they take the new text itself."""

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_INCHES = ("package", "title", "detail", "attributes")


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        usage: how it is written.
        least, most: how many texts it takes.
        make: the operation of these texts.
        takes: texts, numbers of places (1 for the first), or either.
        choices: the only texts it takes, any without them.
    """

    usage: str
    least: int
    most: int
    make: Callable[..., Operation]
    takes: Literal["texts", "places", "either"] = "texts"
    choices: tuple[str, ...] = ()


def _source(text: str) -> str:
    """Where a picture is: an address, or the whole path of a file that is there. Raises: UnreadableFile."""
    if is_remote(text):
        return text
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise UnreadableFile(file=path.name or text)
    return str(path)


def _hash(text: str) -> str:
    """A SHA-256 as it is, or that of a file. Raises: UnreadableFile."""
    return text.lower() if _SHA256.fullmatch(text) else content_hash(text)


def _add_images(at: str, *sources: str) -> Operation:
    return AddImages(tuple(_source(one) for one in sources), "start" if at == "start" else "end")


def _remove_images(*wanted: str | int) -> Operation:
    positions = tuple(one - 1 for one in wanted if isinstance(one, int))
    return RemoveImages(tuple(_hash(one) for one in wanted if isinstance(one, str)), positions)


def _put_first(*places: int) -> Operation:
    return ReorderImages(tuple(place - 1 for place in places))


def _convert_inches(*parts: str) -> Operation:
    chosen = parts or _INCHES
    fields = tuple(TEXTS[name] for name in ("title", "detail") if name in chosen)
    return ConvertInches("package" in chosen, fields, "attributes" in chosen)


def _of_text(field: str) -> dict[str, Function]:
    """Functions every text has; *field* is the stored one."""
    return {
        "replace": Function('replace("old", "new")', 2, 2, partial(ReplaceText, field)),
        "regex": Function('regex("pattern", "new")', 2, 2, partial(ReplaceText, field, is_regex=True)),
        "prefix": Function('prefix("text")', 1, 1, lambda text: AddText(field, prefix=text)),
        "suffix": Function('suffix("text")', 1, 1, lambda text: AddText(field, suffix=text)),
    }


def _of_line(field: str) -> dict[str, Function]:
    """Of a text in one line besides."""
    return {
        "upper": Function("upper()", 0, 0, lambda: ChangeCase(field, "upper")),
        "lower": Function("lower()", 0, 0, lambda: ChangeCase(field, "lower")),
        "capitals": Function("capitals()", 0, 0, lambda: ChangeCase(field, "title")),
        "sentence": Function("sentence()", 0, 0, lambda: ChangeCase(field, "sentence")),
    }


FUNCTIONS: Mapping[str, Mapping[str, Function]] = {
    "title": {**_of_text("title"), **_of_line("title")},
    "keywords": {
        **_of_text("keywords"),
        **_of_line("keywords"),
        "add": Function('add("word")', 1, 1, AddKeyword),
        "remove": Function('remove("word")', 1, 1, RemoveKeyword),
    },
    "detail": {
        **_of_text("detail_html"),
        "before": Function('before("<p>html</p>")', 1, 1, lambda html: InsertDetail(html, "start")),
        "after": Function('after("<p>html</p>")', 1, 1, lambda html: InsertDetail(html, "end")),
        "strip_tags": Function("strip_tags()", 0, 0, StripTags),
    },
    "tags": {
        "add": Function('add("tag")', 1, 1, AddTag),
        "remove": Function('remove("tag")', 1, 1, RemoveTag),
    },
    "attributes": {
        "set": Function('set("name", "value")', 2, 2, SetAttribute),
        "remove": Function('remove("name")', 1, 1, RemoveAttribute),
    },
    "images": {
        "add": Function('add("FILE or URL", …)', 1, MANY, partial(_add_images, "end")),
        "add_first": Function('add_first("FILE or URL", …)', 1, MANY, partial(_add_images, "start")),
        "remove": Function('remove("SHA-256 or FILE", …) or remove(2, 5)', 1, MANY, _remove_images, "either"),
        "first": Function("first(3, 1)", 1, MANY, _put_first, "places"),
        "replace": Function(
            'replace("SHA-256 or FILE", "FILE or URL")', 2, 2, lambda old, new: ReplaceImage(_hash(old), _source(new))
        ),
    },
    "inches": {
        "to_cm": Function('to_cm() or to_cm("package", "attributes")', 0, 4, _convert_inches, choices=_INCHES),
    },
}
"""By field and name."""
NAMES = frozenset(name for functions in FUNCTIONS.values() for name in functions)
