"""The merge of domain.md 8.3, steps 2 to 8, for one product at a time. Pure; doing it twice changes nothing.

A product that is blocked stays as it was, whole: its findings say why. So does one nobody offers anything for and that
has no stale variant: a China tag alone would say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.services.amounts import money_text
from app.services.codes.records import Reading
from app.services.compliance.rule_data import rule_data
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.coding import Coder
from app.services.warehouses.overseas.records import Entry, Finding, Merged, Missing, Offer, Own, Severity, Source, Wish

FAR_ABOVE = 10
"""A price more than so many times the home price is looked at (domain.md 8.3 step 8)."""
EXCLUDED = "excluded"
"""Why there is no price: a person took the combination out."""
BLOCK, WARN = Severity.BLOCK, Severity.WARN


class _Home(NamedTuple):
    """A variant that stays: its place and the reading of its code."""

    at: int
    reading: Reading


Abroad = dict[tuple[str, str], list[int]]
"""Places of overseas variants by the match key of their goods and their country."""


class Merger:
    """Merges product after product with the same offers.

    Args:
        coder: reads the codes of the store and makes those of overseas variants.
        wish: countries, offers, and what becomes of the rest.
    """

    def __init__(self, coder: Coder, wish: Wish) -> None:
        table, limits = countries(), rule_data().limits
        self._coder, self._wish = coder, wish
        self._home, self._ships_from = table.home, table.property_id
        self._most_properties = limits.properties_max
        self._prices = range(limits.price_min_minor, limits.price_max_minor + 1)

    def merge(self, variants: Sequence[Own]) -> Merged:
        """What becomes of the *variants* of one product."""
        merged = Merged()
        homes, real, stale = self._sorted_out(variants)
        if not homes:
            return self._untouched(variants, merged, Finding("no_home", BLOCK))
        doubled = self._doubled(variants, homes, merged)
        made = {home.at: self._abroad(variants, home, real, merged) for home in homes if home.at not in doubled}
        has_new = any(made.values())
        if not has_new and not stale:
            return self._untouched(variants, merged)
        keys = self._keys(variants, [home.at for home in homes] + [at for places in real.values() for at in places])
        if keys is None:
            return self._untouched(variants, merged, Finding("properties_differ", BLOCK))
        if has_new and len(keys) > self._most_properties:
            detail = str(len(keys) - 1)
            return self._untouched(variants, merged, Finding("too_many_properties", BLOCK, detail=detail))
        merged.keys = keys
        merged.entries = self._in_order(variants, homes, real, made)
        merged.removed = self._renewed(homes, stale, merged.entries)
        if code := self._equal(variants, merged):
            return self._untouched(variants, merged, Finding("equal_properties", BLOCK, code))
        self._check_all(variants, merged)
        merged.is_changed = True
        return merged

    # -- steps 2 and 3 -----------------------------------------------------------------------------------------

    def _sorted_out(self, variants: Sequence[Own]) -> tuple[list[_Home], Abroad, Abroad]:
        """Variants that stay, real stock abroad, and stale variants."""
        homes, real, stale = list[_Home](), Abroad(), Abroad()
        for at, own in enumerate(variants):
            reading = self._coder.read(own.code)
            named = own.country if own.country not in ("", self._home) else ""
            marked = reading.ships_from if reading.ships_from not in ("", self._home) else ""
            country = named or marked
            if not country:
                homes.append(_Home(at, reading))
            else:
                kind = real if country in self._wish.real else stale
                kind.setdefault((reading.match_key, country), []).append(at)
        return homes, real, stale

    def _doubled(self, variants: Sequence[Own], homes: Sequence[_Home], merged: Merged) -> set[int]:
        """Variants that get nothing: unreadable codes, and codes that stand for the same goods as another."""
        counted = Counter(home.reading.match_key for home in homes)
        found = set()
        for at, reading in homes:
            code = variants[at].code
            if reading.error:
                merged.findings.append(Finding("unreadable", BLOCK, code, detail=reading.error))
                found.add(at)
            elif counted[reading.match_key] > 1:
                merged.findings.append(Finding("ambiguous", BLOCK, code, detail=reading.match_key))
                found.add(at)
                self._meet_offers(variants[at], reading, merged)
        return found

    def _meet_offers(self, own: Own, reading: Reading, merged: Merged) -> None:
        """Rows of an ambiguous code are reported with it, not as rows without a partner."""
        offers = (self._wish.offer(own, reading, country) for country in self._wish.countries)
        merged.rows.update(offer.row for offer in offers if isinstance(offer, Offer) and offer.row)

    # -- step 5 ------------------------------------------------------------------------------------------------

    def _abroad(
        self,
        variants: Sequence[Own],
        home: _Home,
        real: Abroad,
        merged: Merged,
    ) -> list[Entry]:
        """The new variants of one, in the order of the countries."""
        own, key, made = variants[home.at], home.reading.match_key, []
        for country in self._wish.countries:
            offer = self._wish.offer(own, home.reading, country)
            if isinstance(offer, Offer):
                merged.rows.add(offer.row)
            if (key, country) in real:
                if isinstance(offer, Offer) and offer.row:
                    merged.findings.append(Finding("real_kept", WARN, own.code, country))
                continue
            if (key, country) in self._wish.excluded:
                merged.missing.append(Missing(home.at, country, EXCLUDED))
                continue
            if (key, country) in self._wish.zeros:
                entry = self._empty(own, home, country, merged)
            elif isinstance(offer, Offer):
                entry = self._entry(own, home, offer, merged)
            else:
                merged.missing.append(Missing(home.at, country, *(offer or ())))
                entry = self._empty(own, home, country, merged) if self._wish.zero_missing else None
            if entry is not None:
                made.append(entry)
        return made

    def _entry(self, own: Own, home: _Home, offer: Offer, merged: Merged) -> Entry | None:
        """A priced variant; None where price or code can never be sent."""
        if offer.price_minor not in self._prices:
            detail = money_text(offer.price_minor)
            merged.findings.append(Finding("price_range", BLOCK, own.code, offer.country, detail))
            return None
        code = self._code(own, home, offer.country, merged)
        if code is None:
            return None
        self._compare(own, offer, merged)
        return Entry(home.at, offer.country, code, offer.price_minor, offer.stock, Source.OFFER, offer.row)

    def _empty(self, own: Own, home: _Home, country: str, merged: Merged) -> Entry | None:
        code = self._code(own, home, country, merged)
        return None if code is None else Entry(home.at, country, code, None, 0, Source.ZERO)

    def _code(self, own: Own, home: _Home, country: str, merged: Merged) -> str | None:
        made = self._coder.code(own.code, home.reading, country)
        if made.too_long:
            merged.findings.append(Finding("code_length", BLOCK, own.code, country, made.code))
            return None
        if made.is_virtual:
            merged.findings.append(Finding("virtual_code", WARN, own.code, country, made.code))
        return made.code

    def _compare(self, own: Own, offer: Offer, merged: Merged) -> None:
        """An overseas price beside the one at home."""
        home, abroad = own.price_minor, offer.price_minor
        if home is None:
            return
        detail = f"{money_text(abroad)} / {money_text(home)}"
        if abroad < home:
            merged.findings.append(Finding("below_home", WARN, own.code, offer.country, detail))
        elif abroad > FAR_ABOVE * home:
            merged.findings.append(Finding("far_above", WARN, own.code, offer.country, detail))

    # -- steps 4 and 6 -----------------------------------------------------------------------------------------

    def _keys(self, variants: Sequence[Own], places: Iterable[int]) -> tuple[str, ...] | None:
        """The sale properties of every variant, Ships From where one has it already, else last; None where they do not
        have the same ones."""
        all_of = [tuple(variants[at].properties) for at in places]
        model = next((keys for keys in all_of if self._ships_from in keys), (*all_of[0], self._ships_from))
        wanted = set(model) - {self._ships_from}
        return model if all(set(keys) - {self._ships_from} == wanted for keys in all_of) else None

    def _in_order(
        self, variants: Sequence[Own], homes: Sequence[_Home], real: Abroad, made: Mapping[int, Sequence[Entry]]
    ) -> list[Entry]:
        """Each variant, then itself from abroad; real stock without a partner comes last."""
        order = {country: place for place, country in enumerate(self._wish.countries)}
        entries, left = list[Entry](), dict(real)
        for at, reading in homes:
            entries.append(self._at_home(variants[at], at, reading))
            abroad = list(made.get(at, ()))
            for key in [key for key in left if key[0] == reading.match_key]:
                abroad += [self._kept(variants[place], place, key[1], Source.REAL) for place in left.pop(key)]
            entries += sorted(abroad, key=lambda entry: order.get(entry.country, len(order)))
        for (_, country), places in left.items():
            entries += [self._kept(variants[place], place, country, Source.REAL) for place in places]
        return entries

    @staticmethod
    def _renewed(homes: Sequence[_Home], stale: Abroad, entries: list[Entry]) -> list[int]:
        """Let new variants take the place of older ones of the same goods and country. Returns: those left over."""
        keys = {home.at: home.reading.match_key for home in homes}
        for number, entry in enumerate(entries):
            if entry.is_added and (places := stale.get((keys[entry.own], entry.country))):
                entries[number] = entry._replace(was=places.pop(0))
        return sorted(place for places in stale.values() for place in places)

    def _at_home(self, own: Own, at: int, reading: Reading) -> Entry:
        kept = self._kept(own, at, self._home, Source.HOME)
        if reading.match_key not in self._wish.shortened:
            return kept
        made = self._coder.home_code(own.code, reading)
        return kept._replace(code=made.code) if made.is_virtual else kept

    def _kept(self, own: Own, at: int, country: str, source: Source) -> Entry:
        stock = self._wish.home_stock if own.stock is None and source is Source.HOME else None
        return Entry(at, country, own.code, None, stock, source)

    def _equal(self, variants: Sequence[Own], merged: Merged) -> str:
        """The code of a variant whose sale properties another one has as well, "" where all differ."""
        rest, seen = [key for key in merged.keys if key != self._ships_from], set()
        for entry in merged.entries:
            own = variants[entry.own].properties
            mark = (entry.country, *(own[key] for key in rest))
            if mark in seen:
                return entry.code
            seen.add(mark)
        return ""

    # -- step 8 ------------------------------------------------------------------------------------------------

    def _check_all(self, variants: Sequence[Own], merged: Merged) -> None:
        """What concerns variants that stay, and the product as a whole."""
        has_stock = False
        for entry in merged.entries:
            own = variants[entry.own]
            stock = own.stock if entry.stock is None else entry.stock
            has_stock = has_stock or stock is None or stock > 0
            if entry.source is Source.HOME:
                self._check_home(own, entry.code.strip(), merged)
        if not has_stock:
            merged.findings.append(Finding("no_stock", BLOCK))

    def _check_home(self, own: Own, code: str, merged: Merged) -> None:
        price = own.price_minor
        if price is None:
            merged.findings.append(Finding("home_price", WARN, own.code))
        elif price not in self._prices:
            merged.findings.append(Finding("price_range", BLOCK, own.code, self._home, money_text(price)))
        if len(code) > rule_data().limits.code_max:
            merged.findings.append(Finding("code_length", BLOCK, own.code, self._home, code))
        elif code != own.code.strip():
            merged.findings.append(Finding("virtual_code", WARN, own.code, self._home, code))

    def _untouched(self, variants: Sequence[Own], merged: Merged, *findings: Finding) -> Merged:
        """The product as it was. Nothing is removed, nothing is added; what is missing stays told."""
        merged.removed, merged.is_changed, merged.keys = [], False, ()
        merged.findings += findings
        merged.entries = [
            Entry(at, own.country or self._home, own.code, None, None, Source.HOME) for at, own in enumerate(variants)
        ]
        return merged
