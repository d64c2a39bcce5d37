"""A build over many products: what was merged, and what it all comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.services.collection import without_collection
from app.services.tasks import TaskContext
from app.services.warehouses.overseas.merging import EXCLUDED, Merger
from app.services.warehouses.overseas.records import CHECKS, Finding, Merged, Offer, Own, Severity
from app.services.workbooks import CellError

CURRENCY = "currency"
"""Its prices are in another currency than overseas prices, so nothing could be compared or added."""
REPORT_EVERY = 200
"""Products between two looks at the stop signal."""


@dataclass(slots=True)
class Product:
    """One product of a package, or one listing.

    Attributes:
        number: Excel's row of it, or the listing's id.
        name: title, else id, else row.
        variants: as they stand.
        problem: why it stays as it is: the name of a cell's sentence where its variants cannot be read, or `CURRENCY`.
        remarks: what the checker says of it that concerns a build.
        merged: what becomes of it, once it was merged.
    """

    number: int
    name: str
    variants: Sequence[Own]
    problem: str = ""
    remarks: tuple[Finding, ...] = ()
    merged: Merged = field(default_factory=Merged)


class Place(NamedTuple):
    """A variant of a product, and the country a report speaks of; `price_minor` and `stock` where it has them."""

    product: int
    name: str
    code: str
    country: str
    why: str = ""
    subject: str = ""
    price_minor: int | None = None
    stock: int | None = None


@dataclass(slots=True)
class Build:
    """All products of a build and what came of them.

    Attributes:
        countries: in their order.
        unmatched: rows of the sheet that speak of no variant.
        errors: cells of the sheet that cannot be used.
    """

    products: list[Product] = field(default_factory=list)
    countries: tuple[str, ...] = ()
    unmatched: list[Offer] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    def merge(self, merger: Merger, ctx: TaskContext) -> set[int]:
        """Merge all products. Returns: rows of the sheet that speak of a variant.

        Raises:
            TaskCancelled: stopped.
        """
        met: set[int] = set()
        with without_collection():
            for done, product in enumerate(self.products):
                if done % REPORT_EVERY == 0:
                    ctx.checkpoint()
                    ctx.report(done, len(self.products), note="overseas.merging")
                if not product.problem:
                    product.merged = merger.merge(product.variants)
                    met |= product.merged.rows
        return met

    @property
    def variants(self) -> int:
        """Variants of all products afterwards."""
        return sum(len(one.merged.entries) or len(one.variants) for one in self.products)

    @property
    def added(self) -> int:
        """Variants the build made."""
        return sum(one.merged.added for one in self.products)

    @property
    def changed(self) -> list[Product]:
        """Products that are to be written."""
        return [one for one in self.products if one.merged.is_changed]

    def removed(self) -> Iterator[Place]:
        """Variants that are dropped."""
        for product in self.products:
            for at in product.merged.removed:
                own = product.variants[at]
                place = Place(product.number, product.name, own.code, own.country)
                yield place._replace(price_minor=own.price_minor, stock=own.stock)

    def missing(self) -> Iterator[Place]:
        """Combinations without a price."""
        for product in self.products:
            for one in product.merged.missing:
                code = product.variants[one.own].code
                yield Place(product.number, product.name, code, one.country, one.why, one.subject)

    def findings(self) -> Iterator[tuple[Product, Finding]]:
        """What is wrong or odd."""
        for product in self.products:
            if product.problem:
                check = CURRENCY if product.problem == CURRENCY else "damaged"
                yield product, Finding(check, Severity.BLOCK, detail=product.problem)
            for finding in (*product.remarks, *product.merged.findings):
                yield product, finding

    def checks(self) -> dict[str, int]:
        """The eight checks: how often each found something; of the last one, stale variants and marks that disagree."""
        counted = Counter(finding.check for _, finding in self.findings())
        marks = sum(error.code == "overseas_mark" for error in self.errors) + sum(1 for _ in self.removed())
        return {**{check: counted[check] for check in CHECKS}, "marks": marks}

    def unpriced(self) -> list[Place]:
        """Combinations the template was to price and could not, because something is not known."""
        return [one for one in self.missing() if one.why not in ("", EXCLUDED)]

    @property
    def has_failures(self) -> bool:
        """Whether something of what was asked for was not done."""
        blocked = any(finding.severity is Severity.BLOCK for _, finding in self.findings())
        return bool(self.errors or self.unmatched or blocked or self.unpriced())
