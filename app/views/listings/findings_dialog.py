"""Findings grouped by rule: how many, in which listings, and the remedy for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedWidget, QTableView, QWidget

from app.messages import tr
from app.services.compliance.findings import group_text
from app.services.listings.findings_overview import Chosen, RuleCount
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.language import say
from app.views.listings.finding_rules import COLUMNS, RULE, RuleCells, RuleRows
from app.views.listings.plain_table import dress_table
from app.views.task_runner import TaskHandle
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.label import Label
from app.views.widgets.state_pane import StatePane

WIDTHS = {"severity": 116, "listings": 84, "count": 84, "remedy": 250}


class FindingsDialog(Dialog):
    """Non-modal: the table stays in view and shows what is chosen here. It counts anew when listings change.

    Args:
        chosen: ids of listings, or the filter itself.
        count: how many that is, for the title.

    Emits:
        show_wanted: the `RuleCount` whose listings are to be shown in the table.
        fix_wanted: the one whose remedy is to be previewed, or whose words are to be replaced.
    """

    show_wanted = Signal(object)
    fix_wanted = Signal(object)

    def __init__(self, context: ViewContext, chosen: Chosen, count: int, parent: QWidget) -> None:
        super().__init__("findings.title", parent, size=QSize(860, 560), n=count)
        self._context, self.chosen = context, chosen
        self.model = RuleRows(self)
        self.table = QTableView()
        self.state = StatePane()
        self.summary = Label(role="small", ink="text2", wrap=True)
        self.show_button = Button("findings.show_none", kind="")
        self._counting: TaskHandle | None = None
        self._build()
        self._connect()
        self.count()

    def _build(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.state)
        whole = column(self.body, gap=0)
        self.summary.setContentsMargins(14, 10, 14, 10)
        whole.addWidget(self.summary)
        whole.addWidget(self._stack, 1)
        dress_table(self.table)
        self.table.setItemDelegate(RuleCells(self.table))
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.primary = self.add_buttons("findings.fix_none", cancel_key="dialog.close")
        self.primary.clicked.disconnect()
        self.footer.row.insertWidget(2, self.show_button)
        say(self.table, "findings.table", "accessibleName")

    def _connect(self) -> None:
        self.primary.clicked.connect(lambda: self._tell(self.fix_wanted))
        self.show_button.clicked.connect(lambda: self._tell(self.show_wanted))
        self.table.doubleClicked.connect(lambda _: self._tell(self.show_wanted))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())
        self.state.acted.connect(self.count)
        self._context.changes.happened.connect(self._on_change)

    # -- counting ----------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Ask for the counts anew; the rows in view stay meanwhile."""
        if not self.model.rules:
            self._stack.setCurrentWidget(self.state)
            self.state.show_working("shield-check", "findings.counting")
            self._show_current()
        self._stop()
        handle = self._counting = self._context.runner.start(self._context.services.listings.rules, self.chosen)
        handle.progressed.connect(lambda progress: self.state.show_progress(tr("findings.sorting"), progress))
        handle.succeeded.connect(lambda rules: self._on_counted(handle, rules))
        handle.failed.connect(lambda error: self._on_failed(handle, error))

    def _stop(self) -> None:
        """An older question's answer is not awaited any more."""
        if self._counting is not None:
            self._counting.cancel()
        self._counting = None

    @property
    def is_counting(self) -> bool:
        """Whether an answer is awaited."""
        return self._counting is not None

    def _on_change(self, tables: frozenset[str]) -> None:
        if "listing" in tables and self.isVisible():
            self.count()

    def _on_counted(self, handle: TaskHandle, rules: Sequence[RuleCount]) -> None:
        if handle is not self._counting:
            return
        self._counting = None
        before = self.current
        self.model.show_rules(rules)
        self._fit_columns()
        self.summary.say("findings.summary", n=len(rules), count=sum(rule.count for rule in rules))
        self.summary.setVisible(bool(rules))
        if not rules:
            self._stack.setCurrentWidget(self.state)
            self.state.show_problem("findings.none", tr("findings.none_detail"), icon="circle-check")
        else:
            self._stack.setCurrentWidget(self.table)
            codes = [rule.code for rule in rules]
            at = codes.index(before.code) if before is not None and before.code in codes else 0
            self.table.selectRow(at)
            if before is None:
                self.table.setFocus()
        self._show_current()

    def _on_failed(self, handle: TaskHandle, error: Exception) -> None:
        if handle is not self._counting:
            return
        self._counting = None
        self.model.show_rules(())
        self._stack.setCurrentWidget(self.state)
        self.state.show_problem("findings.not_counted", sentence(error), "empty.retry")
        self._show_current()

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def current(self) -> RuleCount | None:
        """The chosen rule."""
        at = self.table.currentIndex().row()
        return self.model.rules[at] if 0 <= at < len(self.model.rules) else None

    def _show_current(self) -> None:
        """The buttons count what they act on, and say why they cannot be pressed."""
        rule = self.current
        n = rule.listings if rule is not None else 0
        say(self.show_button, "findings.show" if rule else "findings.show_none", n=n)
        self.show_button.setEnabled(rule is not None)
        remedy = rule.remedy if rule is not None else ""
        say(self.primary, {"fix": "findings.fix", "replace": "findings.replace", "": "findings.fix_none"}[remedy], n=n)
        self.primary.setEnabled(bool(remedy))
        say(self.primary, "findings.fix_tip" if remedy else "findings.no_remedy_tip", "toolTip")
        if rule is not None:
            self.hint.say(f"findings.hint.{remedy or 'none'}", rule=group_text(rule.code))

    def _fit_columns(self) -> None:
        theme = current_theme()
        for at, name in enumerate(COLUMNS):
            if name in WIDTHS:
                self.table.setColumnWidth(at, theme.height(WIDTHS[name]))
        self.table.horizontalHeader().setSectionResizeMode(RULE, QHeaderView.ResizeMode.Stretch)

    def _tell(self, signal: Signal) -> None:
        if (rule := self.current) is not None:
            signal.emit(rule)

    def retranslate(self) -> None:
        """Names of rules in the new language."""
        if hasattr(self, "_stack"):
            self.model.layoutChanged.emit()
            self._show_current()

    def restyle(self) -> None:
        """Columns as wide as the text size asks for."""
        if hasattr(self, "_stack"):
            self._fit_columns()
            self.table.verticalHeader().setDefaultSectionSize(current_theme().height(28))

    def done(self, result: int) -> None:
        """Stop counting."""
        self._stop()
        super().done(result)
