"""What tells the chosen variants from their siblings: sale properties, own names, the dispatch country beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.compliance.ships_from import ships_from
from app.services.listings.details import Choice
from app.services.listings.value_lines import (
    CategoryFields,
    ValueLine,
    add_property,
    is_like,
    made_alike,
    put_property,
)
from app.services.warehouses.countries import countries
from app.views.language import language
from app.views.listings.lines import ChoiceBox
from app.views.listings.value_rows import AddButton, ValueRows
from app.views.widgets.buttons import Button
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.compliance.leaf import AttributeFacts
    from app.services.listings.records import SkuRecord


class VariantEditor(Ground):
    """Shows the properties of the chosen variants with the values they have in common; what is changed is given to all.

    Emits:
        chosen: new values by SKU id and field, to be stored at once.
        typed: the same while a name is being typed.
        left: the name is left.
    """

    chosen = Signal(object)
    typed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._fields: CategoryFields | None = None
        self._skus: list[SkuRecord] = []
        self._all: list[SkuRecord] = []
        self._bad: Mapping[str, str] = {}
        self._is_locked = False
        self.title = Label(role="small", strong=True)
        self.rows = ValueRows()
        self.rows.set_ground("sunken")
        self.country = ChoiceBox()
        self.country_field = Field("listings.variant.ships_from", self.country)
        self.add = AddButton("listings.variant.add_property")
        self.alike = Button("listings.variant.as_first", kind="link")
        self._lay_out()
        self.add.wanted.connect(self._on_wanted)
        self.alike.clicked.connect(self._on_alike)
        self.country.chosen.connect(self._on_country)
        self.rows.chosen.connect(lambda line, value_id: self._put(line, ("id", value_id), self.chosen))
        self.rows.typed.connect(lambda line, text: self._put(line, ("text", text), self.typed))
        self.rows.removed.connect(lambda line: self._put(line, None, self.chosen))
        self.rows.left.connect(self.left)

    def _lay_out(self) -> None:
        lines = column(self, gap=6)
        lines.setContentsMargins(14, 8, 14, 8)
        for part in (self.title, self.rows, self.country_field):
            lines.addWidget(part)
        links = row(gap=12)
        links.addWidget(self.add)
        links.addWidget(self.alike)
        links.addStretch(1)
        lines.addLayout(links)

    @property
    def lines(self) -> list[ValueLine]:
        """What is shown."""
        return [one.line for one in self.rows.rows]

    def show_variants(
        self,
        fields: CategoryFields,
        skus: Sequence[SkuRecord],
        chosen: Sequence[SkuRecord],
        bad: Mapping[str, str],
        *,
        is_locked: bool,
    ) -> None:
        """Show what the *chosen* variants of *skus* are. *bad*: sentence of a finding by the property's name."""
        is_other = [sku.id for sku in chosen] != [sku.id for sku in self._skus]
        self._fields, self._all, self._skus = fields, list(skus), [sku for sku in chosen if sku.id is not None]
        self._bad, self._is_locked = bad, is_locked
        self.rows.set_locked(is_locked)
        self.country.set_locked(is_locked)
        self._show(is_other)

    def _show(self, is_other: bool = False) -> None:
        fields = self._fields
        if fields is None:
            return
        lines = fields.common_lines(self._skus)
        self.rows.show_lines(lines, self._bad, can_remove=lambda line: True, is_other=is_other)
        self.rows.setVisible(bool(lines))
        self._show_title()
        self._show_country()
        names = {line.key for line in lines}
        offered = [facts for facts in fields.sale_properties if facts.attribute_id not in names]
        self.add.offer(offered if self._skus else [], is_locked=self._is_locked)
        is_unlike = any(not is_like(fields, sku, self._all[0]) for sku in self._skus)
        self.alike.setVisible(is_unlike and not self._is_locked)

    def _show_title(self) -> None:
        if not self._skus:
            self.title.setText(tr("listings.variant.none_chosen"))
            return
        first = self._skus[0]
        name = first.code or f"#{1 + [sku.id for sku in self._all].index(first.id)}"
        several = len(self._skus) > 1
        self.title.setText(tr("listings.variant.several", n=len(self._skus)) if several else name)

    def _show_country(self) -> None:
        """The column beside the properties; it is there only where the sheet had one."""
        table = countries()
        choices = [Choice(code, table.name(code, language.code)) for code in table.dispatch]
        noted = self._skus[0].ships_from if self._skus else ""
        self.country.show_choices(choices, ships_from().country(noted) or noted, may_be_empty=True)
        self.country_field.setVisible(bool(self._skus) and any(sku.ships_from for sku in self._all))

    # -- what the user does ------------------------------------------------------------------------------------

    def _put(self, line: ValueLine, value: tuple[str, str] | None, signal: SignalInstance) -> None:
        if self._fields is not None:
            self._tell(put_property(self._fields, self._skus, line, value), signal)

    def _on_wanted(self, facts: AttributeFacts) -> None:
        if self._fields is not None:
            self._tell(add_property(self._fields, self._skus, facts), self.chosen)
            self.focus_on(str(facts.label))

    def _on_alike(self) -> None:
        if self._fields is not None:
            self._tell(made_alike(self._fields, self._skus, self._all[0]), self.chosen)

    def _on_country(self, code: str) -> None:
        self._tell({sku.id or 0: {"ships_from": code} for sku in self._skus}, self.chosen)

    def _tell(self, edits: Mapping[int, Mapping[str, object]], signal: SignalInstance) -> None:
        if self._is_locked or not edits:
            return
        for sku in self._skus:
            for name, value in edits.get(sku.id or 0, {}).items():
                setattr(sku, name, value)
        signal.emit(edits)
        self._show()

    def focus_on(self, name: str = "") -> QWidget:
        """Put the cursor into the line of this name; without one into the link that adds it, or the country beside the
        properties, or the first line. Returns: where it is."""
        rows = self.rows.rows
        found = self.rows.row_named(name)
        if found is not None:
            target = found.focus_target
        elif any(str(facts.label) == name for facts in self.add.offered):
            target = self.add
        elif name and not self.country_field.isHidden():
            target = self.country
        else:
            target = rows[0].focus_target if rows else self.add
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return target

    def retranslate(self) -> None:
        """Names in the user's language."""
        if getattr(self, "_fields", None) is not None:
            self._show()
