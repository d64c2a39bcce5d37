"""The editors of a local template, a carrier's tariff and the channels: cells that say at once what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.messages import tr
from app.services.freight.channels import Channels
from app.services.freight.keeping import TariffDraft
from app.services.freight.records import Service
from app.services.freight.typed import (
    BANDS,
    CHANNELS,
    HEAD,
    ZONES,
    Problem,
    channel_cells,
    column_head,
    read_channels,
    read_tariff,
    read_template,
    rule_word,
    rule_words,
    tariff_cells,
    tariff_examples,
    zone_cells,
    zone_examples,
)
from app.views.context import ViewContext
from app.views.freight.text_table import Grid, GridRows
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field, mark_bad
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label

SETTLE_MS = 150
"""After so long without a key what is typed is looked at."""
ZONE_WIDTHS = (130, 48, 112, 176, 90, 110, 64, 64, 64, 100)
BAND_WIDTHS = (150, 150, 150, 150, 150)
CHANNEL_WIDTHS = (110, 110, 140, 200)
NEW_ZONE = {"service": "STANDARD", "zone": "1"}


class FreightEditor(Dialog):
    """A grid below its fields; what is typed is looked at while typing, and stored by the primary button.

    Attributes:
        fine: message key of what is said where nothing is wrong.

    Emits:
        stored: the `ChangeRecord`, None where nothing differed.
    """

    stored = Signal(object)
    fine = "freight.edit.fine"

    def __init__(self, context: ViewContext, title_key: str, size: QSize, parent: QWidget, **params: object) -> None:
        super().__init__(title_key, parent, size=size, **params)
        self._context = context
        self.grid: Grid
        self.said = Label(role="small", ink="text2", wrap=True)
        self.examples = Label(role="small", ink="text2", wrap=True)
        self.problems: list[Problem] = []
        self.add, self.remove = (
            Button("freight.edit.add_row", icon_name="plus"),
            Button("freight.edit.remove_row", icon_name="trash"),
        )
        self._looking = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._looking.timeout.connect(self.look)
        self._lines = column(self.body, edges=16, gap=10)

    def finish(self, grid: Grid) -> None:
        """Put the grid and the buttons below the fields."""
        self.grid = grid
        tools = row(gap=6)
        tools.addWidget(self.add)
        tools.addWidget(self.remove)
        tools.addWidget(self.examples, 1)
        self._lines.addWidget(grid, 1)
        self._lines.addLayout(tools)
        self._lines.addWidget(self.said)
        self.add.clicked.connect(lambda: grid.add_row(self.new_row()))
        self.remove.clicked.connect(grid.remove_row)
        grid.grid.edited.connect(self._looking.start)
        grid.selectionModel().currentChanged.connect(lambda *_: self._say())
        self.primary = self.add_buttons("freight.edit.save")
        self.primary.setAutoDefault(False)
        self.primary.setDefault(False)
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.save)
        self.look()

    def new_row(self) -> dict[str, str]:
        """What a new row begins with."""
        return {}

    def read(self) -> tuple[Any, list[Problem]]:
        """What stands in the cells, and what is wrong with it."""
        raise NotImplementedError

    def store(self, found: Any) -> Any:
        """Keep it, off the GUI thread. Returns: the change."""
        raise NotImplementedError

    def show_examples(self, found: Any) -> None:
        """What the rules come to for a few weights."""

    def look(self) -> bool:
        """Say what is wrong. Returns: whether it can be stored."""
        found, problems = self.read()
        self.grid.grid.show_problems({(one.row, one.column): one.text for one in problems if one.row >= 0})
        self.mark_fields({one.column for one in problems if one.row < 0})
        self.problems = problems
        self._say()
        self.examples.setText("")
        if found is not None and not problems:
            self.show_examples(found)
        self.primary.setEnabled(not problems)
        return not problems

    def _show_parts(self, parts: Sequence[str]) -> None:
        """What a few parcels pay, below the grid."""
        if parts:
            self.examples.say("freight.edit.examples", parts=" · ".join(parts))
        else:
            self.examples.setText("")

    def _say(self) -> None:
        """What is wrong with the cell one is in, else with the first one, and how many others are."""
        self.said.set_look(ink="red" if self.problems else "green")
        if not self.problems:
            self.said.say(self.fine)
            return
        at = self.grid.currentIndex()
        here = (at.row(), self.grid.grid.names[at.column()]) if at.isValid() else None
        one = next((one for one in self.problems if (one.row, one.column) == here), self.problems[0])
        key = "freight.edit.wrong" if one.row >= 0 else "freight.edit.wrong_field"
        params: dict[str, object] = {"row": one.row + 1} if one.row >= 0 else {}
        text = tr(key, column=column_head(one.column), why=one.text, **params)
        more = len(self.problems) - 1
        self.said.setText(" ".join([text, *([tr("freight.edit.more", n=more)] if more else [])]))

    def mark_fields(self, names: set[str]) -> None:
        """Frame fields that are wrong."""

    def save(self) -> None:
        """Store it; the dialog stays where that is refused."""
        found, problems = self.read()
        if problems or not self.look():
            return
        self.primary.setEnabled(False)
        handle = self._context.runner.call(self.store, found)
        handle.succeeded.connect(self._on_stored)
        handle.failed.connect(self._on_failed)

    def _on_stored(self, change: Any) -> None:
        self.stored.emit(change)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.primary.setEnabled(True)
        self.said.set_look(ink="red")
        self.said.tell(error)

    def done(self, result: int) -> None:
        """Nothing is looked at any more."""
        self._looking.stop()
        super().done(result)


class TemplateEditor(FreightEditor):
    """A local template: its name, and zones a row a band.

    Args:
        id: of the local template; None for a new one, which begins with *services*.
    """

    def __init__(
        self,
        context: ViewContext,
        parent: QWidget,
        *,
        name: str = "",
        services: Sequence[Service] = (),
        source: str = "",
        id: int | None = None,
    ) -> None:
        title = "freight.edit.template" if id is not None else "freight.edit.template_new"
        super().__init__(context, title, QSize(1120, 620), parent)
        self._id, self._source = id, source
        self.name = QLineEdit(name)
        self._lines.addWidget(Field("freight.edit.name", self.name))
        rows = GridRows(ZONES, lambda: [column_head(one) for one in ZONES], range(4, len(ZONES)))
        rows.show_cells(zone_cells(services) or [{**NEW_ZONE, "rule": rule_words()[0], "countries": ""}])
        grid = Grid(rows, ZONE_WIDTHS, "freight.edit.template", 3, {2: rule_words})
        self.name.textChanged.connect(lambda _: self._looking.start())
        self.hint.say("freight.edit.template_hint")
        self.finish(grid)
        self.name.setFocus()

    def new_row(self) -> dict[str, str]:
        """Another band of the current zone."""
        at = self.grid.currentIndex().row()
        before = self.grid.grid.cells[at] if at >= 0 else NEW_ZONE
        return {name: before.get(name, "") for name in ("service", "zone", "rule", "countries", "first_fee")}

    def read(self) -> tuple[Any, list[Problem]]:
        """The template."""
        found, problems = read_template(self.name.text(), self.grid.grid.cells, self._source)
        if not self.name.text().strip():
            problems.append(Problem(-1, "template", tr("error.freight.cell_missing")))
        return found, problems

    def retranslate(self) -> None:
        """The words of rules in the new language; what is typed stays."""
        super().retranslate()
        if hasattr(self, "grid"):
            self.grid.grid.translate(ZONES.index("rule"), rule_word)
            self.look()

    def mark_fields(self, names: set[str]) -> None:
        """The name."""
        mark_bad(self.name, bool(names))

    def show_examples(self, found: Any) -> None:
        """Fees of the first zone with bands by weight."""
        parts = [f"{grams / 1000:g} kg → {fee or '–'}" for _, grams, fee in zone_examples(found.services)]
        self._show_parts(parts)

    def store(self, found: Any) -> Any:
        """As a change."""
        return self._context.services.freight.save_template(found, self._id)


class TariffEditor(FreightEditor):
    """A carrier's tariff: its head as fields, its bands a row each."""

    def __init__(
        self, context: ViewContext, parent: QWidget, draft: TariffDraft | None = None, id: int | None = None
    ) -> None:
        title = "freight.edit.tariff" if id is not None else "freight.edit.tariff_new"
        super().__init__(context, title, QSize(900, 640), parent)
        self._id = id
        fields, bands = tariff_cells(draft) if draft else ({"currency": "CNY", "step_g": "1", "countries": "*"}, [])
        self.fields = {name: QLineEdit(fields.get(name, "")) for name in HEAD}
        form = QGridLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        for at, (name, edit) in enumerate(self.fields.items()):
            form.addWidget(Field(f"freight.sheet.{name}", edit, is_wide=True), at // 2, at % 2)
            edit.textChanged.connect(lambda _: self._looking.start())
        self._lines.addLayout(form)
        rows = GridRows(BANDS, lambda: [column_head(one) for one in BANDS], range(len(BANDS)))
        rows.show_cells(bands or [{"base": "", "above_g": "0", "unit_g": "1", "fee": ""}])
        self.hint.say("freight.edit.tariff_hint")
        self.finish(Grid(rows, BAND_WIDTHS, "freight.edit.tariff"))

    def new_row(self) -> dict[str, str]:
        """Another band of the current range."""
        at = self.grid.currentIndex().row()
        cells = self.grid.grid.cells
        before = cells[at if at >= 0 else -1] if cells else {}
        return {name: before.get(name, "") for name in ("to_g", "base", "unit_g")}

    def read(self) -> tuple[Any, list[Problem]]:
        """The tariff."""
        return read_tariff({name: edit.text() for name, edit in self.fields.items()}, self.grid.grid.cells)

    def mark_fields(self, names: set[str]) -> None:
        """Those of the head."""
        for name, edit in self.fields.items():
            mark_bad(edit, name in names)

    def show_examples(self, found: Any) -> None:
        """Fees for a few weights."""
        parts = [f"{grams} g → {fee or '–'}" for grams, fee in tariff_examples(found.tariff)]
        self._show_parts(parts)

    def store(self, found: Any) -> Any:
        """As a change."""
        return self._context.services.freight.save_tariff(found, self._id)


class ChannelsEditor(FreightEditor):
    """Which tariff parcels go with, by dispatch country, destination and attribute."""

    fine = "freight.edit.channels_fine"

    def __init__(self, context: ViewContext, parent: QWidget, channels: Channels) -> None:
        super().__init__(context, "freight.edit.channels", QSize(720, 560), parent)
        self._keys = keys = list(channels.tariffs)
        rows = GridRows(CHANNELS, lambda: [column_head(one) for one in CHANNELS])
        rows.show_cells(channel_cells(channels.rules))
        self.hint.say("freight.edit.channels_hint")
        self.finish(Grid(rows, CHANNEL_WIDTHS, "freight.edit.channels", 3, {3: lambda: keys}))

    def new_row(self) -> dict[str, str]:
        """From home."""
        return {"ships_from": "CN"}

    def read(self) -> tuple[Any, list[Problem]]:
        """The channels."""
        return read_channels(self.grid.grid.cells, self._keys)

    def store(self, found: Any) -> Any:
        """As a change."""
        return self._context.services.freight.save_channels(found)
