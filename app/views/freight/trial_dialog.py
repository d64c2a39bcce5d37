"""The trial: goods, template and countries above, what each route costs and leaves below, as a table or the world."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from app.messages import tr
from app.services.errors import InputError
from app.services.freight.attributes import attributes, known_attributes
from app.services.freight.desk import Asked
from app.services.freight.finding import MOST_MONEY, Named, country_of, size_of
from app.services.freight.quoting import Parcel, best
from app.services.freight.subjects import TypedPrices
from app.services.freight.tax_limits import TaxVerdict
from app.services.freight.trial import COLUMNS, TrialRow, Verdict, cells, write_trial
from app.views.context import ViewContext
from app.views.freight.text_table import TextRows, TextTable
from app.views.freight.world import World, scrolled
from app.views.importing.save_file import SHEETS, saving_dialog
from app.views.language import say
from app.views.listings.bulk_edit.parts import OptionBox
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

SIZE = QSize(1240, 760)
FIELDS = (
    ("code", 120),
    ("weight", 64),
    ("pieces", 48),
    ("size", 96),
    ("attributes", 132),
    ("ships_from", 48),
    ("sale", 64),
    ("cost", 64),
    ("countries", 150),
)
WIDTHS = (92, 120, 92, 104, 96, 56, 68, 66, 82, 92, 100, 82, 66, 230)
TONES = {Verdict.FINE: "green", Verdict.LOSS: "red", Verdict.UNKNOWN: "amber", Verdict.NOT_SERVED: "text2"}
REPLACING = ("weight", "size", "sale", "cost")
"""Fields that take the place of what is known of a listing where they are filled."""
SIGNS = {
    Verdict.FINE: "circle-check",
    Verdict.LOSS: "alert-octagon",
    Verdict.UNKNOWN: "alert-triangle",
    Verdict.NOT_SERVED: "ban",
}
OWN = "own"
MEASURES = ("carrier", "buyer", "profit")
MOST_G = 100_000_000


class TrialDialog(Dialog):
    """Every change of a field is tried at once when Enter is pressed or the button.

    Args:
        names: templates and tariffs to choose from.
        chosen: id and kind of the one to begin with.
        listing_id: try the variants of this listing, by its own template first; what is typed of weight, size, price
            and cost takes the place of what is known of it.
    """

    def __init__(
        self,
        context: ViewContext,
        names: Sequence[Named],
        parent: QWidget,
        *,
        chosen: tuple[str, int] | None = None,
        listing_id: int | None = None,
    ) -> None:
        super().__init__("freight.trial.title", parent, size=SIZE)
        self._context, self._names, self._listing_id = context, list(names), listing_id
        self.rows: list[TrialRow] = []
        self._asked = 0
        self.named = OptionBox()
        self.fields = {name: QLineEdit() for name, _ in FIELDS}
        self.go = Button("freight.trial.go", icon_name="calculator", kind="primary")
        self.view = Segments([(key, f"freight.trial.{key}", "") for key in ("table", "world")])
        self.measure = OptionBox(lambda id: f"freight.world.{id}", MEASURES)
        self.export = Button("freight.trial.export", icon_name="table-export")
        self.model = TextRows(lambda: [tr(f"freight.trial.{name}") for name in COLUMNS], range(5, 13))
        self.table = TextTable(self.model, WIDTHS, "freight.trial.title", len(COLUMNS) - 1)
        self.world = World()
        self.stack = QStackedWidget()
        self._build()
        self._fill(chosen)
        self._connect()
        self.try_it()

    def _build(self) -> None:
        asked = Ground("bar", "bottom")
        flow = FlowLayout(asked)
        flow.setContentsMargins(12, 8, 12, 8)
        for name, widget in (("named", self.named), *((name, self.fields[name]) for name, _ in FIELDS)):
            part = QWidget()
            line = row(part, gap=6)
            label = Label(f"freight.trial.field.{name}", role="small", ink="text2")
            label.setBuddy(widget)
            say(widget, f"freight.trial.field.{name}", "accessibleName")
            line.addWidget(label)
            line.addWidget(widget)
            flow.addWidget(part)
        flow.addWidget(self.go)
        tools = row(gap=8)
        tools.setContentsMargins(12, 6, 12, 6)
        tools.addWidget(self.view)
        tools.addWidget(self.measure)
        tools.addStretch(1)
        tools.addWidget(self.export)
        self.stack.addWidget(self.table)
        self.stack.addWidget(scrolled(self.world))
        whole = column(self.body)
        whole.addWidget(asked)
        whole.addLayout(tools)
        whole.addWidget(self.stack, 1)
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self.model.tone, self.model.sign = self._tone, self._sign
        self.hint.say("freight.trial.hint")
        self.restyle()

    def _name_templates(self) -> None:
        named = [(f"{one.kind}:{one.id}", _shown(one)) for one in self._names]
        own = [(OWN, tr("freight.trial.own"))] if self._listing_id is not None else []
        self.named.show_named([*own, *named])

    def _fill(self, chosen: tuple[str, int] | None) -> None:
        self._name_templates()
        self.named.setMinimumContentsLength(22)
        if chosen is not None:
            self.named.choose(f"{chosen[0]}:{chosen[1]}")
        if self.named.value is None and self.named.count():
            self.named.setCurrentIndex(0)
        self.measure.setMinimumContentsLength(14)
        self.measure.choose("carrier")
        self.measure.hide()
        self.fields["pieces"].setText("1")
        self.fields["attributes"].setToolTip(", ".join(attributes()))
        if self._listing_id is None:
            self.fields["weight"].setText("200")
        self.fields["code"].setEnabled(self._listing_id is None)
        for name in REPLACING if self._listing_id is not None else ():
            say(self.fields[name], "freight.trial.own_tip", "toolTip")

    def _connect(self) -> None:
        self.go.clicked.connect(self.try_it)
        for field in self.fields.values():
            field.returnPressed.connect(self.try_it)
        self.named.chosen.connect(lambda _: self.try_it())
        self.measure.chosen.connect(lambda _: self._show_world())
        self.view.chosen.connect(self.show_view)
        self.world.chosen.connect(self._go_to)
        self.export.clicked.connect(self._ask_where)

    # -- trying ------------------------------------------------------------------------------------------------

    def asked(self) -> Asked:
        """What the fields ask. Raises: InputError."""
        texts = {name: field.text().strip() for name, field in self.fields.items()}
        targets = tuple(country_of(part) for part in texts["countries"].replace("，", ",").split(",") if part.strip())
        if self.view.current == "world":
            targets = self._context.services.freight.all_countries()
        is_known = bool(texts["code"]) or (self._listing_id is not None and not texts["weight"])
        weight = 1 if is_known else _whole("weight", texts["weight"])
        pieces = _whole("pieces", texts["pieces"] or "1")
        size = size_of(texts["size"]) if texts["size"] else None
        start = country_of(texts["ships_from"]) if texts["ships_from"] else ""
        parcel = Parcel(weight, pieces, size, known_attributes(texts["attributes"]), start)
        prices = TypedPrices(_money("sale", texts["sale"]), _money("cost", texts["cost"]))
        return Asked(parcel, texts["code"], self._listing_id, prices, targets=targets, by_weight=not is_known)

    def try_it(self) -> None:
        """Compute it away from the window."""
        try:
            asked = self.asked()
        except InputError as error:
            self._asked += 1
            self._say_wrong(error)
            return
        handle = self._context.runner.call(self._context.services.freight.try_freight, self._chosen(), asked)
        self._asked = number = self._asked + 1  # an older answer that comes later must not take a newer one's place
        handle.succeeded.connect(lambda rows: self._show_rows(rows) if self._asked == number else None)
        handle.failed.connect(lambda error: self._say_wrong(error) if self._asked == number else None)

    def _chosen(self) -> Named | None:
        return next((one for one in self._names if f"{one.kind}:{one.id}" == self.named.value), None)

    def _show_rows(self, rows: list[TrialRow]) -> None:
        self.rows = rows
        self.model.show_rows([cells(one) for one in rows])
        self.table.setColumnHidden(0, all(not one.subject.name for one in rows))
        counts = {name: sum(one.verdict == name for one in rows) for name in Verdict}
        rate = rows[0].quote.rate if rows else None
        self.hint.set_look(ink="text2")
        self.hint.say(
            "freight.trial.found",
            n=len(rows),
            losing=counts[Verdict.LOSS],
            unserved=counts[Verdict.NOT_SERVED],
            rate="–" if rate is None else f"{rate:f}",
        )
        self._show_world()

    def _say_wrong(self, error: Exception) -> None:
        self.rows = []
        self.model.show_rows([])
        self._show_world()
        self.hint.set_look(ink="red")
        self.hint.tell(error)

    def _show_world(self) -> None:
        by_country: dict[str, list[TrialRow]] = {}
        for one in self.rows:
            by_country.setdefault(one.quote.country, []).append(one)
        chosen = []
        for group in by_country.values():
            quote = best([one.quote for one in group])
            chosen.append(next(one for one in group if one.quote is quote))
        self.world.show_rows(chosen, self.measure.value or "carrier")

    def show_view(self, key: str) -> None:
        """The table, or the whole world."""
        self.stack.setCurrentIndex(1 if key == "world" else 0)
        self.measure.setVisible(key == "world")
        self.fields["countries"].setEnabled(key != "world")
        self.try_it()

    def _go_to(self, code: str) -> None:
        self.hint.set_look(ink="text2")
        self.hint.setText(self.world.tip_of(code))

    def _tone(self, line: int, at: int) -> str:
        verdict = self.rows[line].verdict
        if at == len(COLUMNS) - 1 and self._is_taxed_otherwise(line):
            return TONES[Verdict.UNKNOWN]
        return TONES[verdict] if (at >= len(COLUMNS) - 3 and verdict != Verdict.FINE) or at == len(COLUMNS) - 1 else ""

    def _sign(self, line: int, at: int) -> str:
        shown = Verdict.UNKNOWN if self._is_taxed_otherwise(line) else self.rows[line].verdict
        return SIGNS[shown] if at == len(COLUMNS) - 1 else ""

    def _is_taxed_otherwise(self, line: int) -> bool:
        """A route that earns, but with a parcel above what its destination collects tax on at the sale."""
        tax = self.rows[line].tax
        return self.rows[line].verdict == Verdict.FINE and tax is not None and tax.verdict == TaxVerdict.BEYOND

    # -- the file ----------------------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        dialog = saving_dialog(self, "freight.trial.export", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write what is shown to *path*."""
        handle = self._context.runner.call(write_trial, path, self.rows)
        handle.succeeded.connect(lambda n: self.hint.say("freight.trial.exported", n=n, file=path.name))
        handle.failed.connect(self._say_file_wrong)

    def _say_file_wrong(self, error: Exception) -> None:
        self.hint.set_look(ink="red")
        self.hint.tell(error)

    def retranslate(self) -> None:
        """Rows in the new language."""
        if hasattr(self, "stack"):
            self._name_templates()
            if self.rows:
                self._show_rows(self.rows)

    def restyle(self) -> None:
        """Fields as wide as the text asks for."""
        if hasattr(self, "stack"):
            for name, width in FIELDS:
                self.fields[name].setFixedWidth(current_theme().height(width))

    def done(self, result: int) -> None:
        """No answer is waited for any more."""
        self._asked += 1
        super().done(result)

    def keyPressEvent(self, event: Any) -> None:
        """Enter tries, it does not close."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)


def _shown(one: Named) -> str:
    where = one.store or tr(f"freight.named.{one.kind}")
    return f"{one.name} · {where}"


def _whole(field: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:10]) <= MOST_G):
        raise InputError("freight.no_whole", field=tr(f"freight.trial.field.{field}"), value=text)
    return int(text)


def _money(field: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or not 0 <= found <= MOST_MONEY:
        raise InputError("freight.no_money", field=tr(f"freight.trial.field.{field}"), value=text)
    return found
