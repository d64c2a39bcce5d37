"""What the checker says: findings with a severity, the field to change, and a remedy where there is only one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from app.messages import Messages, catalogue, messages

Params = Mapping[str, Any]

NO_PARAMS: Params = {}


class Severity(StrEnum):
    """`block`: cannot be published · `hold`: only after a release · `warn`: look at it (domain.md 13)."""

    BLOCK = "block"
    HOLD = "hold"
    WARN = "warn"


FIELDS = (
    "title",
    "keywords",
    "category_id",
    "attributes",
    "images",
    "detail_html",
    "skus",
    "sku.code",
    "sku.price",
    "sku.stock",
    "sku.properties",
    "weight_g",
    "length_cm",
    "width_cm",
    "height_cm",
    "unit",
    "lot_size",
    "handling_days",
    "currency",
    "regional_prices",
    "freight_template_id",
    "group_id",
    "service_template_id",
    "",
)
"""Names a finding's `field` can have: columns of the record, `sku.` before those of a variant; "" where nothing is
to be filled in otherwise."""


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """A name that exists in two languages; it is shown in the language of the sentence it stands in."""

    zh: str
    en: str

    @classmethod
    def of(cls, key: str) -> Label:
        """The entry *key* of the catalogue, to stand inside another sentence."""
        entry = catalogue()[key]
        return cls(zh=str(entry["zh"]), en=str(entry["en"]))

    def __str__(self) -> str:
        return self.shown(messages.language)

    def shown(self, language: str) -> str:
        """The name in *language*, or the other one where it is empty."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclasses.dataclass(frozen=True, slots=True)
class Fix:
    """The one obvious remedy: put `value` into `field` (of SKU number `sku`, counted from 0, or of the listing).

    The button's text is `fix.<kind>` with `params`. `virtual`: a virtual bundle code that has to be in its table by
    then, with its goods.
    """

    kind: str
    field: str
    value: Any
    sku: int | None = None
    params: Params = dataclasses.field(default_factory=dict)
    virtual: Mapping[str, Sequence[tuple[str, int]]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """What a rule yields; the checker adds code, field and severity. `field`, `severity` overrule the rule's own."""

    params: Params = dataclasses.field(default_factory=dict)
    sku: int | None = None
    fix: Fix | None = None
    field: str = ""
    severity: Severity | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a listing.

    Attributes:
        code: its sentence is `finding.<code>`, its heading in a grouped result `finding_group.<code>`.
        severity: see `Severity`.
        field: one of `FIELDS`.
        sku: position of the variant in the listing, counted from 0; None for the listing itself.
        params: placeholders of the sentence.
        fix: the remedy, where there is exactly one.
    """

    code: str
    severity: Severity
    field: str
    sku: int | None = None
    params: Params = dataclasses.field(default_factory=dict)
    fix: Fix | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one code: how many, in how many listings, and one of them as an example."""

    code: str
    severity: Severity
    field: str
    count: int
    listing_count: int
    example: Finding


def finding_text(finding: Finding, texts: Messages = messages) -> str:
    """What, where and remedy as one sentence in the language of *texts*."""
    return texts.text(f"finding.{finding.code}", **_in_language(finding.params, texts.language))


def fix_text(fix: Fix, texts: Messages = messages) -> str:
    """The text of the button that applies *fix*."""
    return texts.text(f"fix.{fix.kind}", **_in_language(fix.params, texts.language))


def group_text(code: str, texts: Messages = messages) -> str:
    """The heading over all findings of *code*."""
    return texts.text(f"finding_group.{code}")


def _in_language(params: Params, language: str) -> dict[str, Any]:
    return {name: value.shown(language) if isinstance(value, Label) else value for name, value in params.items()}


def summary(findings: Iterable[tuple[int, Finding]]) -> list[FindingGroup]:
    """Findings by code, worst severity first, then the most frequent. *findings*: pairs of listing id and finding."""
    members: dict[str, list[Finding]] = {}
    listings: dict[str, set[int]] = {}
    for listing_id, finding in findings:
        members.setdefault(finding.code, []).append(finding)
        listings.setdefault(finding.code, set()).add(listing_id)
    groups = [
        FindingGroup(code, found[0].severity, found[0].field, len(found), len(listings[code]), found[0])
        for code, found in members.items()
    ]
    order = list(Severity)
    return sorted(groups, key=lambda group: (order.index(group.severity), -group.listing_count, group.code))


def counts(findings: Iterable[Finding]) -> tuple[int, int, int]:
    """How many block, hold and warn."""
    severities = [finding.severity for finding in findings]
    return (
        severities.count(Severity.BLOCK),
        severities.count(Severity.HOLD),
        severities.count(Severity.WARN),
    )
