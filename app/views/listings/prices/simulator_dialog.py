"""How discounts stack on an order: articles and plan on the left, step by step and article by article on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QTableWidgetItem, QWidget

from app.messages import messages, tr
from app.services.errors import AppError
from app.services.listings.marketing.plans import STEPS, plan_of
from app.services.price_guard.exporting import unknown_text
from app.services.pricing.simulation import BasketLine, LineResult, Simulation, simulate, typed_line
from app.views.importing.save_file import SHEETS, saving_dialog
from app.views.language import say
from app.views.listings.prices.tables import RIGHT, PriceTable
from app.views.numbers import MISSING, percent
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.price_guard.baskets import Basket
    from app.views.context import ViewContext

TYPED = (("name", 0, False), ("list_price", 76, True), ("discount", 64, True), ("quantity", 64, True))
STEP_COLUMNS = (("step", 0, False), ("amount", 116, True), ("left", 96, True))
LINE_COLUMNS = (
    ("name", 0, False),
    ("value", 84, True),
    ("by_seller", 84, True),
    ("each", 84, True),
    ("net", 84, True),
    ("lowest", 84, True),
    ("profit", 84, True),
    ("margin", 62, True),
    ("unknown", 130, False),
)


class BasketTable(PriceTable):
    """Articles that can be typed into: name, price, discount, pieces."""

    def __init__(self) -> None:
        super().__init__(_head, TYPED)
        self.setEditTriggers(self.EditTrigger.AllEditTriggers)
        self.known: list[BasketLine] = []

    def add(self, one: BasketLine | None = None) -> None:
        """A line of a listing, or an empty one."""
        at = self.rowCount()
        self.insertRow(at)
        texts = ["", "", "", "1"]
        if one is not None:
            line = one.line
            percent = f"{(line.discount * 100).normalize():f}"
            texts = [one.name, f"{line.list_price:.2f}", percent, str(line.quantity)]
        self.known.append(one or BasketLine("", typed_line("", "1")))
        was_quiet = self.blockSignals(True)  # a line that is half there cannot be worked out
        for place, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if place:
                item.setTextAlignment(RIGHT)
            item.setToolTip(text)
            self.setItem(at, place, item)
        self.blockSignals(was_quiet)

    def lines(self) -> list[BasketLine]:
        """What stands there; empty lines are left out. Raises: BadPriceInput."""
        found = []
        for at in range(self.rowCount()):
            name, *typed = (self.item(at, place).text().strip() for place in range(4))
            if typed[0]:
                called = name or str(at + 1)
                found.append(replace(self.known[at], name=called, line=typed_line(called, *typed)))
        return found


class SimulatorDialog(Dialog):
    """Works it out at every key; nothing is stored."""

    def __init__(self, context: ViewContext, parent: QWidget, listing_ids: Sequence[int]) -> None:
        super().__init__("simulator.title", parent, size=QSize(1240, 640))
        self._context, self._desk = context, context.services.guard
        self.found: Simulation | None = None
        self.basket = BasketTable()
        self.add = Button("simulator.add", icon_name="plus", kind="flat")
        self.reductions = {name: QLineEdit() for name in STEPS}
        self.affiliate = QCheckBox()
        self.problem = Label(role="small", ink="red", wrap=True)
        self.whole = Label(strong=True, wrap=True)
        self.steps = PriceTable(lambda name: f"simulator.step.{name}", STEP_COLUMNS)
        self.lines = PriceTable(_head, LINE_COLUMNS)
        self.export = Button("simulator.export", icon_name="table-export")
        self._build()
        self.hint.say("simulator.hint")
        self.footer.row.addWidget(self.export)
        close = Button("dialog.close", kind="primary")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self._connect()
        self._load(listing_ids)

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        left = Ground("surface", "right")
        lines = column(left, edges=16, gap=8)
        lines.addWidget(Label("simulator.basket", strong=True))
        lines.addWidget(self.basket, 1)
        lines.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        for name, line in self.reductions.items():
            say(line, "groups.plan.example", "placeholderText")
            lines.addWidget(Field(f"groups.field.{name}", line))
        say(self.affiliate, "groups.field.affiliate")
        self.affiliate.setChecked(True)
        lines.addWidget(self.affiliate)
        lines.addWidget(self.problem)
        right = QWidget()
        shown = column(right, edges=16, gap=10)
        shown.addWidget(self.whole)
        shown.addWidget(self.steps, 2)
        shown.addWidget(self.lines, 3)
        whole.addWidget(left, 8)
        whole.addWidget(right, 18)

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self.basket.add())
        self.basket.itemChanged.connect(lambda _: self.work_out())
        for line in self.reductions.values():
            line.textChanged.connect(lambda _: self.work_out())
        self.affiliate.toggled.connect(lambda _: self.work_out())
        self.export.clicked.connect(self._ask_where)

    def retranslate(self) -> None:
        """Names of the steps, and what is unknown."""
        if hasattr(self, "lines"):
            self._show()

    def _load(self, listing_ids: Sequence[int]) -> None:
        handle = self._context.runner.call(self._desk.basket, listing_ids)
        handle.succeeded.connect(self._fill)
        handle.failed.connect(self._tell)

    def _fill(self, basket: Basket) -> None:
        self.basket.blockSignals(True)
        for one in basket.lines:
            self.basket.add(one)
        if not basket.lines:
            self.basket.add()
        self.basket.blockSignals(False)
        for name, text in basket.plan.texts().items():
            self.reductions[name].setText(text)
        self.affiliate.setChecked(basket.plan.has_affiliate)
        if basket.left_out:
            self.hint.say("simulator.left_out", n=basket.left_out)
        self.work_out()

    def work_out(self) -> None:
        """Show what it comes to, or what is wrong."""
        self.found = None
        try:
            lines = self.basket.lines()
            texts = {name: line.text() for name, line in self.reductions.items()}
            plan = plan_of(None, texts, has_affiliate=self.affiliate.isChecked())
            if lines:
                self.found = simulate(lines, plan.reductions, has_affiliate=plan.has_affiliate)
        except AppError as error:
            self._tell(error)
        else:
            self.problem.hide()
        self._show()

    def _tell(self, error: Exception) -> None:
        self.problem.tell(error)
        self.problem.show()

    def _show(self) -> None:
        found = self.found
        self.export.setEnabled(found is not None)
        if found is None:
            self.whole.say("simulator.nothing")
            self.steps.show_texts([])
            self.lines.show_texts([])
            return
        stack = found.stack
        profit = MISSING if found.profit_cny is None else tr("simulator.cny", amount=_money(found.profit_cny))
        self.whole.setText(
            tr("simulator.whole", paid=_money(stack.paid), seller=_money(stack.by_seller), profit=profit)
        )
        rows = [[tr("simulator.goods"), "", _money(stack.goods)]]
        tones: list[dict[int, str]] = [{}]
        for one in stack.taken:
            said = f"−{_money(one.amount)}" if one.amount else tr("simulator.not_reached")
            rows.append([tr(f"pricing.step.{one.reduction.step}"), said, _money(one.left)])
            tones.append({} if one.amount else {1: "gray"})
        self.steps.show_texts(rows, tones)
        self.lines.show_texts([_texts(one) for one in found.lines], [_tones(one) for one in found.lines])

    def _ask_where(self) -> None:
        dialog = saving_dialog(self, "simulator.export", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write what is shown to a sheet."""
        if self.found is not None:
            handle = self._context.runner.call(self._desk.export_simulation, self.found, path)
            handle.succeeded.connect(lambda _: self.hint.say("simulator.exported", file=path.name))
            handle.failed.connect(self._tell)


def _head(name: str) -> str:
    return f"simulator.column.{name}"


def _texts(one: LineResult) -> list[str]:
    amounts = (one.value, one.by_seller, one.each, one.net, one.lowest, one.profit_cny)
    return [one.name, *(_money(amount) for amount in amounts), percent(one.margin), unknown_text(one, messages)]


def _tones(one: LineResult) -> dict[int, str]:
    tones = {8: "amber"}
    if one.profit_cny is not None and one.profit_cny < 0:
        tones |= {6: "red", 7: "red"}
    return tones


def _money(amount: Decimal | None) -> str:
    return MISSING if amount is None else f"{amount:,.2f}"
