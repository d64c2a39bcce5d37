"""Limits, severities and lists of the checker, read from `resources/rules` once (DESIGN.md 3.9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from app.paths import resources
from app.services.compliance.findings import Severity
from app.services.errors import InputError

OFF = "off"
"""A rule with this severity does not run."""


FIXED = frozenset({"listing.held"})
"""Rules nobody can set otherwise: a person's own word."""


class BadRuleSetting(InputError):
    """The user's own rules name a limit or severity that does not exist or cannot be set: `name`, `value`."""

    code = "rule_setting"


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers and sets of `listing_limits.json`; each entry there names its source.

    Money in cents, weight in grams, sides in centimetres or, of pictures, in pixels.
    """

    title_max: int
    title_good_min: int
    title_good_max: int
    keyword_max: int
    word_repeat_max: int
    word_repeat_exempt: frozenset[str]
    capitals_letters: int
    contact_words: frozenset[str]
    contact_endings: frozenset[str]
    contact_digits: int
    images_max: int
    image_bytes_max: int
    image_side_min_px: int
    image_ratio_max: float
    photobank_bytes_max: int
    photobank_side_max_px: int
    image_pixels_max: int
    image_file_max: int
    image_formats: frozenset[str]
    image_formats_tolerated: frozenset[str]
    photobank_formats: frozenset[str]
    code_max: int
    code_signs: str
    price_min_minor: int
    price_max_minor: int
    far_below_share: float
    stock_max: int
    stock_total_max: int
    weight_min_g: int
    weight_max_g: int
    side_min_cm: int
    side_max_cm: int
    girth_max_cm: int
    lot_max: int
    handling_days_min: int
    handling_days_max: int
    handling_days_overseas_max: int
    properties_max: int
    property_text_max: int
    property_text_forbidden: str
    attribute_text_forbidden: str
    other_value_id: str
    detail_max: int
    currencies: frozenset[str]
    regional_percent_min: int
    regional_percent_max: int
    regional_share_min: int


@dataclass(frozen=True, slots=True)
class RuleData:
    """Limits and, by code, the severity of each rule that runs."""

    limits: Limits
    severities: Mapping[str, Severity]


@cache
def rule_file(name: str) -> Any:
    """The parsed `resources/rules/<name>.json`."""
    return json.loads((resources() / "rules" / f"{name}.json").read_text("utf-8"))


def rule_data(overrides: Mapping[str, Any] | None = None) -> RuleData:
    """The rules as shipped, with the user's *overrides*: `{"limits": {…}, "severities": {code: severity or "off"}}`.

    Raises:
        BadRuleSetting: an override names no limit, no rule or no severity.
    """
    shipped = _shipped()
    if not overrides:
        return shipped
    limits = replace(shipped.limits, **_limits(overrides.get("limits") or {}))
    severities = dict(shipped.severities)
    for code, value in (overrides.get("severities") or {}).items():
        if code not in rule_file("listing_limits")["severities"] or code in FIXED:
            raise BadRuleSetting(name=code, value=str(value))
        severities.pop(code, None)
        severities.update(_severity(code, value))
    return RuleData(limits, severities)


def rule_codes() -> tuple[str, ...]:
    """Codes of all rules there are, also of those that are off."""
    return tuple(rule_file("listing_limits")["severities"])


@cache
def _shipped() -> RuleData:
    raw = rule_file("listing_limits")
    severities: dict[str, Severity] = {}
    for code, entry in raw["severities"].items():
        severities.update(_severity(code, entry["severity"]))
    return RuleData(Limits(**_limits({name: entry["value"] for name, entry in raw["limits"].items()})), severities)


def _severity(code: str, value: Any) -> dict[str, Severity]:
    if value == OFF:
        return {}
    try:
        return {code: Severity(value)}
    except ValueError as error:
        raise BadRuleSetting(name=code, value=str(value)) from error


def _limits(values: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {item.name: str(item.type) for item in fields(Limits)}
    converted = {}
    for name, value in values.items():
        kind = kinds.get(name)
        if kind is None or not _fits(kind, value):
            raise BadRuleSetting(name=name, value=str(value))
        converted[name] = frozenset(value) if kind.startswith("frozenset") else value
    return converted


def _fits(kind: str, value: Any) -> bool:
    if kind == "str":
        return isinstance(value, str)
    if kind.startswith("frozenset"):
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (kind == "float" and isinstance(value, float))
