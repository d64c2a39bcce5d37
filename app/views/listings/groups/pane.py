"""The pane left of the table: which kind of groups, the tree, and making a new one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.services.listings.groups.tree import GroupKind
from app.views.listings.groups.tree import GroupTree
from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.ground import Bar, Ground, column
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

KINDS = tuple((str(kind), f"groups.kind.{kind}", "") for kind in GroupKind)


class GroupPane(Ground):
    """Segments, tree, a hint, a button.

    Emits:
        kind_chosen: another kind of groups is wanted.
        new_wanted: a new group is wanted.
        more_wanted: what else can be done with marketing groups.
    """

    kind_chosen = Signal(str)
    new_wanted = Signal()
    more_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", "right", parent)
        self.kinds = Segments(KINDS)
        self.tree = GroupTree()
        self.hint = Label("groups.hint", role="small", ink="text3", wrap=True)
        self.new = Button("groups.new", icon_name="plus", kind="flat")
        self.more = IconButton("dots", "groups.more")
        self.more.hide()
        head, foot = Bar(38, "sunken", "bottom", edges=8), Bar(38, "sunken", "top", edges=8)
        head.row.addWidget(self.kinds)
        head.row.addStretch(1)
        foot.row.addWidget(self.new)
        foot.row.addStretch(1)
        foot.row.addWidget(self.more)
        body = column(self)
        body.setContentsMargins(0, 0, 1, 0)
        body.addWidget(head)
        body.addWidget(self.tree, 1)
        hint = Ground("sunken")
        column(hint, edges=10).addWidget(self.hint)
        body.addWidget(hint)
        body.addWidget(foot)
        self.kinds.chosen.connect(self._on_kind)
        self.more.clicked.connect(self.more_wanted)
        self.new.clicked.connect(self.new_wanted)

    def _on_kind(self, kind: str) -> None:
        self.more.setVisible(kind == GroupKind.MARKETING)
        self.kind_chosen.emit(kind)

    @property
    def kind(self) -> GroupKind:
        """The kind of groups in view."""
        return GroupKind(self.kinds.current or GroupKind.PRODUCT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint makes room for the tree where it is low."""
        super().resizeEvent(event)
        self.hint.parentWidget().setVisible(self.height() > 360)
