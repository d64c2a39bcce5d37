"""What counts as similar: among which listings, across stores or not, for which reasons, how much of the titles."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from app.services.listings.similar.records import TITLE_SHARE, SimilarOptions, Why
from app.views.language import say
from app.views.listings.bulk_edit.parts import check_box
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

CHOSEN, STORES, ALL = "chosen", "stores", "all"
PAUSE_MS = 500
"""So long after the last change the search begins anew."""


class OptionsBar(Ground):
    """Begins with what is handed in; changes are told after a pause.

    Args:
        store_ids: of the page; none for all stores.
        chosen: how many listings were chosen, 0 where the page shows whole stores.
        is_filter: whether they were chosen by the filter.

    Emits:
        changed: search again.
    """

    changed = Signal()

    def __init__(
        self, store_ids: tuple[int, ...], chosen: int, *, is_filter: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("bar", "bottom", parent=parent)
        self._store_ids = store_ids
        parts = [(CHOSEN, "similar.scope.filter" if is_filter else "similar.scope.chosen", "")] if chosen else []
        parts += [(STORES, "similar.scope.stores", "")] if store_ids else []
        self.scope = Segments([*parts, (ALL, "similar.scope.all", "")])
        if chosen:
            self.scope.show_counts({CHOSEN: chosen})
        self.across = check_box("similar.across")
        self.drafts = check_box("similar.with_drafts", checked=True)
        self.whys = {why: check_box(f"similar.why.{why}", checked=True) for why in Why}
        self.share = QSpinBox(minimum=50, maximum=100, value=round(TITLE_SHARE * 100))
        self.share.setSuffix(" %")
        self.share.lineEdit().setTextMargins(5, 0, 0, 0)  # the style sheet's padding does not reach it
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self._build()
        self._show_scope()

    def _build(self) -> None:
        flow = FlowLayout(self, gap=14, line_gap=6)
        flow.setContentsMargins(14, 8, 14, 8)
        words = Label("similar.title_share", role="small", ink="text2")
        words.setBuddy(self.share)
        for widget in (self.scope, self.across, self.drafts, *self.whys.values(), words, self.share):
            flow.addWidget(widget)
        say(self.scope, "similar.scope", "accessibleDescription")
        say(self.share, "similar.title_share", "accessibleName")
        self.scope.chosen.connect(lambda _: self._on_change())
        self.share.valueChanged.connect(lambda _: self._on_change())
        for box in (self.across, self.drafts, *self.whys.values()):
            box.toggled.connect(lambda _: self._on_change())

    def _on_change(self) -> None:
        self._show_scope()
        self._pause.start()

    def _show_scope(self) -> None:
        self.drafts.setVisible(self.is_about_chosen)
        self.share.setEnabled(self.whys[Why.TITLE].isChecked())

    @property
    def is_about_chosen(self) -> bool:
        """Whether only groups count that have one of the chosen listings."""
        return self.scope.current == CHOSEN

    @property
    def options(self) -> SimilarOptions:
        """As it is set."""
        return SimilarOptions(
            store_ids=self._store_ids if self.scope.current == STORES else (),
            is_across=self.across.isChecked(),
            title_share=self.share.value() / 100,
            whys=frozenset(why for why, box in self.whys.items() if box.isChecked()),
            with_drafts=self.drafts.isChecked(),
        )

    def stop(self) -> None:
        """Nothing begins any more."""
        self._pause.stop()
