"""Prices the guard holds: why, with the numbers a person decides by, and letting them pass with a comment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.compliance.findings import finding_text, group_text
from app.views.language import say
from app.views.listings.bulk_edit.parts import Line
from app.views.listings.prices.tables import PriceTable
from app.views.numbers import MISSING
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.price_guard.quarantine import HeldPrice, Quarantine
    from app.views.context import ViewContext

COLUMNS = (
    ("listing", 0, False),
    ("code", 132, False),
    ("reason", 224, False),
    ("price", 84, True),
    ("lowest", 84, True),
    ("floor", 84, True),
    ("break_even", 92, True),
)
CHANGED = frozenset({"listing", "change"})


class QuarantineDialog(Dialog):
    """Chosen lines, or all without a choice, are released together; the sentence of the current one stands below.

    Emits:
        released: the change.
        rows_wanted: ids of listings to be shown in the table.
    """

    released = Signal(object)
    rows_wanted = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget, store_ids: Sequence[int]) -> None:
        super().__init__("quarantine.title", parent, size=QSize(1080, 600))
        self._context, self._desk, self._store_ids = context, context.services.guard, store_ids
        self.held: Quarantine | None = None
        self.counts, self.said = Label(strong=True), Label(ink="text2", wrap=True)
        self.table = PriceTable(lambda name: f"quarantine.column.{name}", COLUMNS)
        self.comment = Line("quarantine.comment_hint")
        self.problem = Label(role="small", ink="red", wrap=True)
        self.show_rows = Button("quarantine.show", icon_name="list-check", kind="small")
        self._build()
        self.primary = self.add_buttons("quarantine.verb", n=0)
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.release)
        self.table.itemSelectionChanged.connect(self._on_chosen)
        self.comment.textChanged.connect(lambda _: self._on_chosen())
        self.show_rows.clicked.connect(self._show_rows)
        self.hint.say("quarantine.hint")
        self.load()

    def _build(self) -> None:
        lines = column(self.body, edges=16, gap=10)
        head = row(gap=8)
        head.addWidget(self.counts, 1)
        head.addWidget(self.show_rows)
        lines.addLayout(head)
        lines.addWidget(self.table, 1)
        lines.addWidget(self.said)
        say(self.comment, "quarantine.comment", "accessibleName")
        lines.addWidget(self.comment)
        lines.addWidget(self.problem)
        self.problem.hide()

    def load(self) -> None:
        """Read what is held."""
        self.counts.say("quarantine.looking")
        handle = self._context.runner.call(self._desk.quarantine, self._store_ids)
        handle.succeeded.connect(self._show)
        handle.failed.connect(self._tell)

    def retranslate(self) -> None:
        """Reasons in the language in force."""
        if getattr(self, "held", None) is not None:
            self._show(self.held)

    def _show(self, held: Quarantine) -> None:
        self.held = held
        self.counts.say("quarantine.count" if held.listings else "quarantine.none", n=held.listings)
        self.table.show_texts([_texts(one) for one in held.prices], [{2: "amber"} for _ in held.prices])
        self._on_chosen()

    @property
    def chosen(self) -> list[int]:
        """Listings of the chosen lines, of all lines without a choice."""
        prices = self.held.prices if self.held is not None else ()
        marked = {index.row() for index in self.table.selectedIndexes()}
        return list(dict.fromkeys(one.listing_id for at, one in enumerate(prices) if not marked or at in marked))

    def _on_chosen(self) -> None:
        ids, at = self.chosen, self.table.currentRow()
        prices = self.held.prices if self.held is not None else ()
        self.said.setText(finding_text(prices[at].finding) if 0 <= at < len(prices) else "")
        say(self.primary, "quarantine.verb", n=len(ids))
        may = self._desk.may_release
        self.primary.setEnabled(bool(ids) and may and bool(self.comment.text().strip()))
        self.show_rows.setEnabled(bool(ids))
        if not may:
            self.hint.say("quarantine.no_right")

    def _show_rows(self) -> None:
        self.rows_wanted.emit(self.chosen)
        self.reject()

    def release(self) -> None:
        """Let them pass; what is refused stands in the dialog."""
        self.primary.setEnabled(False)
        handle = self._context.runner.call(self._desk.release, self.chosen, self.comment.text())
        handle.succeeded.connect(self._on_released)
        handle.failed.connect(self._tell)

    def _on_released(self, change: object) -> None:
        self._context.changes.tell(CHANGED)
        self.released.emit(change)
        self.accept()

    def _tell(self, error: Exception) -> None:
        self._on_chosen()
        self.problem.tell(error)
        self.problem.show()


def _texts(one: HeldPrice) -> list[str]:
    numbers = one.numbers
    amounts = (numbers.list_price, numbers.lowest, numbers.floor, numbers.break_even)
    reason = group_text(one.finding.code)
    if one.finding.params.get("country"):
        reason = tr("quarantine.in_country", reason=reason, country=str(one.finding.params["country"]).strip(" ()"))
    return [one.title, one.code, reason, *(_amount(amount) for amount in amounts)]


def _amount(amount: Decimal | None) -> str:
    return MISSING if amount is None else f"{amount:,.2f}"
