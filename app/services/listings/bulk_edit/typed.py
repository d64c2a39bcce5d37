"""One field of a bulk edit as it is typed: `price=price * 1.1; most=90`, `title=replace("old", "new")`, `group=Lamps`.

Numbers take a formula and, behind it, limits on the outcome. Texts take the new text, between quotes where it looks
like a function, or a function; pictures, attributes, tags and sizes take functions only (`typed_functions`). Category,
template, group and unit take an id or a name. Prices by country
take `percent(-10, "RU ES")`, `plus(-1.50, "RU")`, `price(8.49, "RU")`, `remove("RU")` and `clear()`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.services.compliance import CheckContext
from app.services.errors import InputError
from app.services.listings.bulk_edit.formulas import ALIASES, KNOWN_ELSEWHERE, NAMES, compiled
from app.services.listings.bulk_edit.operations import (
    SKU_NUMBERS,
    ChangeNumber,
    Limits,
    Operation,
    RemoveRegional,
    SetRegional,
    SetText,
    SetValue,
)
from app.services.listings.bulk_edit.typed_functions import FUNCTIONS, TEXTS, Function
from app.services.listings.bulk_edit.typed_functions import NAMES as FUNCTION_NAMES
from app.services.listings.regional_steps import country_codes
from app.services.listings.text import fold
from app.services.listings.warehouse_kinds import KINDS
from app.services.regional_prices import ABSOLUTE, PERCENTAGE, RELATIVE

_REGIONAL = "regional"
_REGIONAL_KINDS = {"percent": PERCENTAGE, "plus": RELATIVE, "price": ABSOLUTE}
_VALUES = {
    "category": "category_id",
    "freight_template": "freight_template_id",
    "service_template": "service_template_id",
    "group": "group_id",
    "unit": "unit",
}
_MARKETING, _KIND = "marketing_group", "warehouse_kind"
FIELDS = (
    *(name for name in NAMES if name not in KNOWN_ELSEWHERE),
    *TEXTS,
    *_VALUES,
    _MARKETING,
    _KIND,
    _REGIONAL,
    *(FUNCTIONS.keys() - TEXTS.keys()),
)

_HEAD = re.compile(r"\s*(?P<field>\w+)\s*=\s*", re.UNICODE)
_CALL = re.compile(r"(?P<name>[a-z_]+)\s*\(")
_NUMBER = re.compile(r"\s*(?P<number>[+\-−]?[0-9]{1,9}(?:\.[0-9]{1,6})?)\s*,")
_STRING = re.compile(r'\s*["“](?P<text>(?:[^"\\”]|\\.)*)["”]\s*')
_PLACE = re.compile(r"\s*(?P<place>[1-9]\d?)\s*(?=[,)])")
_CLAUSE = re.compile(
    r"\s*(?P<name>least|most|change|per)\s*=\s*(?P<value>\d{1,9}(?:\.\d{1,6})?(?=\s*%?\s*$)|listing\s*$)"
)
_LIMITS = {"least": "least", "most": "most", "change": "change_percent"}
LIMIT_FORMS = ("least=N", "most=N", "change=PERCENT", "per=listing")
"""What may stand behind the formula of a number, after a semicolon each."""


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
        return _number(NAMES[name], text, at)
    if name == _REGIONAL:
        return _regional(text, at)
    if name in FUNCTIONS:
        return _text(name, text, at)
    if name in _VALUES:
        return _value(_VALUES[name], text[at:].strip(), context)
    if name in (_MARKETING, _KIND):
        text = text[at:].strip()
        quoted = _STRING.fullmatch(text)
        value = _unquoted(quoted) if quoted is not None else text
        if name == _KIND and value not in ("", *KINDS):
            raise BadSetting("bulk_edit.unknown_kind", name=name, value=value, known=", ".join(KINDS))
        return SetValue(name, value)
    raise BadSetting("bulk_edit.unknown_field", name=head["field"], known=", ".join(FIELDS))


def _number(field: str, text: str, at: int) -> Operation:
    """A formula and the limits behind it."""
    formula, *clauses = text[at:].split(";")
    compiled(formula)
    change = ChangeNumber(field, "formula", formula=formula.strip())
    limits: dict[str, Decimal] = {}
    at += len(formula) + 1
    for clause in clauses:
        found = _CLAUSE.match(clause)
        is_per = found is not None and found["name"] == "per"
        is_fit = found is not None and is_per == found["value"].startswith("listing") and found["name"] not in limits
        if found is None or not is_fit or (is_per and field not in SKU_NUMBERS):
            raise BadSetting("bulk_edit.bad_limit", position=at + 1, rest=clause.strip(), known=", ".join(LIMIT_FORMS))
        if is_per:
            change = replace(change, per_listing=True)
        else:
            limits[found["name"]] = Decimal(found["value"])
        at += len(clause) + 1
    return replace(change, limits=Limits(**{_LIMITS[name]: value for name, value in limits.items()}))


def _regional(text: str, at: int) -> Operation:
    """A function over countries, which are codes or names with blanks or commas between codes."""
    call = _CALL.match(text, at)
    name = call["name"] if call is not None else ""
    if call is None or name not in (*_REGIONAL_KINDS, "remove", "clear"):
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    if name == "clear":
        _arguments(text, call.end(), Function("clear()", 0, 0, RemoveRegional))
        return RemoveRegional()
    if name == "remove":
        return RemoveRegional(_countries(text, call.end()))
    number = _NUMBER.match(text, call.end())
    if number is None:
        raise BadSetting(position=call.end() + 1, rest=text[call.end() :].strip())
    value = Decimal(number["number"].replace("−", "-"))
    return SetRegional(_REGIONAL_KINDS[name], value, _countries(text, number.end()))


def _countries(text: str, at: int) -> tuple[str, ...]:
    """The one argument that names countries."""
    (named,) = _arguments(text, at, Function('remove("RU ES")', 1, 1, RemoveRegional))
    return country_codes(str(named))


def _text(name: str, text: str, at: int) -> Operation:
    call = _CALL.match(text, at)
    if call is not None and call["name"] in FUNCTION_NAMES:
        return _called(name, call["name"], text, call.end())
    if name not in TEXTS:
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    found = _STRING.match(text, at)
    if found is None:
        return SetText(TEXTS[name], text[at:].strip())
    if found.end() < len(text):
        raise BadSetting(position=found.end() + 1, rest=text[found.end() :])
    return SetText(TEXTS[name], _unquoted(found))


def _called(name: str, function: str, text: str, at: int) -> Operation:
    """A function with its arguments; *at* is behind the bracket."""
    found = FUNCTIONS[name].get(function)
    if found is None:
        raise BadSetting("bulk_edit.not_for_field", function=function, name=name)
    return found.make(*_arguments(text, at, found))


def _arguments(text: str, at: int, function: Function) -> list[str | int]:
    """What stands up to the closing bracket, which ends the setting; *at* is behind the opening one."""
    arguments: list[str | int] = []
    while len(arguments) < function.most and not (len(arguments) >= function.least and _ends(text, at)):
        if arguments:
            at = _passed(text, at, ",")
        value, at = _argument(text, at, function)
        arguments.append(value)
    at = _passed(text, at, ")")
    if text[at:].strip():
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    return arguments


def _argument(text: str, at: int, function: Function) -> tuple[str | int, int]:
    """One of them, and the place behind it."""
    place = _PLACE.match(text, at) if function.takes != "texts" else None
    if place is not None:
        return int(place["place"]), place.end()
    found = _STRING.match(text, at) if function.takes != "places" else None
    if found is None or (function.choices and _unquoted(found) not in function.choices):
        raise BadSetting(position=at + 1, rest=text[at:].strip())
    return _unquoted(found), found.end()


def _ends(text: str, at: int) -> bool:
    return text[at:].lstrip(" ")[:1] == ")"


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
        "service_template_id": context.resolve_service_template,
        "group_id": context.resolve_group,
        "unit": context.resolve_unit,
    }
    value = resolve[field](text) if text else ""
    if value is None:
        named = {
            "freight_template_id": context.templates,
            "service_template_id": context.services,
            "group_id": context.groups,
        }.get(field, {})
        alike = [id for id, name in named.items() if fold(name) == fold(text)]
        if len(alike) > 1:
            raise BadSetting("bulk_edit.ambiguous_value", value=text, ids=", ".join(sorted(alike)))
        raise BadSetting("bulk_edit.unknown_value", value=text)
    return SetValue(field, value)
