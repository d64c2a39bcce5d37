"""Prices by country in a bulk edit: set for chosen countries, taken away."""

from __future__ import annotations

from app.services.listings.bulk_edit.operations import Operation, RemoveRegional, SetRegional
from app.services.listings.regional_steps import country_codes
from app.views.listings.bulk_edit.parts import Form, Line, Surroundings, number_of
from app.views.widgets.label import Label


class RegionalForm(Form):
    """A value of one type, and the countries that get it."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.action = action
        self.value, self.countries = Line(f"bulk_edit.{action}_hint"), Line("bulk_edit.countries_hint")
        self.add(action, self.value)
        self.add("countries", self.countries)
        self.lines.addWidget(Label("bulk_edit.regional_hint", role="small", ink="text3", wrap=True))

    def operation(self) -> Operation | None:
        """Value and countries."""
        text = self.value.text().strip().removesuffix("%").lstrip("+")
        value, countries = number_of(self, self.action, text), self.countries.text().strip()
        return SetRegional(self.action, value, country_codes(countries)) if value is not None and countries else None


class RemoveRegionalForm(Form):
    """The countries that go, all of them where none is named."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.countries = Line("bulk_edit.countries_hint")
        self.add("countries", self.countries)
        self.lines.addWidget(Label("bulk_edit.remove_regional_hint", role="small", ink="text3", wrap=True))

    def operation(self) -> Operation | None:
        """The countries."""
        text = self.countries.text().strip()
        return RemoveRegional(country_codes(text) if text else ())
