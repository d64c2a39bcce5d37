"""One group side by side, and what can be done with its listings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.holding import LONGEST_REASON
from app.services.listings.similar.records import SimilarGroup
from app.services.listings.similar.showing import SimilarListing
from app.views.language import say
from app.views.listings.bulk_edit.parts import Line
from app.views.listings.similar.cards import CardView
from app.views.listings.similar.group_list import why_text
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails
from app.views.widgets.buttons import Button
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import Label

MOST_SHOWN = 200
"""Cards of one group; larger ones are crowds, which say nothing more card by card."""
REASON_WIDE = 180


class GroupPane(Ground):
    """Begins with all but the first listing chosen: the one to keep stands first.

    Emits:
        show_wanted, apart_wanted, off_wanted: the chosen ids.
        hold_wanted: the chosen ids, and why they are held back.
    """

    show_wanted = Signal(object)
    apart_wanted = Signal(object)
    off_wanted = Signal(object)
    hold_wanted = Signal(object, str)

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.group: SimilarGroup | None = None
        self.why, self.left_out = Label(strong=True, wrap=True), Label(role="small", ink="text2", wrap=True)
        self.cards = CardView(pictures)
        self.show_button, self.apart, self.off = Button(), Button(), Button()
        self.reason, self.hold = Line(), Button()
        self.reason.setMaxLength(LONGEST_REASON)
        self._build()
        self._connect()
        self.show_group(None)

    def _build(self) -> None:
        whole = column(self, edges=14, gap=8)
        whole.addWidget(self.why)
        whole.addWidget(self.cards, 1)
        whole.addWidget(self.left_out)
        acts = QWidget()
        flow = FlowLayout(acts, gap=8, line_gap=6)
        for widget in (self.show_button, self.apart, self.off, self.reason, self.hold):
            flow.addWidget(widget)
        whole.addWidget(acts)
        say(self.reason, "hold.reason", "accessibleName")
        say(self.apart, "similar.apart_tip", "toolTip")
        say(self.hold, "hold.says", "toolTip")

    def _connect(self) -> None:
        self.cards.selectionModel().selectionChanged.connect(lambda *_: self._show_counts())
        self.cards.activated.connect(lambda index: self.show_wanted.emit([self.cards.rows.listings[index.row()].id]))
        self.show_button.clicked.connect(lambda: self.show_wanted.emit(self._chosen_or_all()))
        self.apart.clicked.connect(lambda: self.apart_wanted.emit(self.cards.chosen))
        self.off.clicked.connect(lambda: self.off_wanted.emit(self.cards.chosen))
        self.hold.clicked.connect(lambda: self.hold_wanted.emit(self.cards.chosen, self.reason.text()))
        self.reason.returnPressed.connect(self.hold.click)
        self.reason.textChanged.connect(lambda _: self._show_counts())

    def _chosen_or_all(self) -> list[int]:
        return self.cards.chosen or [one.id for one in self.cards.rows.listings]

    def show_group(self, group: SimilarGroup | None) -> None:
        """Show another group; its listings come with `show_listings`."""
        self.group = group
        self.cards.show_listings([], set())
        self.left_out.hide()
        self.retranslate()

    def show_listings(self, listings: Sequence[SimilarListing]) -> None:
        """The listings of the group, the one to keep first; read again, what was chosen stays chosen."""
        known = {one.id for one in self.cards.rows.listings}
        new = {one.id for one in listings[1:]}
        chosen = {*self.cards.chosen, *(new - known)} if known else new
        self.cards.show_listings(listings, chosen)
        more = len(self.group.listing_ids) - MOST_SHOWN if self.group is not None else 0
        self.left_out.setVisible(more > 0)
        if more > 0:
            self.left_out.say("similar.more_listings", n=more)
        self._show_counts()

    def _show_counts(self) -> None:
        """The buttons count what they act on."""
        n = len(self.cards.chosen)
        shown = n or len(self.cards.rows.listings)
        say(self.show_button, "similar.show", n=shown)
        self.show_button.setEnabled(shown > 0)
        for button, key in ((self.apart, "similar.apart"), (self.off, "similar.take_off"), (self.hold, "hold.verb")):
            say(button, key, n=n)
            button.setEnabled(n > 0)
        self.hold.setEnabled(n > 0 and bool(self.reason.text().strip()))

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self.cards, self.show_button, self.apart, self.off, self.reason, self.hold]

    def retranslate(self) -> None:
        """Reasons in the new language."""
        if hasattr(self, "cards"):
            self.why.setText(why_text(self.group) if self.group is not None else "")
            if not self.reason.isModified():
                self.reason.setText(tr("similar.reason_usual"))
            self._show_counts()

    def restyle(self) -> None:
        """The reason's field follows the text size."""
        super().restyle()
        if hasattr(self, "reason"):
            self.reason.setFixedWidth(current_theme().height(REASON_WIDE))
