"""One variant's price: list price, margin and profit as a linked triple, and how each number came about."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QScrollArea, QWidget

from app.messages import Key, tr
from app.services.listings.editing import ListingEdit
from app.services.pricing.explaining import ExplainedStep, Explanation
from app.services.pricing.rounding import SHARE, half_up
from app.views.context import ViewContext
from app.views.language import say
from app.views.listings.lines import refusal
from app.views.listings.variant_actions import variant_labels
from app.views.numbers import MISSING, parse_money, plain_money
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import Label

TYPING_MS = 300
STRONG = frozenset({"sale_price", "profit", "margin", "break_even", "worst_case"})
"""Steps people look for."""


class PriceDialog(Dialog):
    """Type a price, a margin or a profit: the other two follow; saving goes the way of every edit, with undo.

    Emits:
        saved: id of the listing, and the change.
        rates_wanted: the editor of rates.
    """

    saved = Signal(int, object)
    rates_wanted = Signal()

    def __init__(self, context: ViewContext, parent: QWidget, listing_id: int, sku_id: int = 0) -> None:
        super().__init__("price.title", parent, size=QSize(860, 720))
        self._context, self._listing_id, self._sku_id = context, listing_id, sku_id
        self._asked = 0
        self.shown: Explanation | None = None
        self.variants = QComboBox()
        self.fields = {name: QLineEdit() for name in ("price", "margin", "profit")}
        self.missing = Label(ink="amber", wrap=True)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typed: str = "price"
        self._build()
        self._typing.timeout.connect(self._ask_typed)
        self.variants.activated.connect(self._choose)
        for name, field in self.fields.items():
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.textEdited.connect(lambda _, name=name: self._on_typed(name))
        handle = context.runner.call(context.services.listings.detail, listing_id)
        handle.succeeded.connect(self._take_listing)
        handle.failed.connect(self._say)

    def _build(self) -> None:
        whole = column(self.body, edges=20, gap=12)
        whole.addWidget(Field("price.variant", self.variants))
        triple = row(gap=16)
        for name, field in self.fields.items():
            triple.addWidget(Field(f"price.{name}", field), 1)
        whole.addLayout(triple)
        whole.addWidget(self.missing)
        area, held = QScrollArea(), Ground("surface")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(held)
        self._grid = QGridLayout(held)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 2)
        self._grid.setColumnStretch(3, 3)
        whole.addWidget(area, 1)
        rates = Button("listings.action.rates", icon_name="currency-dollar")
        rates.clicked.connect(self.rates_wanted)
        self.footer.row.addWidget(rates)
        self.primary = self.add_buttons("price.save")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.save)
        self.primary.setEnabled(False)

    def retranslate(self) -> None:
        """Variants by their code and their name in the user's language."""
        if (detail := getattr(self, "_listing", None)) is not None:
            skus = detail.record.skus
            for at, (sku, label) in enumerate(zip(skus, variant_labels(detail.category, skus), strict=True)):
                self.variants.setItemText(at, " · ".join(filter(None, (sku.code, label))) or MISSING)

    # -- asking ------------------------------------------------------------------------------------------------

    def _take_listing(self, detail: Any) -> None:
        self._listing = detail
        for sku in detail.record.skus:
            self.variants.addItem("", sku.id)
        self.retranslate()
        at = max(self.variants.findData(self._sku_id), 0)
        self.variants.setCurrentIndex(at)
        if self.variants.count():
            self._choose(at)

    def _choose(self, at: int) -> None:
        self._sku_id = self.variants.itemData(at)
        self._ask(self._context.services.pricing.explain, self._listing_id, self._sku_id)

    def _on_typed(self, name: str) -> None:
        self._typed = name
        self.primary.setEnabled(False)
        self._typing.start()

    def _ask_typed(self) -> None:
        desk, text = self._context.services.pricing, self.fields[self._typed].text()
        at = (self._listing_id, self._sku_id)
        if self._typed != "price":
            self._ask(desk.with_price_for, *at, self._typed, text)
            return
        try:
            minor = parse_money(text)
        except ValueError:
            minor = None
        if minor is None or minor < 0:
            self.missing.follow(lambda: refusal(text))
            return
        self._ask(desk.explain, *at, minor)

    def _ask(self, call: Callable[..., Explanation], *args: Any) -> None:
        self._asked += 1
        number = self._asked
        handle = self._context.runner.call(call, *args)
        handle.succeeded.connect(lambda found: self._show(found) if number == self._asked else None)
        handle.failed.connect(lambda error: self._say(error) if number == self._asked else None)

    def _say(self, error: Exception) -> None:
        self.missing.tell(error)

    # -- showing -----------------------------------------------------------------------------------------------

    def _show(self, found: Explanation) -> None:
        self.shown = found
        profit = found.profit
        values = {
            "price": plain_money(found.price_minor),
            "margin": "" if profit is None or profit.margin is None else _percent(profit.margin),
            "profit": "" if profit is None else f"{half_up(profit.profit_cny):f}",
        }
        for name, field in self.fields.items():
            if not (field.hasFocus() and name == self._typed and self._typing_is_shown(field, values[name])):
                field.setText(values[name])
            field.setEnabled(name == "price" or not [one for one in found.missing if one != "price"])
        self.missing.follow(lambda: "\n".join(tr(f"figures.why.{one}") for one in found.missing))
        self.primary.setEnabled(found.price_minor is not None and found.price_minor != found.given.price_minor)
        self._show_steps(found.steps)

    @staticmethod
    def _typing_is_shown(field: QLineEdit, value: str) -> bool:
        """Whether what is being typed may stay: it led to what is shown."""
        return bool(field.text().strip()) and field.text() != value

    def _show_steps(self, steps: tuple[ExplainedStep, ...]) -> None:
        emptied(self._grid)
        for at, step in enumerate(steps):
            strong = step.name in STRONG
            name = Label(f"explain.{step.name}", ink="text2")
            value = Label(ink="text" if step.value else "amber", strong=strong)
            value.follow(partial(_value, step))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            how = Label(role="small", ink="text3", wrap=True)
            how.follow(partial(_words, step.how))
            source = Label(role="small", ink="text3", wrap=True)
            source.follow(partial(_source, step))
            for label in (value, how, source):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            say(value, f"explain.{step.name}", "accessibleName")
            for place, label in enumerate((name, value, how, source)):
                self._grid.addWidget(label, at, place)
        self._grid.setRowStretch(len(steps), 1)

    # -- saving ------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Store the price that is shown."""
        found = self.shown
        if found is None or found.price_minor is None or not self.primary.isEnabled():
            return
        self.primary.setEnabled(False)
        edit = ListingEdit(self._listing_id, skus={self._sku_id: {"price_minor": found.price_minor}})
        handle = self._context.runner.call(self._context.services.listings.save, [edit], found.title)
        handle.succeeded.connect(self._on_saved)
        handle.failed.connect(self._say)

    def _on_saved(self, change: Any) -> None:
        self.saved.emit(self._listing_id, change)
        self.accept()


def _value(step: ExplainedStep) -> str:
    return f"{step.value} {step.unit}".strip() if step.value else tr("explain.unknown")


def _source(step: ExplainedStep) -> str:
    return " · ".join(filter(None, (_words(step.source), step.as_of)))


def _words(text: str | Key) -> str:
    return tr(text) if isinstance(text, Key) else text


def _percent(share: Decimal) -> str:
    return f"{half_up(share, SHARE) * 100:.2f} %"
