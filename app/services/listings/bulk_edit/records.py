"""What a bulk edit would do and did, as the window and the command line see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.history.records import ChangeRecord

SAME = "same"
"""`why` of a number that is that already: no change, and no refusal."""


@dataclass(frozen=True, slots=True)
class FindingCount:
    """A rule that would newly be broken: how often, in how many listings."""

    code: str
    severity: str
    count: int
    listings: int


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """A plan in figures.

    Attributes:
        matched: listings that were asked for.
        changed: listings of which something changes.
        refused: listings of which something is refused; one may be both.
        same: listings of which nothing changes and nothing is refused.
        cells: by field, values that change.
        unchanged: by field, values that are so already.
        reasons: by the key `bulk_edit.refused.<why>`, values refused, or whole listings that may not be edited.
        findings: what the checker would newly say, worst first.
    """

    matched: int = 0
    changed: int = 0
    refused: int = 0
    same: int = 0
    cells: Mapping[str, int] = field(default_factory=dict)
    unchanged: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[FindingCount, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One value before → after. `sku_id` None: the listing's own. `why`: refused, and so left; "" otherwise. `image`:
    the listing's main picture, "" without one.

    `before` and `after` are stored values: minor units, grams, ids; of `images` and `attributes` lists.
    """

    position: int
    listing_id: int
    sku_id: int | None
    title: str
    code: str
    field: str
    before: Any
    after: Any
    why: str = ""
    image: str = ""

    @property
    def id(self) -> int:
        """The line's place: what a paged table asks for."""
        return self.position


@dataclass(frozen=True, slots=True)
class Applied:
    """What was stored. `change` None: nothing was left to change. `moved`: listings that are not any more what the
    plan saw, or may not be edited any more; they were left alone. `refused`: listings of which something was refused,
    where they were asked for; `reasons`: why, as in `PlanCounts`."""

    change: ChangeRecord | None
    changed: int = 0
    moved: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
