"""A change as the window and the command line see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from app.services.publishing.entries import Reason, Waiting

Noun = Literal[
    "listing",
    "sku",
    "images",
    "tags",
    "apart",
    "release",
    "hold",
    "warehouse_kind",
    "sale",
    "service_template_id",
    "marketing_group",
    "assignment",
    "group",
    "freight_template",
    "warehouse_template",
    "tariff",
    "channel",
    "rate",
    "commission",
    "pricing",
    "price_rule",
    "word",
    "kept",
]

SORTED_HERE = frozenset({"tags", "marketing_group", "apart", "release", "hold", "warehouse_kind", "sale"})
"""Nouns by which a team sorts its listings, and their sale: no content, so that nothing of a listing follows from
them."""

RIGHT = "right"
"""Kind of an entry that says who gave or took a right: part of the history, nothing to undo."""

GROUP = "group"
"""Kind of a change of a marketing group itself: no listing is changed by it."""

FREIGHT = "freight"
"""Kind of a change of freight templates, tariffs and channels."""

WAREHOUSE = "warehouse"
"""Kind of a change of warehouse templates."""

WORDS = "words"
"""Kind of a change of words that listings are judged by."""

WORDS_LABEL = "change.words"
"""Label of such a change, and of the undo of one."""

GUARD_LABEL = "change.guard_settings"
"""Label of a change of what the price guard looks at: only who may set it takes it back."""

RATE_LABEL, RATE_REMOVED_LABEL = "change.rate", "change.rate_removed"
PRICING_LABEL, COMMISSION_LABEL = "change.pricing", "change.commission"
"""Labels of changes of exchange rates, of the team's numbers and of commissions, and of the undo of one."""

DELIST_LABEL, DELIST_OFF_LABEL, DELIST_BOTH_LABEL = "change.delist", "change.delist_off", "change.delist_both"
"""Labels of a delisting, and of the undo of one: of stocks that went to 0, of listings taken off sale, or of both."""
DELIST_LABELS = frozenset({DELIST_LABEL, DELIST_OFF_LABEL, DELIST_BOTH_LABEL})
"""The marketplace was told at once, so it is told of their undo, too."""

JUDGED_ANEW = frozenset({GUARD_LABEL, RATE_LABEL, RATE_REMOVED_LABEL, PRICING_LABEL, COMMISSION_LABEL})
"""Labels of changes after which every listing may have other findings."""

RULES = "rules"
"""Kind of a change of virtual codes, of how a store writes its codes, of cover rules or of what the guard looks at."""

TABLE = "table"
"""Kind of a change that stored a company table: no listing is changed by it. Its params name `kind` and `table`."""

NO_LISTINGS = frozenset({GROUP, "assign", FREIGHT, WAREHOUSE, WORDS, RULES, TABLE})
"""Kinds of changes that count something else than listings, though they can be undone like these."""

RawRow = dict[str, Any]
"""Columns as SQLite stores them: JSON columns as text, so that a row can be put back exactly."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row before and after. `before` None: created; `after` None: deleted.

    The nouns `images`, `tags` and `apart` stand for a listing's whole list, such as `{"sources": <list>}`, under the
    listing's id; `marketing_group` for the group it is in (`services/listings/marketing/membership.py`), `release` for
    what the price guard lets pass (`services/price_guard/releases.py`), `hold` for a person's hold
    (`services/listings/holds.py`), `warehouse_kind` for real or virtual (`services/listings/warehouse_kinds.py`),
    `sale` for whether it is wanted on sale (`services/publishing/sale_changes.py`), `service_template_id` for what it
    is created with (`services/listings/service_templates.py`). The
    noun `assignment` is a code given to an operator, `group` a marketing group's own name and discounts; the rows of
    the nouns in `nouns.OWN_ROWS` are what freight and prices are made with, and words of the lists;
    `warehouse_template` stands for a template with countries and freight (`services/warehouses/template_rows.py`),
    `kept` for a thing with a key of its own (`services/history/kept.py`). There is no listing, so `listing_id` is its
    own id, negative.
    """

    noun: Noun
    row_id: int
    listing_id: int
    before: RawRow | None
    after: RawRow | None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One undoable act: its label is the message `label` with `params`; `actor` is who did it, "" where unknown."""

    uid: str
    kind: str
    label: str
    params: dict[str, Any]
    source: str
    listing_count: int
    created_at: datetime
    is_undone: bool
    store_id: int | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class UndoResult:
    """How many listings were put back, which moved on since and were left alone. `suspects`: those of `listing_ids`,
    which were put back, whose findings may be others now; of the rest only prices and stocks changed, harmlessly.
    `by_numbers`: suspects of which only prices and stocks changed, too."""

    change: ChangeRecord
    restored: int
    conflicts: tuple[int, ...] = field(default=())
    listing_ids: tuple[int, ...] = field(default=())
    suspects: tuple[int, ...] = field(default=())
    conflict_names: tuple[str, ...] = field(default=())
    """Names of the rows that were left alone and are no listings."""
    by_numbers: tuple[int, ...] = field(default=())
    reasons: Mapping[int, Reason] = field(default_factory=dict)
    """Why listings of `conflicts` were left alone that nobody edited since."""
    batches: tuple[int, ...] = field(default=())
    """Batches of the queue that listings were put into."""
    as_sent: tuple[int, ...] = field(default=())
    """Of a delisting: those of `listing_ids` of which the marketplace had exactly what stood here before the undo."""
    waiting: tuple[Waiting, ...] = field(default=())
    """What is to be sent now."""
    unsent: tuple[int, ...] = field(default=())
    """Of a delisting: those of `listing_ids` of which the marketplace does not have what stands here again, and which
    a person has to send."""

    @property
    def is_stuck(self) -> bool:
        """Nothing came back: all it changed was changed again since."""
        return not self.restored and bool(self.conflicts)
