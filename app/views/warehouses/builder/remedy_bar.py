"""What is wrong with the cell one looks at, and the buttons that put it right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import messages, tr
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.grid import GridLine
from app.services.warehouses.overseas.remedies import Kind, Remedy, remedies_of_cell, remedies_of_line
from app.services.warehouses.overseas.wording import finding_sentence, missing_why
from app.views.numbers import money
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, row
from app.views.widgets.label import IconLabel, Label

ICON = {True: ("alert-triangle", "amber"), False: ("info-circle", "text3")}


def remedy_text(one: Remedy) -> str:
    """What the button of a remedy says."""
    price = "" if one.price_minor is None else money(one.price_minor)
    country = countries().name(one.country, messages.language) if one.country else ""
    return tr(f"overseas.remedy.{one.kind}", price=price, country=country)


def said_of(line: GridLine, country: str) -> str:
    """Why a cell, or with no country the variant at home, waits for a person; "" where it does not."""
    if not country:
        return " ".join(finding_sentence(one) for one in line.findings)
    cell = line.cells.get(country)
    if cell is None:
        return ""
    if cell.findings:
        return " ".join(finding_sentence(one) for one in cell.findings)
    name = countries().name(country, messages.language)
    if cell.why:
        return tr("overseas.cell_missing", code=line.code, country=name, why=missing_why(cell.why, cell.subject))
    return tr("overseas.cell_typed", code=line.code, country=name) if cell.is_typed else ""


class RemedyBar(Ground):
    """One sentence and its buttons; hidden while there is nothing to put right.

    Emits:
        chosen: the `Remedy`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._shown: tuple[GridLine, str] | None = None  # before all else: a widget that is dressed asks for its texts
        super().__init__("bar", "top", parent=parent)
        self.icon, self.text = IconLabel("alert-triangle", 16, "amber"), Label(role="small", wrap=True)
        self.buttons: list[Button] = []
        self._line = row(self, gap=8)
        self._line.setContentsMargins(12, 6, 12, 6)
        self._line.addWidget(self.icon)
        self._line.addWidget(self.text, 1)
        self.hide()

    def show_cell(self, line: GridLine | None, country: str) -> None:
        """What can be done about a cell; with no country about the variant at home."""
        found = () if line is None else remedies_of_cell(line, country) if country else remedies_of_line(line)
        self._shown = (line, country) if line is not None and found else None
        for button in self.buttons:
            self._line.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(one) for one in found]
        is_open = any(one.kind not in (Kind.RESTORE, Kind.FORGET) for one in found)
        self.icon.set_icon(*ICON[is_open])
        self.retranslate()
        self.setVisible(bool(found))

    def _button(self, one: Remedy) -> Button:
        made = Button(kind="small")
        made.setText(remedy_text(one))
        made.clicked.connect(partial(self.chosen.emit, one))
        self._line.addWidget(made)
        return made

    def retranslate(self) -> None:
        """Finished texts in the new language."""
        if self._shown is None:
            return
        line, country = self._shown
        self.text.setText(said_of(line, country))
        found = remedies_of_cell(line, country) if country else remedies_of_line(line)
        for button, one in zip(self.buttons, found, strict=True):
            button.setText(remedy_text(one))


def fill_menu(menu: QMenu, remedies: Sequence[Remedy], take: Callable[[Remedy], object]) -> None:
    """The same buttons as entries of a context menu."""
    for one in remedies:
        menu.addAction(remedy_text(one)).triggered.connect(partial(take, one))
