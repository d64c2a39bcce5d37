"""Exchange rates with their history, commissions by category, the team's numbers: each with source and day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.messages import Key, tr
from app.services.pricing.desk import RatesOverview
from app.services.pricing.sources import Origin
from app.services.pricing.team_settings import NAMES, SHARES
from app.views.context import ViewContext
from app.views.importing.save_file import ask_files
from app.views.language import language, say
from app.views.listings.plain_table import dress_table
from app.views.notices import Offer
from app.views.rechecking import recheck_beside
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

PARTS = (
    ("rates", "rates.part.rates", ""),
    ("commissions", "rates.part.commissions", ""),
    ("team", "rates.part.team", ""),
)
ID = Qt.ItemDataRole.UserRole
SETTLE_MS = 2_000
"""After the last of several changes listings are checked anew once for all of them."""


class RatesDialog(Dialog):
    """Every entry is stored at once as a change that can be undone; figures and findings follow in the background."""

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("rates.title", parent, size=QSize(780, 600))
        self._context, self._desk = context, context.services.pricing
        self.part, self.pages = Segments(PARTS), QStackedWidget()
        self.rate, self.currency, self.day = QLineEdit(), QLineEdit("USD"), QLineEdit()
        self.category, self.share = QLineEdit(), QLineEdit()
        self.rates = _table(("rates.currency", "rates.rate", "rates.day", "rates.source"))
        self.commissions = _table(("rates.category", "rates.name", "rates.share", "rates.day", "rates.source"))
        self.team = {name: QLineEdit() for name in NAMES}
        self.origins = {name: Label(role="small", ink="text3") for name in NAMES}
        self.problem = Label(ink="red", wrap=True)
        self._touched: list[Any] = []
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._recheck)
        self._build()
        self.part.chosen.connect(self._show_part)
        self.read()

    def _build(self) -> None:
        whole = column(self.body, edges=16, gap=10)
        whole.addWidget(self.part)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.problem)
        self.enter = self._page(
            (("rates.currency", self.currency), ("rates.rate", self.rate), ("rates.from_day", self.day)),
            "rates.enter",
            self.enter_rate,
            self.rates,
        )
        self.set = self._page(
            (("rates.category", self.category), ("rates.share", self.share)),
            "rates.set",
            self.set_commission,
            self.commissions,
        )
        self._team_page()
        self.from_file = Button("rates.import", icon_name="table-import")
        self.from_file.clicked.connect(
            lambda: ask_files(self, "rates.import", lambda files: self.import_file(files[0]))
        )
        self.remove = Button("rates.remove", icon_name="trash")
        self.remove.clicked.connect(self.remove_chosen)
        close = Button("dialog.close", kind="primary")
        close.clicked.connect(self.accept)
        for button in (self.remove, self.from_file, close):
            button.setAutoDefault(False)  # Enter keeps what is typed, and does not close
            self.footer.row.addWidget(button)
        self.hint.say("rates.hint")
        self.day.setPlaceholderText("YYYY-MM-DD")

    def _page(
        self, fields: Sequence[tuple[str, QLineEdit]], verb: str, act: Callable[[], None], table: QTableWidget
    ) -> Button:
        """Fields with their button above a table."""
        page = Ground("surface")
        lines: QVBoxLayout = column(page, gap=10)
        entry = row(gap=12)
        for key, field in fields:
            entry.addWidget(Field(key, field), 1)
            field.returnPressed.connect(act)
        button = Button(verb, icon_name="plus")
        button.setAutoDefault(False)
        button.clicked.connect(act)
        entry.addWidget(button)
        lines.addLayout(entry)
        lines.addWidget(table, 1)
        self.pages.addWidget(page)
        return button

    def _team_page(self) -> None:
        page = Ground("surface")
        lines = column(page, gap=8)
        for name, field in self.team.items():
            lines.addWidget(Field(f"pricing.field.{name}", field, extra=self.origins[name], is_wide=True))
            field.returnPressed.connect(self.save_team)
        self.save = Button("rates.save", icon_name="device-floppy")
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self.save_team)
        line = row(gap=0)
        line.addStretch(1)
        line.addWidget(self.save)
        lines.addLayout(line)
        lines.addStretch(1)
        self.pages.addWidget(page)

    def _show_part(self, key: str) -> None:
        self.pages.setCurrentIndex([one for one, _, _ in PARTS].index(key))
        self.remove.setEnabled(key != "team")

    # -- reading -----------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Show what is stored."""
        handle = self._context.runner.call(self._desk.overview, language.code)
        handle.succeeded.connect(self._show)
        handle.failed.connect(self._say)

    def retranslate(self) -> None:
        """Names of categories and sources in the new language; what is typed stays."""
        if hasattr(self, "save"):
            self.read()

    def _show(self, found: RatesOverview) -> None:
        rates = [(one.id, (one.currency, f"{one.rate.normalize():f}", *_told(one.origin))) for one in found.history]
        _fill(self.rates, rates)
        shares = []
        for one in sorted(found.commissions, key=lambda one: one.category_id):
            name = found.names.get(one.category_id, "") if one.category_id else tr("rates.all_others")
            shares.append((one.id, (one.category_id or "–", name, _percent(one.share), *_told(one.origin))))
        _fill(self.commissions, shares)
        for name, field in self.team.items():
            value = getattr(found.settings, name)
            if not field.isModified():
                field.setText(_percent(value) if name in SHARES else found.settings.text(name))
            day, source = _told(found.settings.origins[name])
            self.origins[name].setText(f"{source} · {day}")

    def _say(self, error: Exception) -> None:
        self.problem.tell(error)

    # -- entering ----------------------------------------------------------------------------------------------

    def enter_rate(self) -> None:
        """Keep the rate that is typed."""
        self._store(self._desk.enter_rate, self.rate.text(), self.currency.text(), self.day.text())

    def set_commission(self) -> None:
        """Keep the commission that is typed."""
        self._store(self._desk.set_commission, self.category.text(), self.share.text())

    def save_team(self) -> None:
        """Keep the team's numbers."""
        self._store(self._desk.change_settings, {name: field.text() for name, field in self.team.items()})

    def import_file(self, path: Path) -> None:
        """Rates or commissions of a sheet."""
        self._store(self._desk.import_sheet, path)

    def remove_chosen(self) -> None:
        """Take the rate of the current row away, or a category's own commission."""
        table = self.rates if self.part.current == "rates" else self.commissions
        item = table.item(table.currentRow(), 0)
        if item is None or not item.data(ID):
            self.problem.say("rates.nothing_chosen")
        elif table is self.rates:
            self._store(self._desk.remove_rate, item.data(ID))
        else:
            self._store(self._desk.set_commission, "" if item.text() == "–" else item.text(), "")

    def _store(self, call: Callable[..., Any], *args: Any) -> None:
        self.problem.setText("")
        handle = self._context.runner.call(call, *args)
        handle.succeeded.connect(self._on_stored)
        handle.failed.connect(self._say)

    def _on_stored(self, change: Any) -> None:
        changes = change if isinstance(change, list) else [change]
        if not any(changes):
            self.problem.say("rates.same")
            return
        for field in (self.rate, self.share):
            field.clear()
        for field in self.team.values():
            field.setModified(False)
        self._touched += changes
        self._settling.start()
        self._context.changes.tell({"change"})
        self._context.notices.toast("rates.stored", tone="green", offer=self._way_back())
        self.read()

    def _recheck(self) -> None:
        """Check by what is stored now, if the price guard looks at it: a job that outlives the dialog."""
        self._settling.stop()
        changes, self._touched = self._touched, []
        if not changes:
            return
        context = self._context
        handle = context.runner.call(context.services.guard.recheck_call_after, changes)
        handle.succeeded.connect(lambda call: recheck_beside(context, call, "rates.job") if call else None)

    def done(self, result: int) -> None:
        """What was changed is checked by now, if it was not yet."""
        self._recheck()
        super().done(result)

    def _way_back(self) -> Offer | None:
        actions = self._context.actions
        return None if actions is None else Offer("action.undo", actions["undo"].trigger, shortcut="Ctrl+Z")


def _told(origin: Origin) -> tuple[str, str]:
    shown = origin.shown
    return origin.as_of or "–", tr(shown) if isinstance(shown, Key) else shown


def _percent(share: Any) -> str:
    return f"{(share * 100).normalize():f} %"


def _table(heads: Sequence[str]) -> QTableWidget:
    table = QTableWidget(0, len(heads))
    dress_table(table)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setProperty("heads", list(heads))
    say(table, "rates.title", "accessibleName")
    return table


def _fill(table: QTableWidget, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Rows with their id; the heads are said in the language of now."""
    table.setHorizontalHeaderLabels([tr(key) for key in table.property("heads")])
    table.setRowCount(len(rows))
    for at, (number, texts) in enumerate(rows):
        for place, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if place == 0:
                item.setData(ID, number)
            table.setItem(at, place, item)
