"""What the merge of domain.md 8.3 is given and gives back: plain records, the same for packages and listings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.services.codes.records import Reading

ELSEWHERE = "?"
"""Dispatch country of a variant whose Ships From names a place we do not know: not home, whatever it is."""


class Own(NamedTuple):
    """A variant as it stands.

    Attributes:
        code: as written.
        price_minor: list price in cents, None where unknown.
        stock: None where unknown.
        properties: sale property → value, in their order, each as the package or the listing writes it.
        country: dispatch country it names, "" where it names none, `ELSEWHERE` where nobody knows it.
        cost_micro, weight_g: what its listing says of the goods in millionths of a CNY and in grams, where the stock
            items say nothing.
        sides_cm: of the listing's parcel, for carriers that bill by its volume; empty where one is not known.
    """

    code: str
    price_minor: int | None
    stock: int | None
    properties: Mapping[str, str]
    country: str = ""
    cost_micro: int | None = None
    weight_g: int | None = None
    sides_cm: tuple[int, ...] = ()


class Offer(NamedTuple):
    """Price in cents and stock of one code sent from one country; `row` of the overseas sheet, 0 where a template or a
    person said so."""

    code: str
    country: str
    price_minor: int
    stock: int
    row: int = 0


class Unpriced(NamedTuple):
    """Why a template has no price for a variant and a country: the name of a sentence, and its subject."""

    why: str
    subject: str = ""


OfferFor = Callable[["Own", Reading, str], "Offer | Unpriced | None"]
"""Variant, its reading and a country → what it is offered for; None where nothing is said of it."""


class Source(StrEnum):
    """Where an entry of the result comes from."""

    HOME = "home"
    REAL = "real"
    """Real stock abroad, kept as it is."""
    OFFER = "offer"
    ZERO = "zero"
    """No offer: stock 0 at the home price, as was asked for."""


class Entry(NamedTuple):
    """One variant of the result.

    Attributes:
        own: place of the variant it was copied from (or is) among those given.
        price_minor: None for the price of that variant, as written there.
        stock: None for the stock of that variant, as written there.
        row: of the overseas sheet, 0 for none.
        was: place of the older variant of the same goods from the same country that it takes the place of, else None.
    """

    own: int
    country: str
    code: str
    price_minor: int | None
    stock: int | None
    source: Source
    row: int = 0
    was: int | None = None

    @property
    def is_added(self) -> bool:
        """Whether the build made it."""
        return self.source in (Source.OFFER, Source.ZERO)


class Severity(StrEnum):
    """`BLOCK`: something is not written, or the platform will refuse it. `WARN`: look at it."""

    BLOCK = "block"
    WARN = "warn"


CHECKS = (
    "price_range",
    "code_length",
    "equal_properties",
    "below_home",
    "far_above",
    "no_stock",
    "too_many_properties",
    "marks",
)
"""The eight checks of domain.md 8.3, by the names findings carry."""


class Finding(NamedTuple):
    """What is wrong or odd: `check` names its sentence `overseas.finding.<check>`, `code` the variant, `country` the
    combination, or "" for all of it; `detail` what the sentence tells besides."""

    check: str
    severity: Severity
    code: str = ""
    country: str = ""
    detail: str = ""


class Missing(NamedTuple):
    """A combination nobody priced: `why` names the sentence, "" where the sheet simply has no row."""

    own: int
    country: str
    why: str = ""
    subject: str = ""


@dataclass(slots=True)
class Merged:
    """What becomes of one product.

    Attributes:
        entries: all variants in their order; those given where nothing changes.
        keys: sale properties of every variant, in their order.
        removed: places of variants that are dropped and not made anew.
        missing: combinations without an offer.
        rows: rows of the sheet that speak of a variant of this product.
        is_changed: whether anything is to be written; False where something forbids it.
    """

    entries: list[Entry] = field(default_factory=list)
    keys: tuple[str, ...] = ()
    removed: list[int] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    is_changed: bool = False

    @property
    def added(self) -> int:
        """How many variants the build made."""
        return sum(entry.is_added for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a build goes.

    Attributes:
        countries: in the order of the sheet or the template, home left out.
        offer: see `OfferFor`.
        zero_missing: write combinations without an offer with stock 0 and the home price.
        real: countries whose variants are real stock and stay as they are.
        excluded: combinations a person took out: (match key, country).
        zeros: combinations to be written so though the others are left out.
        shortened: match keys of home variants that get a virtual code where theirs is too long.
        home_stock: for home variants of unknown stock; None leaves it unknown.
    """

    countries: Sequence[str]
    offer: OfferFor
    zero_missing: bool = False
    real: frozenset[str] = frozenset()
    excluded: frozenset[tuple[str, str]] = frozenset()
    home_stock: int | None = None
    zeros: frozenset[tuple[str, str]] = frozenset()
    shortened: frozenset[str] = frozenset()
