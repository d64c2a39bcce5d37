"""What stands above the grid of a build, country by country, and where in it a report's line is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.services.codes.formatting import mark_of
from app.services.warehouses.overseas.grid import Spot
from app.services.warehouses.overseas.remedies import PRICE_CHECKS
from app.services.warehouses.overseas.running import Built

SHEET = "sheet"
OPEN_CHECKS = PRICE_CHECKS | {"code_length"}
"""Findings of a combination that a person should put right."""


@dataclass(frozen=True, slots=True)
class CountryColumn:
    """A country of the grid.

    Attributes:
        mark: what codes carry there.
        source: where prices come from, the name of a `PriceSource`; `sheet` where one is used for this country.
        open: how many combinations wait for a person.
    """

    country: str
    mark: str
    source: str
    open: int = 0


def country_columns(built: Built) -> tuple[CountryColumn, ...]:
    """The countries of a build in their order."""
    template, build = built.options.template, built.build
    marks = {one.country: one.mark for one in template.countries} if template else {}
    waiting = Counter(one.country for one in build.unpriced())
    waiting.update(one.country for _, one in build.findings() if one.check in OPEN_CHECKS)
    by_template = set(marks) - set(built.sheet.countries)
    return tuple(
        CountryColumn(
            country,
            marks.get(country) or mark_of(country),
            str(template.price_source) if template is not None and country in by_template else SHEET,
            waiting[country],
        )
        for country in build.countries
    )


class LinePlaces:
    """Finds lines of the grid by product and code; products are gone through once they are asked for."""

    def __init__(self, built: Built, spots: Sequence[Spot]) -> None:
        self._products = built.build.products
        self._spots = spots
        self._lines: dict[tuple[int, str], int] | None = None

    def line(self, product: int, code: str) -> int | None:
        """The line of a variant, None where it has none."""
        if self._lines is None:
            self._lines = {}
            for number, (place, at) in enumerate(self._spots):
                one = self._products[place]
                self._lines.setdefault((one.number, one.variants[at].code), number)
        return self._lines.get((product, code))
