"""What the Listings tab can be narrowed by."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from app.services.listings.choices import FilterChoices
from app.services.listings.details import Choice
from app.services.listings.filters import parse_filters
from app.services.listings.records import ListingStatus
from app.services.listings.source import FIELDS as COLUMNS
from app.services.listings.text import fold
from app.services.paging import Filter
from app.services.sql_source import BadValue, UnknownField
from app.views.filter_fields import FilterField
from app.views.status import status

SEGMENTS = (
    ("all", "listings.segment.all", ""),
    ("drafts", "listings.segment.drafts", ""),
    ("on_the_way", "listings.segment.on_the_way", ""),
    ("live", "listings.segment.live", ""),
    ("refused", "listings.segment.refused", "red"),
    ("off", "listings.segment.off", ""),
)
SEGMENT_STATUSES: dict[str, tuple[str, ...]] = {
    "drafts": (ListingStatus.DRAFT, ListingStatus.READY, ListingStatus.HELD),
    "on_the_way": (ListingStatus.QUEUED, ListingStatus.SENDING, ListingStatus.IN_REVIEW),
    "live": (ListingStatus.LIVE,),
    "refused": (ListingStatus.FAILED, ListingStatus.REJECTED, ListingStatus.UNKNOWN),
    "off": (ListingStatus.OFF,),
}
_OPERATOR = r"!=|<=|>=|[=<>~]|\s(?:not\s+in|in)\s*\(|\sis\s+(?:missing|present)\b"
_EXPRESSION = re.compile(rf"^\s*(?P<field>[A-Za-z_]+)\s*(?:{_OPERATOR})", re.IGNORECASE)


def segment_filters(segment: str) -> tuple[Filter, ...]:
    """The conditions a segment stands for."""
    statuses = SEGMENT_STATUSES.get(segment)
    return (Filter("status", "in", tuple(str(one) for one in statuses)),) if statuses else ()


def segment_counts(by_status: dict[str, int]) -> dict[str, int]:
    """Counts for the segments from counts by status."""
    counts = {name: sum(by_status.get(one, 0) for one in of) for name, of in SEGMENT_STATUSES.items()}
    return {"all": sum(by_status.values()), **counts}


def _statuses() -> Sequence[tuple[str, str]]:
    return [(str(one), status(f"listing.{one}").word) for one in ListingStatus]


def _choice(name: str, key: str, choices: Callable[[], Sequence[Choice]]) -> FilterField:
    return FilterField(name, key, "choice", lambda: [(choice.id, choice.name) for choice in choices()])


def fields(choices: Callable[[], FilterChoices]) -> tuple[FilterField, ...]:
    """All fields; *choices* gives the names in use, as they are known when a chip is made."""
    return (
        FilterField("status", "listings.column.status", "choice", _statuses),
        FilterField("price", "listings.column.price", "number", unit_key="unit.usd"),
        FilterField("stock", "listings.column.stock", "number"),
        FilterField("findings", "listings.column.findings", "number"),
        FilterField("changed", "listings.filter.changed", "flag"),
        _choice("category", "listings.column.category", lambda: choices().categories),
        _choice("freight_template", "listings.column.freight_template", lambda: choices().templates),
        _choice("group", "listings.column.group", lambda: choices().groups),
        _choice("import_run", "listings.filter.import_run", lambda: choices().import_runs),
        FilterField("title", "listings.column.title"),
        FilterField("code", "listings.column.code"),
        FilterField("sku", "listings.filter.sku"),
        FilterField("ships_from", "listings.filter.ships_from"),
        FilterField("skus", "listings.column.skus", "number"),
        FilterField("images", "listings.column.images", "number"),
        FilterField("weight", "listings.filter.weight", "number"),
        FilterField("handling_days", "listings.filter.handling_days", "number"),
        FilterField("product_id", "listings.column.product_id"),
        FilterField("key", "listings.column.key"),
    )


NAMES = tuple(field.name for field in fields(FilterChoices))
"""Names an expression can be written with; the others of the table (`error`, `created` …) have no chip."""


def looks_like_expression(text: str) -> bool:
    """Whether *text* is meant as a condition rather than as words: it begins with a name and an operator."""
    head = _EXPRESSION.match(text)
    return head is not None and (head["field"].lower() in NAMES or bool(_meant(head["field"])))


def _meant(name: str) -> str:
    """The field that a misspelt name is closest to, or nothing."""
    return next(iter(get_close_matches(name.lower(), NAMES, n=1, cutoff=0.7)), "")


def parse(text: str, choices: FilterChoices) -> tuple[str, Sequence[Filter]]:
    """An expression as conditions; a text that does not look like one stays a search.

    Raises:
        BadExpression: it looks like an expression and cannot be read.
        UnknownField, BadValue: a name that is no field, a value that does not fit.
    """
    if not looks_like_expression(text):
        return text, ()
    known = {field.name: field for field in fields(lambda: choices)}
    return "", [_checked(condition, known) for condition in parse_filters(text)]


def _checked(condition: Filter, known: dict[str, FilterField]) -> Filter:
    """The condition as a chip can show and edit it."""
    field = known.get(condition.field)
    if field is None:
        meant = _meant(condition.field)
        if meant:
            raise UnknownField("filter.did_you_mean", name=condition.field, meant=meant)
        raise UnknownField(name=condition.field, known=", ".join(NAMES))
    if condition.operator in ("missing", "present"):
        return condition
    if field.kind == "flag":
        return Filter(field.name, "=", str(condition.value).lower() in ("1", "true", "yes"))
    if field.kind == "choice":
        return _chosen(condition, field)
    if condition.operator != "contains":
        _check_value(field.name, condition.value)
    return condition


def _check_value(name: str, value: object) -> None:
    for one in value if isinstance(value, tuple) else (value,):
        try:
            COLUMNS[name].bind(one)
        except (ValueError, ArithmeticError, TypeError):
            raise BadValue(name=name, value=str(one)) from None


def _chosen(condition: Filter, field: FilterField) -> Filter:
    """Values of a list are written as id or name; `~` means every one whose name contains it."""
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    labels = field.labels()
    found: dict[str, None] = {}
    for text in map(str, wanted):
        is_part = condition.operator == "contains"
        ids = [id for id, label in labels.items() if _says(text, id, label, is_part=is_part)]
        if not ids:
            raise BadValue(name=field.name, value=text)
        found.update(dict.fromkeys(ids))
    is_not = condition.operator in ("!=", "not in")
    return Filter(field.name, "not in" if is_not else "in", tuple(found))


def _says(text: str, id: str, label: str, *, is_part: bool) -> bool:
    folded, names = fold(text), (fold(id), fold(label))
    return any(folded in name for name in names) if is_part else folded in names
