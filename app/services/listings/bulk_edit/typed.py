"""One field of a bulk edit as it is typed: `price=price * 1.1`, `title=replace("old", "new")`, `group=Lamps`.

Numbers take a formula. Texts take the new text, between quotes where it looks like a function, or a function of
`FUNCTIONS`. Category, template, group and unit take an id or a name. Prices by country take
`percent(-10, "RU ES")`, `plus(-1.50, "RU")`, `price(8.49, "RU")`, `remove("RU")` and `clear()`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.services.compliance import CheckContext
from app.services.errors import InputError
from app.services.listings.bulk_edit.formulas import ALIASES, KNOWN_ELSEWHERE, NAMES, compiled
from app.services.listings.bulk_edit.operations import (
    AddKeyword,
    AddTag,
    AddText,
    ChangeCase,
    ChangeNumber,
    InsertDetail,
    Operation,
    RemoveKeyword,
    RemoveRegional,
    RemoveTag,
    ReplaceText,
    SetRegional,
    SetText,
    SetValue,
    StripTags,
)
from app.services.listings.regional_steps import country_codes
from app.services.regional_prices import ABSOLUTE, PERCENTAGE, RELATIVE

_TAGS = "tags"
_REGIONAL = "regional"
_REGIONAL_KINDS = {"percent": PERCENTAGE, "plus": RELATIVE, "price": ABSOLUTE}
_TEXTS = {"title": "title", "keywords": "keywords", "detail": "detail_html"}
_VALUES = {"category": "category_id", "freight_template": "freight_template_id", "group": "group_id", "unit": "unit"}
_MARKETING = "marketing_group"
FIELDS = (*(name for name in NAMES if name not in KNOWN_ELSEWHERE), *_TEXTS, *_VALUES, _TAGS, _MARKETING, _REGIONAL)

_HEAD = re.compile(r"\s*(?P<field>\w+)\s*=\s*", re.UNICODE)
_CALL = re.compile(r"(?P<name>[a-z_]+)\s*\(")
_NUMBER = re.compile(r"\s*(?P<number>[+\-−]?[0-9]{1,9}(?:\.[0-9]{1,6})?)\s*,")
_STRING = re.compile(r'\s*["“](?P<text>(?:[^"\\”]|\\.)*)["”]\s*')

FUNCTIONS: dict[str, tuple[int, Callable[..., Operation]]] = {
    "replace": (2, lambda field, find, new: ReplaceText(field, find, new)),
    "regex": (2, lambda field, find, new: ReplaceText(field, find, new, is_regex=True)),
    "prefix": (1, lambda field, text: AddText(field, prefix=text)),
    "suffix": (1, lambda field, text: AddText(field, suffix=text)),
    "upper": (0, lambda field: ChangeCase(field, "upper")),
    "lower": (0, lambda field: ChangeCase(field, "lower")),
    "capitals": (0, lambda field: ChangeCase(field, "title")),
    "sentence": (0, lambda field: ChangeCase(field, "sentence")),
    "add": (1, lambda field, word: AddKeyword(word)),
    "remove": (1, lambda field, word: RemoveKeyword(word)),
    "before": (1, lambda field, html: InsertDetail(html, "start")),
    "after": (1, lambda field, html: InsertDetail(html, "end")),
    "strip_tags": (0, lambda field: StripTags()),
}
_TAG_FUNCTIONS: dict[str, tuple[int, Callable[..., Operation]]] = {
    "add": (1, lambda field, tag: AddTag(tag)),
    "remove": (1, lambda field, tag: RemoveTag(" ".join(tag.split()))),
}
"""By name: how many texts it takes, and what it makes of them."""
_ONLY_FOR = {"add": "keywords", "remove": "keywords", "before": "detail", "after": "detail", "strip_tags": "detail"}


class BadSetting(InputError):
    """What is typed cannot be read from `position` (1 = first character) on; `rest` is what stands there."""

    code = "bulk_edit.bad_setting"


def parse_setting(text: str, context: CheckContext) -> Operation:
    """The operation of one `FIELD=EXPR`; names are looked up in the store of *context*.

    Raises:
        BadSetting, BadOperation: it cannot be read, or makes no sense.
        FormulaError: the formula after `=` cannot be used; its position counts from there.
    """
    head = _HEAD.match(text)
    if head is None:
        raise BadSetting(position=1, rest=text)
    name, at = head["field"].casefold(), head.end()
    name = ALIASES.get(name, name)
    if name in NAMES:
        compiled(text[at:])
        return ChangeNumber(NAMES[name], "formula", formula=text[at:].strip())
    if name == _TAGS:
        call = _CALL.match(text, at)
        if call is None or call["name"] not in _TAG_FUNCTIONS:
            raise BadSetting(position=at + 1, rest=text[at:].strip())
        count, make = _TAG_FUNCTIONS[call["name"]]
        return make("", *_arguments(text, call.end(), count))
    if name == _REGIONAL:
        return _regional(text, at)
    if name in _TEXTS:
        return _text(name, text, at)
    if name in _VALUES:
        return _value(_VALUES[name], text[at:].strip(), context)
    if name == _MARKETING:
        text = text[at:].strip()
        quoted = _STRING.fullmatch(text)
        return SetValue(_MARKETING, _unquoted(quoted) if quoted is not None else text)
    raise BadSetting("bulk_edit.unknown_field", name=head["field"], known=", ".join(FIELDS))


def _regional(text: str, at: int) -> Operation:
    """A function over countries, which are codes or names with blanks or commas between codes."""
    call = _CALL.match(text, at)
    name = call["name"] if call is not None else ""
    if call is None or name not in (*_REGIONAL_KINDS, "remove", "clear"):
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    if name == "clear":
        _arguments(text, call.end(), 0)
        return RemoveRegional()
    if name == "remove":
        return RemoveRegional(country_codes(_arguments(text, call.end(), 1)[0]))
    number = _NUMBER.match(text, call.end())
    if number is None:
        raise BadSetting(position=call.end() + 1, rest=text[call.end() :].strip())
    value = Decimal(number["number"].replace("−", "-"))
    return SetRegional(_REGIONAL_KINDS[name], value, country_codes(_arguments(text, number.end(), 1)[0]))


def _text(name: str, text: str, at: int) -> Operation:
    call = _CALL.match(text, at)
    if call is not None and call["name"] in FUNCTIONS:
        return _called(name, call["name"], text, call.end())
    found = _STRING.match(text, at)
    if found is None:
        return SetText(_TEXTS[name], text[at:].strip())
    if found.end() < len(text):
        raise BadSetting(position=found.end() + 1, rest=text[found.end() :])
    return SetText(_TEXTS[name], _unquoted(found))


def _called(name: str, function: str, text: str, at: int) -> Operation:
    """A function with its texts; *at* is behind the bracket."""
    count, make = FUNCTIONS[function]
    arguments = _arguments(text, at, count)
    if _ONLY_FOR.get(function, name) != name:
        raise BadSetting("bulk_edit.not_for_field", function=function, name=name)
    return make(_TEXTS[name], *arguments)


def _arguments(text: str, at: int, count: int) -> list[str]:
    """The *count* texts up to the closing bracket, which ends the setting; *at* is behind the opening one."""
    arguments: list[str] = []
    while len(arguments) < count:
        found = _STRING.match(text, at)
        if found is None:
            raise BadSetting(position=at + 1, rest=text[at:].strip())
        arguments.append(_unquoted(found))
        at = found.end()
        if len(arguments) < count:
            at = _passed(text, at, ",")
    at = _passed(text, at, ")")
    if text[at:].strip():
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    return arguments


def _passed(text: str, at: int, sign: str) -> int:
    while text[at : at + 1] == " ":
        at += 1
    if text[at : at + 1] != sign:
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    return at + 1


def _unquoted(found: re.Match[str]) -> str:
    r"""The text between the quotes; only a quote and a backslash lose the backslash before them: `\d` stays."""
    return re.sub(r'\\(["\\])', r"\1", found["text"])


def _value(field: str, text: str, context: CheckContext) -> Operation:
    found = _STRING.fullmatch(text)
    text = _unquoted(found) if found is not None else text
    resolve: dict[str, Callable[[str], Any]] = {
        "category_id": context.resolve_category,
        "freight_template_id": context.resolve_freight_template,
        "group_id": context.resolve_group,
        "unit": context.resolve_unit,
    }
    value = resolve[field](text) if text else ""
    if value is None:
        raise BadSetting("bulk_edit.unknown_value", value=text)
    return SetValue(field, value)
