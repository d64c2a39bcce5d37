"""The editor of a warehouse template in the side panel: what it says of prices, stock, freight and countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import messages, tr
from app.services.errors import AppError
from app.services.warehouses.countries import countries
from app.services.warehouses.desk import StoreChoices
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record
from app.views.errors import sentence
from app.views.listings.bulk_edit.parts import Line, OptionBox, Unfit
from app.views.listings.lines import refusal
from app.views.numbers import parse_decimal
from app.views.warehouses.country_table import FIELDS, CountryTable
from app.views.widgets.buttons import Button
from app.views.widgets.form import Field, Section
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import Label

KINDS, MISSING = ("virtual", "real"), ("leave", "zero")
SURCHARGE = FIELDS.index("surcharge")
NUMBERS = ("margin", "discount", "handling_days", "home_stock")


class TemplateEditor(Ground):
    """Shows one template and gives it back as it was typed.

    Emits:
        save_wanted: the `WarehouseTemplateRecord`.
    """

    save_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.template: WarehouseTemplateRecord | None = None  # before all else: a widget that is dressed asks for texts
        super().__init__("surface", parent=parent)
        self._stores: Sequence[StoreChoices] = ()
        self.name, self.note = Line(), Line()
        self.kind = OptionBox(lambda id: f"warehouses.{id}", KINDS)
        self.prices = OptionBox(lambda id: f"warehouses.prices.{id}", [str(one) for one in PriceSource])
        self.missing = OptionBox(lambda id: f"warehouses.missing.{id}", MISSING)
        self.numbers = {name: Line("warehouses.margin_hint" if name == "margin" else "") for name in NUMBERS}
        self.formula, self.formula_hint = (
            Line(),
            Label("warehouses.formula_names", role="small", ink="text2", wrap=True),
        )
        self.formula_field = Field("warehouses.field.formula", self.formula)
        self.freight: dict[int, OptionBox] = {}
        self.countries, self.new_country = CountryTable(), OptionBox()
        self.remove = Button("warehouses.remove_country", kind="small")
        self.save = Button("warehouses.save", kind="primary")
        self.problem = Label(role="small", ink="red", wrap=True)
        self.fields: dict[str, Field] = {}
        self._build()
        self.new_country.chosen.connect(self._on_country)
        self.remove.clicked.connect(self.countries.remove_current)
        self.save.clicked.connect(self._on_save)
        self.prices.chosen.connect(lambda _: self._show_needed())
        self.formula.textEdited.connect(self.countries.put_formula)
        self.countries.currentCellChanged.connect(lambda *_: self._show_formula())

    def _build(self) -> None:
        whole = column(self, gap=0)
        facts = Ground("surface")
        lines = self._lines = column(facts, edges=14, gap=5)
        controls: dict[str, QWidget] = {
            "name": self.name,
            "kind": self.kind,
            "prices": self.prices,
            **self.numbers,
            "missing": self.missing,
            "note": self.note,
        }
        for name, control in controls.items():
            self.fields[name] = Field(f"warehouses.field.{name}", control)
            lines.addWidget(self.fields[name])
        self._freight_box = Ground("surface")
        column(self._freight_box, edges=14, gap=5)
        listed = Ground("surface")
        table = column(listed, edges=14, gap=6)
        table.addWidget(self.countries)
        tools = row(gap=6)
        tools.addWidget(Field("warehouses.add_country", self.new_country), 1)
        tools.addWidget(self.remove)
        table.addLayout(tools)
        table.addWidget(self.formula_field)
        table.addWidget(self.formula_hint)
        for key, body in (
            ("warehouses.section.facts", facts),
            ("warehouses.section.countries", listed),
            ("warehouses.section.freight", self._freight_box),
        ):
            whole.addWidget(Section(key, body, foldable=False))
        end = column(edges=14, gap=6)
        end.addWidget(self.problem)
        end.addWidget(self.save)
        whole.addLayout(end)
        whole.addStretch(1)

    # -- showing -----------------------------------------------------------------------------------------------

    def show_template(self, template: WarehouseTemplateRecord, stores: Sequence[StoreChoices]) -> None:
        """Show *template*, stored or not."""
        self.template, self._stores = template, stores
        self.name.setText(template.name)
        self.note.setText(template.note)
        self.note.setCursorPosition(0)
        self.kind.choose("virtual" if template.is_virtual else "real")
        self.prices.choose(str(template.price_source))
        self.missing.choose("zero" if template.zero_missing else "leave")
        texts = {
            "margin": "" if template.margin_bp is None else f"{template.margin_bp / 100:g}",
            "discount": f"{template.discount_bp / 100:g}",
            "handling_days": "" if template.handling_days is None else str(template.handling_days),
            "home_stock": "" if template.home_stock is None else str(template.home_stock),
        }
        for name, text in texts.items():
            self.numbers[name].setText(text)
        self.countries.show_countries(template.countries)
        self._name_countries()
        self._show_freight(template)
        self._show_needed()
        self._say("", "")

    def _name_countries(self) -> None:
        """What may be added, in the language in force."""
        home = countries().home
        named = [(code, f"{code} · {countries().name(code, messages.language)}") for code in countries().dispatch]
        self.new_country.show_named([one for one in named if one[0] != home])

    def retranslate(self) -> None:
        """Finished texts in the new language; what is typed stays."""
        if self.template is not None:
            self._name_countries()
            self._show_formula()
            for box in self.freight.values():
                box.setItemText(0, tr("warehouses.freight_as_is"))

    def _show_freight(self, template: WarehouseTemplateRecord) -> None:
        layout = self._freight_box.layout()
        assert layout is not None
        emptied(layout)
        chosen = {one.store_id: one.template_id for one in template.freight}
        self.freight = {}
        for store in self._stores:
            box = OptionBox()
            box.show_named([("", tr("warehouses.freight_as_is")), *store.templates])
            box.choose(chosen.get(store.store_id, ""))
            name = Label(role="small", ink="text2", wrap=True)
            name.setText(store.name)
            box.setAccessibleName(store.name)
            self.freight[store.store_id] = box
            layout.addWidget(name)
            layout.addWidget(box)
        if not self._stores:
            layout.addWidget(Label("warehouses.no_stores", role="small", ink="text2", wrap=True))

    def _show_needed(self) -> None:
        """Margin and discount belong to rule and formula only, a formula to formulas."""
        is_formula = self.prices.value == str(PriceSource.FORMULA)
        self.formula_field.setVisible(is_formula)
        self.formula_hint.setVisible(is_formula)
        self.countries.setColumnHidden(
            SURCHARGE, self.prices.value not in (str(PriceSource.SURCHARGE), str(PriceSource.FORMULA))
        )
        self._show_formula()
        needed = self.prices.value in (str(PriceSource.RULE), str(PriceSource.FORMULA))
        for name in ("margin", "discount"):
            self.fields[name].setVisible(needed)

    def _show_formula(self) -> None:
        """The formula of the current country."""
        code = self.countries.current_code
        self.formula_field.label.setText(
            tr("warehouses.formula_of", country=code) if code else tr("warehouses.field.formula")
        )
        self.formula_field.setEnabled(bool(code))
        if self.formula.text() != self.countries.formula:
            self.formula.setText(self.countries.formula)

    def _on_country(self, code: str) -> None:
        self.countries.add(country_record(code, stock=countries().stock))
        self.new_country.setCurrentIndex(-1)

    # -- reading -----------------------------------------------------------------------------------------------

    def record(self) -> WarehouseTemplateRecord:
        """What is typed. Raises: Unfit."""
        assert self.template is not None
        return replace(
            self.template,
            name=self.name.text(),
            note=self.note.text().strip(),
            is_virtual=self.kind.value != "real",
            price_source=PriceSource(self.prices.value or PriceSource.SHEET),
            zero_missing=self.missing.value == "zero",
            margin_bp=self._number("margin", 100),
            discount_bp=self._number("discount", 100) or 0,
            handling_days=self._number("handling_days", 1),
            home_stock=self._number("home_stock", 1),
            countries=self.countries.entries(),
            freight=tuple(StoreFreight(store_id, box.value) for store_id, box in self.freight.items() if box.value),
        )

    def _number(self, name: str, unit: int) -> int | None:
        text = self.numbers[name].text()
        try:
            number = parse_decimal(text, signs="%")
        except ValueError:
            raise Unfit(name, refusal(text)) from None
        if number is None:
            return None
        if number * unit != int(number * unit):
            raise Unfit(name, refusal(text))
        return int(number * unit)

    def _on_save(self) -> None:
        self._say("", "")
        try:
            self.save_wanted.emit(self.record())
        except Unfit as error:
            self._say(error.field, error.text)

    def show_problem(self, error: Exception) -> None:
        """Why it was not stored."""
        field = "handling_days" if isinstance(error, AppError) and error.error_code.endswith("handling_days") else ""
        self._say(field, sentence(error))

    def _say(self, field: str, text: str) -> None:
        """Below its field, or at the end."""
        for name, one in self.fields.items():
            one.show_problem(text if name == field else "")
        self.problem.setText("" if field in self.fields else text)
        self.problem.setVisible(bool(self.problem.text()))
