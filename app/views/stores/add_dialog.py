"""Connecting a store with an app key, secret and tokens."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import column
from app.views.widgets.label import Label

GATEWAY = "https://api-sg.aliexpress.com"
SECRETS = ("app_key", "app_secret", "access_token", "refresh_token")


class AddStoreDialog(Dialog):
    """Asks for name, gateway and tokens; a refusal stands in the dialog, nothing typed is lost.

    Emits:
        added: the store's record.
    """

    added = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("stores.add.title", parent, size=QSize(560, 400))
        self._context = context
        self.name, self.gateway = QLineEdit(), QLineEdit(GATEWAY)
        self.secrets = {name: QLineEdit() for name in SECRETS}
        self.problem = Label(ink="red", wrap=True)
        lines = column(self.body, gap=8)
        lines.setContentsMargins(20, 16, 20, 16)
        lines.addWidget(Label("stores.add.intro", ink="text2", wrap=True))
        self.fields = {
            "name": Field("stores.add.name", self.name),
            "gateway": Field("stores.add.gateway", self.gateway),
        }
        for name, line in self.secrets.items():
            if name != "app_key":
                line.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
            self.fields[name] = Field(f"stores.add.{name}", line)
        for field in self.fields.values():
            lines.addWidget(field)
        lines.addWidget(self.problem)
        lines.addStretch(1)
        self.problem.hide()
        self.hint.say("stores.add.hint")
        self.primary = self.add_buttons("stores.add.verb")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.add)

    def add(self) -> None:
        """Store the tokens safely and connect."""
        self.primary.setEnabled(False)
        secrets = {name: line.text().strip() for name, line in self.secrets.items()}
        handle = self._context.runner.call(
            self._context.services.add_store, self.name.text(), self.gateway.text().strip(), secrets
        )
        handle.succeeded.connect(self._on_added)
        handle.failed.connect(self._on_failed)

    def _on_added(self, store: object) -> None:
        self.added.emit(store)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.problem.setText(sentence(error))
        self.problem.show()
        self.primary.setEnabled(True)
