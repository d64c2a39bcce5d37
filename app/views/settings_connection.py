"""The part of the settings about the way to the platform: proxy with its test, and the trace for support."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from app.messages import tr
from app.services.stores.wire_check import BAD, Line, WireReport
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import saving_dialog
from app.views.language import say
from app.views.widgets.buttons import Button
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

LOOK_AFTER_MS = 250
ARCHIVE = ("Zip (*.zip)", ".zip")


class ConnectionSettings(Ground):
    """Proxy and trace. A wrong address is said at the field while it is typed, and is not stored."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._context = context
        self.proxy = QLineEdit()
        self.test = Button("settings.proxy_test", icon_name="plug-connected", kind="small")
        self.proxy_field = Field("settings.proxy", self.proxy, extra=self.test, is_wide=True)
        self.in_use = Label(role="small", ink="text2", wrap=True)
        self.found = Label(role="small", wrap=True)
        self.trace = QCheckBox()
        self.export = Button("settings.trace_export", icon_name="table-export", kind="small")
        self.exported = Label(role="small", ink="text2", wrap=True)
        self._look_later = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._asked = 0
        self._line: Line | None = None
        self._verdict: WireReport | None = None
        self._build()

    def _build(self) -> None:
        lines = column(self, gap=6)
        lines.addWidget(self.proxy_field)
        for label in (self.in_use, self.found):
            lines.addWidget(label)
        lines.addWidget(Label("settings.proxy_hint", role="small", ink="text2", wrap=True))
        line = row(gap=8)
        line.addWidget(self.trace)
        line.addStretch(1)
        line.addWidget(self.export)
        lines.addLayout(line)
        lines.addWidget(self.exported)
        lines.addWidget(Label("settings.trace_hint", role="small", ink="text2", wrap=True))
        say(self.trace, "settings.http_trace")
        self.found.hide()
        self.exported.hide()
        self.proxy.textChanged.connect(self._on_typed)
        self._look_later.timeout.connect(self.look)
        self.test.clicked.connect(self.try_proxy)
        self.export.clicked.connect(self._ask_where)

    def show_settings(self, settings: Any) -> None:
        """Fill the fields."""
        self.proxy.setText(settings.proxy)
        self.trace.setChecked(settings.http_trace)
        self.look()

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields, by the settings' names."""
        return {"proxy": self.proxy.text().strip(), "http_trace": self.trace.isChecked()}

    def retranslate(self) -> None:
        """What was found, in the language in force."""
        if getattr(self, "_line", None) is not None:
            self._show_line(self._line)
        if getattr(self, "_verdict", None) is not None and not self.found.isHidden():
            self._show_report(self._verdict)

    # -- the proxy ---------------------------------------------------------------------------------------------

    def _on_typed(self) -> None:
        self.found.hide()
        self._look_later.start()

    def look(self) -> None:
        """Say which proxy this would be, or what is wrong with it."""
        self._asked += 1
        asked = self._asked
        handle = self._context.runner.call(self._context.services.proxy_line, self.proxy.text())
        handle.succeeded.connect(lambda line: self._show_line(line) if asked == self._asked else None)
        handle.failed.connect(lambda error: self.in_use.tell(error))

    def _show_line(self, line: Line) -> None:
        self._line = line
        is_bad = line.level == BAD
        self.proxy_field.show_problem(line.text if is_bad else "")
        self.in_use.setVisible(not is_bad)
        self.in_use.setText(tr("settings.proxy_in_use", proxy=line.text))
        self.test.setEnabled(not is_bad)

    def try_proxy(self) -> None:
        """Go the whole way to the platform through what stands in the field."""
        self.test.setEnabled(False)
        self._verdict = None
        self._show_found(tr("settings.proxy_testing"), "text2")
        handle = self._context.runner.start(self._context.services.check_wire, self.proxy.text())
        handle.succeeded.connect(self._show_report)
        handle.failed.connect(lambda error: self._show_found(sentence(error), "red"))
        handle.finished.connect(lambda: self.test.setEnabled(True))

    def _show_report(self, report: WireReport) -> None:
        self._verdict = report
        wrong = next((line for line in report.lines if line.level == BAD), None)
        if wrong is None:
            self._show_found(tr("settings.proxy_works"), "green")
        else:
            self._show_found(wrong.text, "red")

    def _show_found(self, text: str, ink: str) -> None:
        self.found.setText(text)
        self.found.set_look(ink=ink)
        self.found.show()

    # -- the trace ---------------------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        dialog: QFileDialog = saving_dialog(self, "settings.trace_export", *ARCHIVE)
        dialog.selectFile("shangjia-trace.zip")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Pack what was noted into *path*."""
        handle = self._context.runner.call(self._context.services.export_trace, path)
        handle.succeeded.connect(lambda n: self._show_exported(tr("settings.trace_exported", n=n, file=path.name)))
        handle.failed.connect(lambda error: self._show_exported(sentence(error)))

    def _show_exported(self, text: str) -> None:
        self.exported.setText(text)
        self.exported.show()
