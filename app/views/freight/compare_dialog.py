"""Two templates side by side, country by country."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QWidget

from app.messages import tr
from app.services.freight.comparing import Difference, differing
from app.services.freight.finding import Named
from app.services.freight.quoting import shown_usd
from app.services.warehouses.countries import countries
from app.views.context import ViewContext
from app.views.freight.text_table import TextRows, TextTable
from app.views.language import language, say
from app.views.listings.bulk_edit.parts import OptionBox
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label

WIDTHS = (160, 330, 80, 330, 80)
HEADS = ("country", "left", "left_usd", "right", "right_usd")


class CompareDialog(Dialog):
    """What buyers pay by each of two templates. Args: names: templates to choose from; chosen: ids to begin with."""

    def __init__(
        self, context: ViewContext, names: Sequence[Named], parent: QWidget, chosen: Sequence[int] = ()
    ) -> None:
        super().__init__("freight.compare.title", parent, size=QSize(1080, 700))
        self._context = context
        self._names = {f"{one.kind}:{one.id}": one for one in names if one.tariff is None}
        self._found: list[Difference] = []
        self.left, self.right = OptionBox(), OptionBox()
        self.only = QCheckBox()
        say(self.only, "freight.compare.only")
        self.only.setChecked(True)
        self.model = TextRows(self._heads, (2, 4))
        self.table = TextTable(self.model, WIDTHS, "freight.compare.title", 3)
        bar = row(gap=8)
        bar.setContentsMargins(12, 8, 12, 8)
        for box, key in ((self.left, "freight.compare.left"), (self.right, "freight.compare.right")):
            box.show_named(
                [(id, f"{one.name} · {one.store or tr('freight.named.local')}") for id, one in self._names.items()]
            )
            box.setMinimumContentsLength(24)
            say(box, key, "accessibleName")
            bar.addWidget(Label(key, role="small", ink="text2"))
            bar.addWidget(box)
            box.chosen.connect(lambda _: self.compare())
        bar.addStretch(1)
        bar.addWidget(self.only)
        whole = column(self.body)
        whole.addLayout(bar)
        whole.addWidget(self.table, 1)
        self.detail = Label(ink="text2", wrap=True)
        self.detail.setContentsMargins(14, 8, 14, 8)
        whole.addWidget(self.detail)
        self.table.selectionModel().currentRowChanged.connect(lambda at, _: self._show_detail(at.row()))
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self.only.toggled.connect(lambda _: self._show())
        ids = list(self._names)
        wanted = [id for number in chosen for id in ids if id.endswith(f":{number}")]
        for box, id in zip((self.left, self.right), [*wanted, *(id for id in ids if id not in wanted)], strict=False):
            box.choose(id)
        self.compare()

    def compare(self) -> None:
        """Compute it away from the window."""
        left, right = (self._names.get(box.value or "") for box in (self.left, self.right))
        if left is None or right is None:
            self.hint.say("freight.compare.choose")
            return
        handle = self._context.runner.call(self._context.services.freight.compare, left, right)
        handle.succeeded.connect(self._on_compared)
        handle.failed.connect(lambda error: self.hint.tell(error))

    def _on_compared(self, found: list[Difference]) -> None:
        self._found = found
        self._show()

    def _show_detail(self, line: int) -> None:
        """Both sides of the current row in full."""
        if 0 <= line < len(self.model.rows):
            country, left, _, right, _ = self.model.rows[line]
            self.detail.setText(f"{country}\n← {left}\n→ {right}")

    def _show(self) -> None:
        rows = differing(self._found) if self.only.isChecked() else self._found
        at = max(0, self.table.currentIndex().row())
        self.model.tone = lambda line, at: "amber" if at == 0 and not rows[line].is_same else ""
        self.model.show_rows(
            [
                (
                    f"{countries().name(one.country, language.code)} ({one.country})",
                    one.left.text().replace("\n", " / "),
                    shown_usd(one.left.buyer_usd) or "–",
                    one.right.text().replace("\n", " / "),
                    shown_usd(one.right.buyer_usd) or "–",
                )
                for one in rows
            ]
        )
        self.detail.setText("")
        if rows:
            self.table.setCurrentIndex(self.model.index(min(at, len(rows) - 1), 0))
        self.hint.say("freight.compare.found", n=len(differing(self._found)), total=len(self._found))

    def retranslate(self) -> None:
        """Countries and rules in the new language."""
        if getattr(self, "_found", None):
            self._show()
            self.compare()

    def _heads(self) -> list[str]:
        return [tr(f"freight.compare.{name}") for name in HEADS]
