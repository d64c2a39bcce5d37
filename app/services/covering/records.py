"""What covering tells: what was replaced, what could not be, what became of each product."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.services.covering.ids import Junk
from app.services.history.records import ChangeRecord
from app.services.listings.records import ListingRecord

BY_MAPPING, BY_NAME, BY_DEFAULT, BY_RULE = "mapping", "name", "default", "rule"


@dataclass(frozen=True, slots=True)
class Replacement:
    """One value that is another one in the draft.

    Attributes:
        product_id: theirs.
        field: our name of the field; `code`: of the variant it belongs to, "" for the listing.
        before, after: as a person reads them.
        why: `mapping`, `name`, `default`, `rule`, `removed` (it means nothing in one's own store) or `taken_over`
            (a picture that goes into the own photobank before publishing).
    """

    product_id: str
    field: str
    before: str
    after: str
    why: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One value that could not be taken over. `why`: `no_mapping` (theirs stays and blocks publishing until ours is
    chosen), `not_carried` (the draft lacks it), `other_currency`, `suspicious_size`, `no_value`; of prices `formula`,
    `no_cost`, `no_rate`."""

    product_id: str
    field: str
    value: str
    why: str
    code: str = ""


@dataclass(slots=True)
class Mapped:
    """A product as a draft: what is new about it, and the pictures that lie in their photobank."""

    product_id: str
    record: ListingRecord
    pictures: tuple[str, ...] = ()
    replacements: list[Replacement] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Failed:
    """A product that could not be read: the code of the error, and its sentence's parameters."""

    product_id: str
    code: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Already:
    """A product that a listing of the own store covers: by its remembered origin or by a merchant code."""

    product_id: str
    listing_id: int
    by: str
    code: str = ""


@dataclass(slots=True)
class CoverResult:
    """What covering did; `copied` and `updated` are products → listing ids."""

    copied: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    skipped: list[Already] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    junk: tuple[Junk, ...] = ()
    repeated: int = 0
    change: ChangeRecord | None = None
