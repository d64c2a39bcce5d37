"""Settings that are not about looks: pace, how far back, gateways, proxy, trace, and where the data lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.messages import tr
from app.services.roles import Role
from app.views.context import ViewContext
from app.views.settings_connection import ConnectionSettings
from app.views.settings_guard import GuardSettingsPart
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label

LIMITS = {
    "parallel_calls": (1, 32),
    "calls_per_s": (0, 1000),
    "order_days": (1, 180),
    "token_warn_days": (0, 60),
    "tables_hours": (1, 720),
    "callback_port": (1024, 65535),
}
"""Smallest and largest value; 0 calls a second stands for the platform's own limit."""
SEPARATORS = (",", ";", "|", "，", "；")
"""Between merchant codes in a data package; `Settings` takes no others."""
HOSTS_HEIGHT = 76
"""Three lines and a little more: who has more hosts scrolls."""


class SettingsDialog(Dialog):
    """Reads the settings of the data folder, stores them on Save; a value that makes no sense cannot be entered."""

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("settings.dialog", parent, size=QSize(640, 690))
        self._context = context
        self.numbers = {name: QSpinBox(minimum=low, maximum=high) for name, (low, high) in LIMITS.items()}
        self.separator = QComboBox()
        self.separator.addItems(SEPARATORS)
        self.hosts = QPlainTextEdit()
        self.hosts.setFixedHeight(HOSTS_HEIGHT)
        self.folder = ElidedLabel(ink="text2", middle=True)
        self.connection = ConnectionSettings(context)
        self.guard = GuardSettingsPart(context)
        lines = self._scrolled()
        for name, box in self.numbers.items():
            lines.addWidget(Field(f"settings.{name}", box, is_wide=True))
        lines.addWidget(Field("settings.code_separator", self.separator, is_wide=True))
        lines.addWidget(Field("settings.gateway_hosts", self.hosts, is_wide=True))
        lines.addWidget(Label("settings.gateway_hosts_hint", role="small", ink="text2", wrap=True))
        lines.addWidget(self.guard)
        lines.addWidget(self.connection)
        place = row(gap=8)
        place.addWidget(Label("settings.data_folder", role="small", ink="text2"))
        place.addWidget(self.folder, 1)
        self.open_folder = Button("settings.open_folder", icon_name="folder-open", kind="small")
        self.open_folder.clicked.connect(self._open_folder)
        place.addWidget(self.open_folder)
        lines.addLayout(place)
        lines.addStretch(1)
        self.hint.say("settings.hint")
        self.retranslate()
        self.primary = self.add_buttons("settings.save")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.save)
        self._load()

    def _scrolled(self) -> QVBoxLayout:
        """Where the fields go: all of them fit a large window, none is cut off in a small one."""
        area, held = QScrollArea(), Ground("surface")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(held)
        column(self.body).addWidget(area)
        lines = column(held, gap=8)
        lines.setContentsMargins(20, 16, 20, 16)
        return lines

    def _load(self) -> None:
        handle = self._context.runner.call(self._context.services.settings)
        handle.succeeded.connect(self._show)
        handle.failed.connect(lambda error: self.hint.tell(error))

    def _show(self, settings: Any) -> None:
        for name, box in self.numbers.items():
            box.setValue(getattr(settings, name) or 0)
        self.separator.setCurrentText(settings.code_separator)
        self.hosts.setPlainText("\n".join(settings.gateway_hosts))
        self.connection.show_settings(settings)
        self.guard.role.choose(settings.role)
        self.guard.load()
        self.folder.setText(str(self._context.services.data_dir))

    def retranslate(self) -> None:
        """What stands in place of 0."""
        if hasattr(self, "numbers"):
            self.numbers["calls_per_s"].setSpecialValueText(tr("settings.platform_limit"))

    def save(self) -> None:
        """Store what stands in the fields."""
        values: dict[str, Any] = {name: box.value() for name, box in self.numbers.items()}
        values |= self.connection.values
        values["code_separator"] = self.separator.currentText()
        values["calls_per_s"] = values["calls_per_s"] or None
        values["gateway_hosts"] = tuple(line.strip() for line in self.hosts.toPlainText().splitlines() if line.strip())
        values["role"] = self.guard.role.value or Role.SUPERVISOR
        handle = self._context.runner.call(self._context.services.store_settings, values, self.guard.typed())
        handle.succeeded.connect(lambda _: self._on_stored())
        handle.failed.connect(lambda error: self.hint.tell(error))

    def _on_stored(self) -> None:
        self.guard.recheck_if_changed()
        self.accept()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self.folder.text()))))
