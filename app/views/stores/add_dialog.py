"""Connecting a store, or signing one in again: with the browser, with pasted tokens, or by shared codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.messages import tr
from app.services.errors import AppError
from app.services.stores.shared_codes import PastedCode, without_codes
from app.services.stores.signing_in import AppKey, SharedOutcome, SignInPlan
from app.views.context import ViewContext
from app.views.language import say
from app.views.stores.code_list import CodeList, CodeMask
from app.views.task_runner import TaskHandle
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

GATEWAY = "https://api-sg.aliexpress.com"
SECRETS = ("app_key", "app_secret", "access_token", "refresh_token")
BROWSER, TOKENS, SHARED = "browser", "tokens", "shared"
SHOWN = {
    BROWSER: {"name", "gateway", "app_key", "app_secret"},
    TOKENS: {"name", "gateway", *SECRETS},
    SHARED: {"gateway", "app_key", "app_secret"},
}
READ_AFTER_MS = 200


class AddStoreDialog(Dialog):
    """One form, three ways. A refusal stands in the dialog, nothing typed is lost; while the browser is open, Cancel
    takes the sign-in back.

    Args:
        way: `browser`, `tokens` or `shared`.
        store: the store to sign in again, None for a new one.

    Emits:
        added: the store's record; once for every store.
    """

    added = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget, way: str = BROWSER, store: Any = None) -> None:
        title = "stores.add.title" if store is None else "stores.add.again_title"
        super().__init__(title, parent, size=QSize(620, 520), name="" if store is None else store.name)
        self._context, self._store, self._desk = context, store, context.services.store_desk
        self._handle: TaskHandle | None = None
        self._url = ""
        ways = (BROWSER, TOKENS, SHARED) if store is None else (BROWSER, TOKENS)
        self.ways = Segments([(key, f"stores.way.{key}", "") for key in ways])
        self.name, self.gateway = QLineEdit(), QLineEdit(GATEWAY if store is None else store.gateway)
        self.secrets = {name: QLineEdit() for name in SECRETS}
        self.codes = QPlainTextEdit()
        self.preview = CodeList()
        self.problem = Label(ink="red", wrap=True)
        self.intro, self.lender = Label(ink="text2", wrap=True), Label(role="small", ink="text2", wrap=True)
        self.callback, self.waiting = Label(role="small", ink="text2", wrap=True), Label(ink="text", wrap=True)
        self.open_again = Button("stores.add.open_again", icon_name="external-link", kind="small")
        self.copy_address = Button("stores.add.copy_address", icon_name="copy", kind="small")
        self._read_later = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._build(way)

    def _build(self, way: str) -> None:
        lines = column(self.body, gap=8)
        lines.setContentsMargins(20, 16, 20, 16)
        line = row()
        line.addWidget(self.ways)
        line.addStretch(1)
        lines.addLayout(line)
        lines.addWidget(self.intro)
        self.fields = {
            "name": Field("stores.add.name", self.name),
            "gateway": Field("stores.add.gateway", self.gateway),
        }
        for name, box in self.secrets.items():
            if name != "app_key":
                box.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
            self.fields[name] = Field(f"stores.add.{name}", box)
        self.codes.setTabChangesFocus(True)
        self.mask = CodeMask(self.codes.document())
        self.codes.setMinimumHeight(84)
        for widget in (*self.fields.values(), self.lender, self.callback, self.codes, self.preview, self.waiting):
            lines.addWidget(widget, 1 if widget is self.preview else 0)
        buttons = row()
        for button in (self.open_again, self.copy_address):
            buttons.addWidget(button)
        buttons.addStretch(1)
        lines.addLayout(buttons)
        lines.addWidget(self.problem)
        lines.addStretch(1)
        self.primary = self.add_buttons("stores.add.verb")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.add)
        self._connect()
        self.ways.set_current(way)
        self.show_way(way)

    def _connect(self) -> None:
        self.ways.chosen.connect(self.show_way)
        self.gateway.editingFinished.connect(self._ask_lender)
        self.codes.textChanged.connect(self._read_later.start)
        self._read_later.timeout.connect(self.read_codes)
        self.open_again.clicked.connect(lambda: self._open(self._url))
        self.copy_address.clicked.connect(self._copy_callback)
        self.rejected.connect(self._cancel)
        handle = self._context.runner.call(self._desk.callback_address)
        handle.succeeded.connect(lambda address: self.callback.say("stores.add.callback", address=address))
        handle.failed.connect(self._on_failed)
        self._ask_lender()

    @property
    def way(self) -> str:
        """The chosen way."""
        return self.ways.current

    def show_way(self, way: str) -> None:
        """Show the fields of *way*; what was typed stays for the others."""
        shown = SHOWN[way] - ({"name", "gateway"} if self._store is not None else set())
        for name, field in self.fields.items():
            field.setVisible(name in shown)
        for widget in (self.codes, self.preview):
            widget.setVisible(way == SHARED)
        self.callback.setVisible(way == BROWSER)
        self.copy_address.setVisible(way == BROWSER)
        self.lender.setVisible(way != TOKENS and bool(self.lender.text()))
        self.waiting.hide()
        self.open_again.hide()
        self.problem.hide()
        self.intro.say(f"stores.add.intro_{way}")
        self.hint.say(f"stores.add.hint_{way}")
        self._say()
        typed_first = next(field.control for name, field in self.fields.items() if name in shown)
        (self.codes if way == SHARED else typed_first).setFocus()

    def _say(self) -> None:
        n = len(self.preview.good)
        if self.way == SHARED:
            say(self.primary, "stores.add.verb_shared" if n else "stores.add.verb_no_code", n=n)
        elif self.way == BROWSER:
            say(self.primary, "stores.add.verb_browser")
        else:
            say(self.primary, "stores.add.verb" if self._store is None else "stores.action.sign_in")
        self.primary.setEnabled(self._handle is None and (self.way != SHARED or n > 0))

    # -- doing it ----------------------------------------------------------------------------------------------

    def add(self) -> None:
        """Do what the chosen way asks for."""
        if self._handle is not None:
            return
        self.problem.hide()
        {BROWSER: self._add_by_browser, TOKENS: self._add_by_tokens, SHARED: self._add_shared}[self.way]()
        self._say()

    def _add_by_tokens(self) -> None:
        typed = {name: box.text().strip() for name, box in self.secrets.items()}
        if self._store is None:
            work = (self._desk.add_by_tokens, self.name.text(), self.gateway.text().strip(), typed)
        else:
            work = (self._desk.sign_in_by_tokens, self._store.id, typed)
        self._watch(self._context.runner.call(*work), self._on_added)

    def _add_by_browser(self) -> None:
        store_id = None if self._store is None else self._store.id
        plan = SignInPlan(self.name.text(), self.gateway.text().strip(), self._app_key(), store_id=store_id)
        self._watch(self._context.runner.start(self._desk.sign_in_by_browser, plan, self._open), self._on_added)

    def _add_shared(self) -> None:
        good = self.preview.good
        handle = self._context.runner.start(self._desk.add_shared, self.gateway.text().strip(), good, self._app_key())
        self._watch(handle, self._on_shared)

    def _app_key(self) -> AppKey:
        return AppKey(self.secrets["app_key"].text().strip(), self.secrets["app_secret"].text().strip())

    def _watch(self, handle: TaskHandle, on_done: Any) -> None:
        self._handle = handle
        self.ways.setEnabled(False)
        handle.finished.connect(self._on_finished)
        handle.succeeded.connect(on_done)
        handle.failed.connect(self._on_failed)

    def _on_finished(self) -> None:
        self._handle = None
        self.ways.setEnabled(True)
        self.waiting.hide()
        self.open_again.hide()
        self._say()

    def _on_added(self, store: object) -> None:
        self.added.emit(store)
        self.accept()

    def _on_shared(self, outcomes: Sequence[SharedOutcome]) -> None:
        """Added ones leave the text; refused ones stay with their reason, to be put right and sent again."""
        self.preview.show_outcomes(outcomes)
        self._forget_redeemed(outcomes)
        for outcome in outcomes:
            if outcome.store is not None:
                self.added.emit(outcome.store)
        refused = sum(outcome.error is not None for outcome in outcomes)
        if not refused and not self.preview.bad:
            self.accept()
        elif refused:
            self.problem.say("stores.add.some_refused", n=refused, added=len(outcomes) - refused)
            self.problem.show()

    def _forget_redeemed(self, outcomes: Sequence[SharedOutcome]) -> None:
        """A code works once, and opens somebody's store: a redeemed one does not stay in the box. The lines below
        keep what became of it."""
        redeemed = {outcome.pasted.code for outcome in outcomes if outcome.store is not None}
        self.codes.blockSignals(True)  # the text is not read again: the lines would lose the added ones
        self.codes.setPlainText(without_codes(self.codes.toPlainText(), redeemed))
        self.codes.document().clearUndoRedoStacks()
        self.codes.blockSignals(False)

    def _on_failed(self, error: Exception) -> None:
        self.problem.tell(error)
        self.problem.show()

    def _cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    # -- the browser -------------------------------------------------------------------------------------------

    def _open(self, url: str) -> None:
        """Open the platform's page; if no browser comes, its address can be copied."""
        self._url = url
        self.waiting.say("stores.add.waiting")
        self.waiting.show()
        self.open_again.show()
        QDesktopServices.openUrl(QUrl(url))

    def _copy_callback(self) -> None:
        handle = self._context.runner.call(self._desk.callback_address)
        handle.succeeded.connect(QGuiApplication.clipboard().setText)

    def _ask_lender(self) -> None:
        store_id = None if self._store is None else self._store.id
        handle = self._context.runner.call(self._desk.lender, self.gateway.text().strip(), store_id)
        handle.succeeded.connect(self._show_lender)

    def _show_lender(self, name: str) -> None:
        self.lender.setText(tr("stores.add.lender", name=name) if name else "")
        self.lender.setVisible(bool(name) and self.way != TOKENS)

    # -- shared codes ------------------------------------------------------------------------------------------

    def read_codes(self) -> None:
        """Show what is recognised in the pasted text."""
        self._read_later.stop()
        found: Sequence[PastedCode] = ()
        text = self.codes.toPlainText()
        try:
            found = self._desk.read_codes(text) if text.strip() else ()
            self.problem.hide()
        except AppError as error:
            self._on_failed(error)
        self.preview.show_codes(found)
        self._say()
