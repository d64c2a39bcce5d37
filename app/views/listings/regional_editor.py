"""Prices by country in the side panel: one type, a line for each country, of absolute ones for each variant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.messages import tr
from app.services.amounts import money_text
from app.services.listings.details import Choice, ListingDetail, Lock
from app.services.listings.regional_steps import country_codes, in_type, minor_of, with_country
from app.services.regional_prices import ABSOLUTE, KINDS, PERCENTAGE, RegionalPrices, step_text
from app.services.warehouses.countries import countries
from app.views.language import language, say
from app.views.listings.lines import ChoiceBox, NumberLine, TextLine
from app.views.numbers import parse_decimal
from app.views.theme import current_theme
from app.views.widgets.buttons import IconButton
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.listings.records import ListingRecord

MOST_LINES = 60
"""More lines than these are read, not edited, here: a bulk edit changes them."""
Key = tuple[str, str]


def parser(kind: str) -> Callable[[str], int | None]:
    """How a value of this type is typed; its function raises ValueError for what is none."""

    def parse(text: str) -> int | None:
        number = parse_decimal(text.strip().removesuffix("%").lstrip("+"), signs="$")
        if number is None:
            return None
        scaled = number if kind == PERCENTAGE else number * 100
        if scaled != scaled.to_integral_value() or abs(scaled) > 10**9 or (kind == ABSOLUTE and scaled <= 0):
            raise ValueError(text)
        return minor_of(kind, number)

    return parse


def shown(kind: str, value: int) -> str:
    """A value as it stands in its line: without the unit, which stands behind it."""
    return money_text(value) if kind == ABSOLUTE else step_text(kind, value).removesuffix("%")


class RegionalEditor(Ground):
    """Shows the prices by country of a `ListingDetail`; every change tells all of them anew.

    Emits:
        chosen: all prices after a choice: to be stored at once.
        typed: all prices while a value is being typed.
        left: a value is left.
    """

    chosen = Signal(object)
    typed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._record: ListingRecord | None = None
        self._prices = RegionalPrices(PERCENTAGE)
        self._is_locked, self._is_folded, self._is_due = False, False, False
        self._shape: tuple[object, ...] = ()
        self.values: dict[Key, NumberLine] = {}
        self._results: dict[Key, Label] = {}
        self.kind, self.add = ChoiceBox(), TextLine()
        say(self.add, "listings.regional.add", "placeholderText")
        self.problem = Label(role="small", ink="red", wrap=True)
        self.hint = Label(role="small", ink="text3", wrap=True)
        head = row(gap=8)
        head.addWidget(self.kind, 1)
        head.addWidget(self.add, 1)
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        lines = column(self, gap=6)
        lines.setContentsMargins(14, 2, 14, 4)
        lines.addLayout(head)
        for part in (self.problem, self._body, self.hint):
            lines.addWidget(part)
        self.setFocusProxy(self.add)
        self.kind.chosen.connect(self._on_kind)
        self.add.left.connect(self._on_add)
        self.problem.hide()

    def show_detail(self, detail: ListingDetail, *, is_other: bool) -> None:
        """Show these prices as soon as they are in view; a value that is being typed stays as it is typed."""
        self._record = detail.record
        self._is_locked = detail.lock != Lock.NONE or detail.record.regional_prices is None
        before = self._prices.kind
        self._prices = RegionalPrices.of(detail.record.regional_prices)
        if not self._prices.kind:
            self._prices = RegionalPrices(PERCENTAGE if is_other else before)
        if is_other:
            self.add.clear()
            self._tell("")
            self._shape = ()
        self._is_due = True
        self._show_due()

    def set_folded(self, folded: bool) -> None:
        """Out of view, nothing is built."""
        self._is_folded = folded
        self._show_due()

    def _show_due(self) -> None:
        if self._is_due and not self._is_folded:
            self._is_due = False
            self._show()

    # -- showing -----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        prices, record = self._prices, self._record
        assert record is not None
        self.kind.show_choices([Choice(kind, tr(f"listings.regional.{kind}")) for kind in KINDS], prices.kind)
        self.kind.set_locked(self._is_locked)
        self.add.setReadOnly(self._is_locked)
        lines = [(country, code) for country, code, _ in prices.each()]
        is_long = len(lines) > MOST_LINES
        shape = (prices.kind, is_long, language.code, self._is_locked, *([] if is_long else lines))
        if shape != self._shape:
            self._shape = shape
            self._build([] if is_long else lines)
        for key, line in self.values.items():
            line.show_value(self._value(key), is_other=False)
            self._results[key].setText(self._result(key))
        self.hint.setText(self._hint(is_long))

    def _hint(self, is_long: bool) -> str:
        if self._record is not None and self._record.regional_prices is None:
            return tr("listings.regional.unknown")
        if is_long:
            return tr("listings.regional.long") + "\n" + "\n".join(self._prices.lines())
        return tr("listings.regional.hint") if self._prices.countries else tr("listings.regional.none")

    def _build(self, lines: list[Key]) -> None:
        emptied(self._grid)
        self.values, self._results = {}, {}
        kind, seen = self._prices.kind, ""
        for number, (country, code) in enumerate(lines):
            name = Label(role="small", ink="text2")
            name.setText(countries().name(country, language.code) if country != seen else "")
            name.setToolTip(country)
            of = Label(role="small", ink="text3")
            of.setText(code or country)
            line = NumberLine(parser(kind), partial(shown, kind), needs_value=True)
            line.setReadOnly(self._is_locked)
            line.setAccessibleName(" ".join((countries().name(country, language.code), code)).strip())
            line.setFixedWidth(current_theme().metrics("body").horizontalAdvance("+99,999.99") + 18)
            unit, result = Label(role="small", ink="text2"), Label(role="small", ink="text2")
            unit.setText("%" if kind == PERCENTAGE else self._record.currency if self._record else "")
            key = (country, code)
            self.values[key], self._results[key] = line, result
            line.typed.connect(partial(self._on_typed, key))
            line.refused.connect(self._tell)
            line.left.connect(self.left)
            for place, part in enumerate((name, of, line, unit, result)):
                self._grid.addWidget(part, number, place)
            if country != seen and not self._is_locked:
                remove = IconButton("x", "listings.regional.remove", size=14)
                remove.clicked.connect(partial(self._on_remove, country))
                self._grid.addWidget(remove, number, 5)
            seen = country
        self._body.setVisible(bool(lines))

    def _value(self, key: Key) -> int:
        country, code = key
        return self._prices.prices[country][code] if self._prices.kind == ABSOLUTE else self._prices.steps[country]

    def _result(self, key: Key) -> str:
        """What buyers pay there: of all variants, or beside the variant's own price."""
        country, code = key
        skus = self._record.skus if self._record is not None else []
        own = [sku for sku in skus if sku.price_minor is not None and code in ("", sku.code)]
        if self._prices.kind == ABSOLUTE:
            return tr("listings.regional.own", price=money_text(own[0].price_minor or 0)) if own else ""
        found = [self._prices.price(country, sku.code, sku.price_minor or 0) or 0 for sku in own]
        low, high = (min(found), max(found)) if found else (0, 0)
        texts = [money_text(low)] if low == high else [money_text(low), money_text(high)]
        return f"= {'–'.join(texts)}" if found else ""

    # -- what the user does ------------------------------------------------------------------------------------

    def _put(self, prices: RegionalPrices, signal: str) -> None:
        self._prices = prices if prices.countries else RegionalPrices(self._prices.kind)
        getattr(self, signal).emit(prices.stored())
        self._show()

    def _on_kind(self, kind: str) -> None:
        assert self._record is not None
        if self._prices.countries:
            self._put(in_type(self._record, self._prices, kind), "chosen")
        else:
            self._prices = RegionalPrices(kind)
            self._show()

    def _on_typed(self, key: Key, value: int | None) -> None:
        if value is None or self._is_locked:
            return
        country, code = key
        if self._prices.kind == ABSOLUTE:
            of = {**self._prices.prices[country], code: value}
            changed = replace(self._prices, prices={**self._prices.prices, country: of})
        else:
            changed = replace(self._prices, steps={**self._prices.steps, country: value})
        self._put(changed, "typed")

    def _on_add(self) -> None:
        text = self.add.text().strip()
        if self._is_locked or not text or self._record is None:
            return
        codes = country_codes(text)
        unknown = next((code for code in codes if code not in countries().names), None)
        if unknown is not None:
            self._tell(tr("listings.regional.no_country", country=unknown))
            return
        self.add.clear()
        self._tell("")
        prices = self._prices
        for country in codes:
            prices = with_country(self._record, prices, country)
        self._put(prices, "chosen")

    def _on_remove(self, country: str) -> None:
        self._tell("")
        self._put(self._prices.without([country]), "chosen")

    def _tell(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
