"""What the Listings tab can be narrowed by."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.messages import messages
from app.services.listings.choice_names import FilterChoices
from app.services.listings.filter_fields import spellings
from app.services.listings.records import ListingStatus
from app.services.listings.source import FIELDS as COLUMNS
from app.services.paging import Filter
from app.views.filter_fields import FilterField
from app.views.filter_language import FilterLanguage
from app.views.listings.figure_columns import COLUMNS as FIGURE_COLUMNS
from app.views.status import status

if TYPE_CHECKING:
    from app.services.listings.details import Choice

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
_OPERATOR = "|".join(
    (
        r"[!<>]=|!~|[=<>~≤≥≠＝＜＞～]",
        r"\s(?:not\s+in|in|不?属于)\s*[(（]",
        r"\sis\s+(?:not\s+)?(?:missing|present)\b|\s不?(?:为空|包含)",
        r"\s(?:not\s+)?between\s+(?:[-−+.\d￥¥$€\"“(（]|\S+\s+(?:and\b|[和到至且]))",
        r"不?介于",
    )
)
_HEAD = re.compile(rf"^(?:[\s(（]|(?:not|非)\b)*(?P<field>[^\W\d]\w*?)\s*(?:{_OPERATOR})", re.IGNORECASE)


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


def _rules() -> Sequence[tuple[str, str]]:
    from app.services.listings.filters import rule_names

    return [(choice.id, choice.name) for choice in rule_names(messages.language)]


def _regional_types() -> Sequence[tuple[str, str]]:
    from app.services.listings.filters import regional_types

    return [(choice.id, choice.name) for choice in regional_types(messages.language)]


def _warehouse_kinds() -> Sequence[tuple[str, str]]:
    from app.services.listings.filters import warehouse_kinds

    return [(choice.id, choice.name) for choice in warehouse_kinds(messages.language)]


def _choice(
    name: str, key: str, choices: Callable[[], Sequence[Choice]], *, is_always_set: bool = False
) -> FilterField:
    def offered() -> Sequence[tuple[str, str]]:
        return [(choice.id, choice.name) for choice in choices()]

    return FilterField(name, key, "choice", offered, is_always_set=is_always_set)


def fields(choices: Callable[[], FilterChoices]) -> tuple[FilterField, ...]:
    """All fields; *choices* gives the names in use, as they are known when a chip is made."""
    return (
        FilterField("status", "listings.column.status", "choice", _statuses, is_always_set=True),
        FilterField("price", "listings.column.price", "number", unit_key="unit.usd"),
        FilterField("price_max", "listings.filter.price_max", "number", unit_key="unit.usd"),
        *(
            FilterField(name, f"listings.column.{name}", "number", unit_key=unit)
            for name, _, unit, *_ in FIGURE_COLUMNS
        ),
        FilterField("stock", "listings.column.stock", "number"),
        FilterField("findings", "listings.column.findings", "number"),
        FilterField("finding", "listings.filter.finding", "choice", _rules),
        FilterField("changed", "listings.filter.changed", "flag"),
        FilterField("quarantined", "listings.filter.quarantined", "flag"),
        FilterField("held", "listings.filter.held", "flag"),
        FilterField("hold_reason", "listings.column.hold_reason"),
        _choice("category", "listings.column.category", lambda: choices().categories),
        _choice("freight_template", "listings.column.freight_template", lambda: choices().templates),
        _choice("service_template", "bulk_edit.field.service_template_id", lambda: choices().services),
        _choice("group", "listings.column.group", lambda: choices().groups),
        _choice("marketing_group", "listings.column.marketing_group", lambda: choices().marketing_groups),
        FilterField("regional_type", "listings.filter.regional_type", "choice", _regional_types),
        FilterField("regional_country", "listings.filter.regional_country"),
        FilterField("regional_value", "listings.filter.regional_value", "number"),
        _choice("tag", "listings.filter.tag", lambda: choices().tags),
        _choice("import_run", "listings.filter.import_run", lambda: choices().import_runs),
        _choice("store", "listings.filter.store", lambda: choices().stores, is_always_set=True),
        FilterField("title", "listings.column.title"),
        FilterField("code", "listings.column.code"),
        FilterField("sku", "listings.filter.sku"),
        FilterField("item", "listings.filter.item", "item"),
        FilterField("ships_from", "listings.filter.ships_from"),
        FilterField("warehouse_kind", "listings.column.warehouse_kind", "choice", _warehouse_kinds),
        FilterField("skus", "listings.column.skus", "number"),
        FilterField("images", "listings.column.images", "number"),
        FilterField("weight", "listings.filter.weight", "number"),
        FilterField("handling_days", "listings.filter.handling_days", "number"),
        FilterField("sold", "listings.filter.sold", "number"),
        FilterField("updated", "listings.filter.updated", "date"),
        FilterField("created", "listings.filter.created", "date"),
        FilterField("blocked", "listings.filter.blocked", "number"),
        FilterField("error", "listings.filter.error"),
        FilterField("product_id", "listings.column.product_id"),
        FilterField("key", "listings.column.key"),
    )


NAMES = tuple(field.name for field in fields(FilterChoices))
"""Names there is a chip for."""


def looks_like_expression(text: str) -> bool:
    """Whether *text* is meant as a condition rather than as words: it begins with `=`, or with a name and an operator,
    behind brackets and `not`."""
    if _is_marked(text):
        return len(text.strip()) > 1
    head = _HEAD.match(text)
    if head is None:
        return False
    from app.services.listings.filters import closest_field

    name = head["field"].casefold()
    return name in spellings() or bool(closest_field(name))


def _is_marked(text: str) -> bool:
    return text.lstrip()[:1] in ("=", "＝")


def parse(text: str, choices: FilterChoices) -> tuple[str, Sequence[Filter]]:
    """What is typed in the search box as words to search for and conditions; what does not look like an expression
    stays words. Raises: as `read`."""
    return read(text, choices) if looks_like_expression(text) else (text, ())


def read(text: str, choices: FilterChoices) -> tuple[str, Sequence[Filter]]:
    """An expression, a `=` before it or not, as words to search for and conditions.

    Raises:
        BadExpression: it cannot be read.
        UnknownField, BadValue: a name that is no field, a value that does not fit.
    """
    from app.services.listings.filters import labels_of, parse_filters

    if _is_marked(text):
        text = re.sub("[=＝]", " ", text, count=1)  # positions stay those of what was typed
    found = parse_filters(text, labels_of(choices))
    words = [str(one.value) for one in found if _is_words(one)]
    known = {field.name: field for field in fields(lambda: choices)}
    return " ".join(words), [_clickable(one, known) for one in found if not _is_words(one)]


def _is_words(condition: Filter) -> bool:
    return condition.field == "text" and condition.operator == "contains"


def write(filters: Sequence[Filter], text: str, choices: FilterChoices) -> str:
    """What the words *text* and the conditions mean, as one expression."""
    from app.services.listings.filters import labels_of, written

    words = (Filter("text", "contains", text),) if text else ()
    return written((*words, *filters), labels_of(choices))


def filter_language(choices: Callable[[], FilterChoices]) -> FilterLanguage:
    """Expressions over listings; *choices* gives the names in use, as they are known at the moment."""
    return FilterLanguage(
        read=lambda text: read(text, choices()),
        write=lambda filters, text: write(filters, text, choices()),
        show=lambda filters: _shown(filters, choices()),
        looks_meant=looks_like_expression,
        names=lambda: sorted(spellings()),
    )


def _shown(filters: Sequence[Filter], choices: FilterChoices) -> str:
    from app.services.listings.filters import labels_of, written

    return written(filters, labels_of(choices), messages.language)


def _clickable(condition: Filter, known: dict[str, FilterField]) -> Filter:
    """The condition as a chip of its field can show and edit it; else as an expression of its own."""
    field = known.get(condition.field)
    if field is not None and field.kind == "flag":
        is_yes = bool(COLUMNS[field.name].bind(condition.value))
        return Filter(field.name, "=", is_yes is (condition.operator == "="))
    if condition.operator == "where" or (field is not None and field.shows(condition)):
        return condition
    from app.services.listings.filters import written

    return Filter("", "where", written((condition,), {}))
