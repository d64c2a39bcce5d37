"""What is done to variants as a whole: opening their properties, adding one, taking some away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.compliance.findings import finding_text
from app.services.listings.details import ListingDetail, Lock
from app.services.listings.records import SkuRecord
from app.views.language import language

if TYPE_CHECKING:
    from app.services.listings.value_lines import CategoryFields
    from app.views.listings.editor_form import EditorForm
    from app.views.listings.saver import Saver


class VariantActions(QObject):
    """Ties the grid of variants, the lines below it and the buttons over it to the saver.

    Emits:
        left: a text of a property is left.
    """

    left = Signal()

    def __init__(self, form: EditorForm, saver: Saver) -> None:
        super().__init__(form)
        self._grid, self._editor, self._saver = form.grid, form.variant, saver
        self._open_button, self._add = form.properties_button, form.add_variant_button
        self._remove = form.remove_variant_button
        self._detail: ListingDetail | None = None
        self._is_locked = False
        self._grid.properties_wanted.connect(lambda: self.open_on(None, ""))
        self._grid.rows_chosen.connect(self._show)
        self._open_button.clicked.connect(self._on_toggle)
        self._add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self._editor.chosen.connect(saver.put_skus)
        self._editor.typed.connect(saver.type_skus)
        self._editor.left.connect(self.left)
        for signal in (self._editor.chosen, self._editor.typed):
            signal.connect(self._show_labels)

    def show_detail(self, detail: ListingDetail) -> None:
        """The listing in view, after the grid shows it."""
        self._detail = detail
        self.set_locked(detail.lock != Lock.NONE)

    def set_locked(self, locked: bool) -> None:
        """Readable but unchangeable."""
        self._is_locked = locked
        self._show()

    def _chosen(self) -> list[SkuRecord]:
        skus = self._grid.skus.skus
        return [skus[row] for row in self._grid.chosen_rows if row < len(skus)]

    def _show(self) -> None:
        detail = self._detail
        if detail is None:
            return
        skus, chosen = self._grid.skus.skus, self._chosen()
        self._open_button.setVisible(bool(skus))
        self._add.setVisible(not self._is_locked)
        self._remove.setVisible(not self._is_locked and len(skus) > 1)
        can_remove = 0 < len(chosen) < len(skus)
        self._remove.setEnabled(can_remove)
        tip = "listings.variant.remove_tip" if can_remove else "listings.variant.remove_none"
        self._remove.setToolTip(tr(tip, n=len(chosen)))
        if not self._editor.isHidden():
            self._editor.show_variants(detail.category, skus, chosen, self._said(chosen), is_locked=self._is_locked)

    def _said(self, chosen: Sequence[SkuRecord]) -> dict[str, str]:
        """Sentences about properties of the first chosen variant, and of all variants, by the property's name."""
        skus = self._grid.skus.skus
        at = skus.index(chosen[0]) if chosen else None
        said: dict[str, str] = {}
        for finding in self._detail.findings if self._detail is not None else ():
            if finding.field == "sku.properties" and finding.sku in (None, at) and "property" in finding.params:
                said.setdefault(str(finding.params["property"]), finding_text(finding))
        return said

    def _show_labels(self) -> None:
        if self._detail is not None:
            self._grid.skus.show_labels(variant_labels(self._detail.category, self._grid.skus.skus))

    # -- what the user does ------------------------------------------------------------------------------------

    def _on_toggle(self) -> None:
        if self._editor.isHidden():
            self.open_on(None, "")
        else:
            self._editor.hide()

    def open_on(self, row: int | None, name: str) -> QWidget:
        """Show the properties of a variant, else of the current or first one. Returns: where the cursor is."""
        if row is not None and row < len(self._grid.skus.skus):
            self._grid.choose(row)
        elif not self._grid.chosen_rows and self._grid.skus.skus:
            self._grid.choose(0)
        self._editor.show()
        self._show()
        return self._editor.focus_on(name)

    def _on_add(self) -> None:
        """A variant like the chosen one; its code, price and stock are unknown until somebody says them."""
        like = (self._chosen() or self._grid.skus.skus[-1:] or [SkuRecord(None, "", None, None)])[0]
        parts = [dict(part) for part in like.properties]
        self._saver.add_sku(SkuRecord(None, "", None, None, parts, ships_from=like.ships_from))

    def _on_remove(self) -> None:
        chosen = [sku.id for sku in self._chosen() if sku.id is not None]
        if 0 < len(chosen) < len(self._grid.skus.skus):
            self._saver.remove_skus(chosen)


def variant_labels(fields: CategoryFields, skus: Sequence[SkuRecord]) -> list[str]:
    """What tells each variant from its siblings, in the user's language where the category knows it."""
    return [
        " · ".join(line.shown.shown(language.code) for line in fields.property_lines(sku) if line.value_id or line.text)
        for sku in skus
    ]
