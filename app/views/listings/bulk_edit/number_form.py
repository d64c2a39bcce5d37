"""Working a number out: set, add, multiply, percent or formula; rounded, within limits, for each variant or for all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from PySide6.QtWidgets import QWidget

from app.services.listings.bulk_edit.formulas import NAMES, compiled
from app.services.listings.bulk_edit.operations import (
    SKU_NUMBERS,
    ChangeNumber,
    Limits,
    NumberAction,
    Operation,
    Rounding,
)
from app.views.listings.bulk_edit.formula_line import FormulaLine
from app.views.listings.bulk_edit.parts import Form, Line, OptionBox, Surroundings, check_box, number_of
from app.views.widgets.form import Section
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

ROUNDINGS: dict[str, tuple[str, str]] = {
    "none": ("", ""),
    "end_99": ("1", "0.99"),
    "end_95": ("1", "0.95"),
    "end_90": ("1", "0.90"),
    "whole": ("1", "0"),
    "step_005": ("0.05", "0"),
    "step_010": ("0.1", "0"),
    "step_5": ("5", "0"),
    "step_10": ("10", "0"),
    "step_100": ("100", "0"),
}
"""Step and ending by name."""
OF_PRICE = ("none", "end_99", "end_95", "end_90", "whole", "step_005", "step_010")
OF_OTHERS = ("none", "step_5", "step_10", "step_100")
DIRECTIONS = ("nearest", "up", "down")
LIMITS = ("least", "most", "change_percent")


class NumberForm(Form):
    """One number of the listing or its variants."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.field, self.action = field, action
        self.value = Line() if action != "formula" else None
        self.formula = FormulaLine(tuple(NAMES), self) if action == "formula" else None
        self.rounding = OptionBox(
            lambda id: f"bulk_edit.rounding.{id}", OF_PRICE if field == "price_minor" else OF_OTHERS
        )
        self.direction = OptionBox(lambda id: f"bulk_edit.direction.{id}", DIRECTIONS)
        self.per_listing = check_box("bulk_edit.per_listing") if field in SKU_NUMBERS else None
        self.limits = {name: Line() for name in LIMITS}
        self.rounding.choose("none")
        self.direction.choose("nearest")
        self._build()

    def _build(self) -> None:
        if self.formula is not None:
            self.add("formula", self.formula.line)
            self.lines.addWidget(self.formula.names)
        if self.value is not None:
            unit = Label("bulk_edit.percent_sign", role="small", ink="text2") if self.action == "percent" else None
            self.add("value", self.value, key=f"bulk_edit.value.{self.action}", extra=unit)
        self.add("rounding", self.rounding)
        self.add("direction", self.direction)
        self.rounding.chosen.connect(self._show_direction)
        self._show_direction("none")
        if self.per_listing is not None:
            self.lines.addWidget(self.per_listing)
            self.watch(self.per_listing)
        self.section = Section("bulk_edit.limits", self._limits())
        self.section.fold()
        self.lines.addWidget(self.section)

    def _limits(self) -> QWidget:
        body = Ground("surface")
        lines = column(body, gap=5)
        for name, line in self.limits.items():
            unit = Label("bulk_edit.percent_sign", role="small", ink="text2") if name == "change_percent" else None
            self.add(name, line, extra=unit)
            lines.addWidget(self.fields[name])
        lines.addWidget(Label("bulk_edit.limits_hint", role="small", ink="text3", wrap=True))
        lines.addLayout(row())
        return body

    def _show_direction(self, rounding: str) -> None:
        self.fields["direction"].setVisible(rounding != "none")

    def fill(self, operation: ChangeNumber) -> None:
        """Number or formula, rounding and limits."""
        if self.formula is not None:
            self.formula.line.setText(operation.formula)
        if self.value is not None:
            self.value.setText(f"{operation.value:f}")
        if operation.rounding is not None:
            found = (operation.rounding.step, operation.rounding.ending)
            known = {name: tuple(map(Decimal, pair)) for name, pair in ROUNDINGS.items() if pair[0]}
            name = next((one for one, pair in known.items() if pair == found), "none")
            self.rounding.choose(name)
            self.direction.choose(operation.rounding.direction)
            self._show_direction(name)
        for name, line in self.limits.items():
            limit: Decimal | None = getattr(operation.limits, name)
            line.setText("" if limit is None else f"{limit:f}")
        if operation.limits != Limits():
            self.section.fold(False)
        if self.per_listing is not None:
            self.per_listing.setChecked(operation.per_listing)

    def operation(self) -> Operation | None:
        """The change of the number."""
        value, formula = Decimal(0), ""
        if self.formula is not None:
            formula = self.formula.line.text().strip()
            if not formula:
                return None
            compiled(formula)
        if self.value is not None:
            found = number_of(self, "value", self.value.text())
            if found is None:
                return None
            value = found
        return ChangeNumber(
            self.field,
            cast(NumberAction, self.action),
            value,
            formula,
            self._rounding(),
            Limits(**{name: number_of(self, name, line.text()) for name, line in self.limits.items()}),
            self.per_listing is not None and self.per_listing.isChecked(),
        )

    def _rounding(self) -> Rounding | None:
        step, ending = ROUNDINGS[self.rounding.value or "none"]
        if not step:
            return None
        return Rounding(Decimal(step), Decimal(ending), cast(Any, self.direction.value))
