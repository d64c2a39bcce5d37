"""Prices by country (分国家报价, domain.md 5.5): what they are, how a listing keeps them, and what a buyer pays.

A listing keeps `{"type": "percentage", "countries": {"RU": -10}}`; of the type absolute, a country has a price for each
merchant code. `{}` is none. None is "not known": the platform's own stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.services.amounts import money_text

PERCENTAGE, RELATIVE, ABSOLUTE = "percentage", "relative", "absolute"
KINDS = (PERCENTAGE, RELATIVE, ABSOLUTE)
EVERY = ""
"""In place of a merchant code: the absolute price of all variants, where a sheet says so (`for_codes`)."""
BETWEEN = " · "
"""Between the prices of several codes in one line."""


@dataclass(frozen=True, slots=True)
class RegionalPrices:
    """The prices by country of one listing, of one type.

    Attributes:
        kind: one of `KINDS`, "" for none.
        steps: by country, whole percent or minor units more (negative: less) than the variant's price.
        prices: of `ABSOLUTE`, minor units by country and merchant code.
    """

    kind: str = ""
    steps: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def countries(self) -> tuple[str, ...]:
        """Codes of the countries with a price of their own, in order."""
        return tuple(sorted(self.prices if self.kind == ABSOLUTE else self.steps))

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> RegionalPrices:
        """What `stored` gave; none of None."""
        if not stored:
            return cls()
        kind, countries = stored["type"], stored["countries"]
        return cls(kind, prices=countries) if kind == ABSOLUTE else cls(kind, steps=countries)

    def stored(self) -> dict[str, Any]:
        """As a listing keeps it, in one order, so that equal prices are equal text; {} where no country is left."""
        if self.kind == ABSOLUTE:
            kept: dict[str, Any] = {
                country: dict(sorted(codes.items())) for country, codes in sorted(self.prices.items()) if codes
            }
        else:
            kept = dict(sorted(self.steps.items()))
        return {"type": self.kind, "countries": kept} if kept else {}

    def price(self, country: str, code: str, own_minor: int) -> int | None:
        """What a variant of the price *own_minor* costs there, in minor units; None where it has no other price.

        Percentages are rounded to the nearest cent, half a cent up: −30 % of 9.99 is 6.99.
        """
        if self.kind == ABSOLUTE:
            return self.prices.get(country, {}).get(code)
        step = self.steps.get(country)
        if step is None:
            return None
        return own_minor + step if self.kind == RELATIVE else (own_minor * (100 + step) + 50) // 100

    def without(self, countries: Collection[str]) -> RegionalPrices:
        """Without these countries."""
        steps = {country: step for country, step in self.steps.items() if country not in countries}
        prices = {country: codes for country, codes in self.prices.items() if country not in countries}
        return RegionalPrices(self.kind, steps, prices).tidy()

    def with_codes(self, renamed: Mapping[str, str], codes: Collection[str]) -> RegionalPrices:
        """Absolute prices under the *renamed* codes of their variants, without those no variant of *codes* has."""
        prices = {
            country: {new: price for code, price in of.items() if (new := renamed.get(code, code)) in codes}
            for country, of in self.prices.items()
        }
        return RegionalPrices(self.kind, self.steps, prices).tidy()

    def tidy(self) -> RegionalPrices:
        """Without countries that have no price; without a type where no country is left."""
        return RegionalPrices.of(self.stored())

    def for_codes(self, codes: Collection[str]) -> RegionalPrices:
        """With a price for each of *codes* where one stands for all variants."""
        prices = {
            country: dict.fromkeys(codes, of[EVERY]) if EVERY in of else of for country, of in self.prices.items()
        }
        return RegionalPrices(self.kind, self.steps, prices).tidy()

    def lines(self, codes: Collection[str] | None = None) -> list[str]:
        """One line a country, as a person reads it: `RU −10%`, `RU −1.50`, `RU 8.49`, `RU 8.49 AB1 · 9.49 AB2`.

        Args:
            codes: all codes of the listing: a price stands without codes only where it is that of all of them, so that
                a sheet reads back what it was (`workbooks.regional_cells`).
        """
        if self.kind == ABSOLUTE:
            return [f"{country} {_prices_text(self.prices[country], codes)}" for country in self.countries]
        return [f"{country} {step_text(self.kind, self.steps[country])}" for country in self.countries]

    def each(self) -> Iterator[tuple[str, str, int]]:
        """Country, merchant code ("" but of absolute prices) and value, in order."""
        if self.kind == ABSOLUTE:
            for country in self.countries:
                yield from ((country, code, price) for code, price in sorted(self.prices[country].items()))
        else:
            yield from ((country, "", self.steps[country]) for country in self.countries)


def step_text(kind: str, step: int) -> str:
    """A step with its sign: `−10%`, `+1.50`."""
    sign = "−" if step < 0 else "+"
    return f"{sign}{abs(step)}%" if kind == PERCENTAGE else f"{sign}{money_text(abs(step))}"


def _prices_text(prices: Mapping[str, int], codes: Collection[str] | None = None) -> str:
    """One price where all variants have the same, else each with its code."""
    if len(set(prices.values())) == 1 and len(prices) > 1 and (codes is None or prices.keys() == set(codes)):
        return money_text(next(iter(prices.values())))
    return BETWEEN.join(f"{money_text(price)} {code}".rstrip() for code, price in sorted(prices.items()))
