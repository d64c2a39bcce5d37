"""What a freight workbook would change, and its refused cells, before anything is stored."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.freight.sheet_storing import FreightImport
from app.views.freight.text_table import TextRows, TextTable
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.label import Label

HEADS = ("what", "kind", "name", "why")
WIDTHS = (90, 110, 220, 300)


class FreightImportDialog(Dialog):
    """Refused cells first, then what is new, changed and the same; accepted when it is to be stored."""

    def __init__(self, found: FreightImport, parent: QWidget) -> None:
        super().__init__("freight.import.title", parent, size=QSize(860, 560), file=found.file)
        self._found = found
        self.model = TextRows(lambda: [tr(f"freight.import.{name}") for name in HEADS])
        self.model.tone = lambda line, at: "red" if line < len(found.errors) and at in (0, 3) else ""
        self.model.show_rows(_rows(found))
        self.table = TextTable(self.model, WIDTHS, "freight.import.table", len(HEADS) - 1)
        counts = {"new": found.count("new"), "changed": found.count("changed"), "same": found.count("same")}
        summary = Label("freight.import.summary", ink="text2", wrap=True, refused=len(found.errors), **counts)
        summary.setContentsMargins(14, 10, 14, 10)
        whole = column(self.body)
        whole.addWidget(summary)
        whole.addWidget(self.table, 1)
        self.hint.say("freight.import.hint")
        n = counts["new"] + counts["changed"]
        self.primary = self.add_buttons("freight.import.apply" if n else "freight.import.nothing", n=n)
        self.primary.setEnabled(bool(n))

    def retranslate(self) -> None:
        """Reasons and kinds in the new language."""
        if hasattr(self, "model"):
            self.model.show_rows(_rows(self._found))


def _rows(found: FreightImport) -> list[tuple[str, str, str, str]]:
    refused = tr("freight.import.refused")
    errors = [(refused, one.sheet, one.value or "–", one.sentence()) for one in found.errors]
    parts = sorted(found.parts, key=lambda one: one.what == "same")
    kinds = [(tr(f"freight.import.{one.what}"), tr(f"freight.import.kind.{one.kind}"), one.name, "–") for one in parts]
    return [*errors, *kinds]
