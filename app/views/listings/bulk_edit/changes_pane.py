"""The left side of a bulk edit: its changes from top to bottom, each a card."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.services.listings.bulk_edit.choosing import EditChoices
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import Operation
from app.views.listings.bulk_edit.card import ChangeCard
from app.views.listings.bulk_edit.catalogue import FIELDS, ONCE
from app.views.listings.bulk_edit.kept_changes import place_of
from app.views.listings.bulk_edit.parts import Surroundings
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

WIDTH, NARROW = 348, 300


class ChangesPane(Ground):
    """Emits:
    changed: something was typed, chosen, moved or removed.
    """

    changed = Signal()

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__("sunken", "right", parent)
        self._around = around
        self.cards: list[ChangeCard] = []
        self.add = Button("bulk_edit.add", icon_name="plus")
        self.add.clicked.connect(self._add_next)
        self.recipes = Button("recipe.menu", kind="link")
        self._build()
        self.restyle()

    def _build(self) -> None:
        whole = column(self, gap=0)
        whole.setContentsMargins(0, 0, 1, 0)  # the hairline
        head = row()
        head.setContentsMargins(14, 10, 14, 4)
        head.addWidget(Label("bulk_edit.changes", role="small", strong=True), 1)
        head.addWidget(self.recipes)
        whole.addLayout(head)
        body = Ground("sunken")
        self._column = column(body, gap=8)
        self._column.setContentsMargins(12, 4, 12, 12)
        line = row()
        line.addWidget(self.add)
        line.addStretch(1)
        self._column.addLayout(line)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(body)
        whole.addWidget(self.area, 1)

    def add_change(self, field: str, way: str = "") -> ChangeCard:
        """Another card at the end, ready to be filled in."""
        card = ChangeCard(self._around, field, way)
        card.changed.connect(self.changed)
        card.moved.connect(partial(self._move, card))
        card.removed.connect(partial(self._remove, card))
        self.cards.append(card)
        self._column.insertWidget(len(self.cards) - 1, card)
        self._renumber()
        QTimer.singleShot(0, self, partial(self._show_card, card))
        return card

    def put_in(self, edit: BulkEdit) -> None:
        """A card for each operation of *edit*, behind those that are filled in; an empty one makes room."""
        for card in [one for one in self.cards if one.read() is None]:
            self._take_away(card)
        for operation in edit.operations:
            self.add_change(*place_of(operation)).fill(operation)
        self.changed.emit()

    def read(self) -> BulkEdit | None:
        """What all cards say together, None while one is wrong or none is complete; an incomplete one is left out."""
        found: list[Operation] = []
        is_wrong = False
        for card in self.cards:
            operation = card.read()
            if card.form is not None and operation is not None and self._is_second(card):
                card.form.say_wrong(card.form.main, tr("bulk_edit.only_once", field=card.field.currentText()))
                operation = None
            is_wrong |= card.form is not None and card.form.is_wrong
            if operation is not None:
                found.append(operation)
        return None if is_wrong or not found else BulkEdit(tuple(found))

    @property
    def problem(self) -> str:
        """The first sentence about what is wrong, as it was read last; nothing if all is well."""
        forms = [card.form for card in self.cards if card.form is not None and card.form.is_wrong]
        said = [field.problem.text() for form in forms for field in form.fields.values() if field.problem.text()]
        return said[0] if said else ""

    def show_choices(self, choices: EditChoices) -> None:
        """What the stores have to choose from."""
        self._around.choices = choices
        for card in self.cards:
            card.show_choices()

    def restyle(self) -> None:
        """Wider with larger text, narrower in a narrow window."""
        super().restyle()
        self._fit()

    def fit(self, dialog_width: int) -> None:
        """Leave the preview the larger part."""
        self._dialog_width = dialog_width
        self._fit()

    def _fit(self) -> None:
        wanted = WIDTH + 14 * (current_theme().body_px - 13)
        least = NARROW + 14 * (current_theme().body_px - 13)
        self.setFixedWidth(max(least, min(wanted, getattr(self, "_dialog_width", 4 * wanted) * 2 // 5)))

    def _is_second(self, card: ChangeCard) -> bool:
        before = [one.field.value for one in self.cards[: self.cards.index(card)]]
        return card.field.value in ONCE and card.field.value in before

    def _add_next(self) -> None:
        """A field that is not there yet."""
        used = {card.field.value for card in self.cards}
        field = next((name for name in FIELDS if name not in used), "title")
        card = self.add_change(field)
        card.field.setFocus()

    def _show_card(self, card: ChangeCard) -> None:
        if card in self.cards:
            self.area.ensureWidgetVisible(card)

    def _move(self, card: ChangeCard, by: int) -> None:
        at = self.cards.index(card)
        to = min(max(at + by, 0), len(self.cards) - 1)
        if to != at:
            self.cards.insert(to, self.cards.pop(at))
            self._column.insertWidget(to, card)
            self._renumber()
            self.changed.emit()

    def _remove(self, card: ChangeCard) -> None:
        at = self.cards.index(card)
        self._take_away(card)
        left = self.cards[min(at, len(self.cards) - 1)].field if self.cards else self.add
        left.setFocus()
        self.changed.emit()

    def _take_away(self, card: ChangeCard) -> None:
        self.cards.remove(card)
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()
        self._renumber()

    def _renumber(self) -> None:
        for at, card in enumerate(self.cards):
            card.place(at, len(self.cards))
