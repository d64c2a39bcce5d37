"""A list that stands beside what its current entry shows."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView

from app.views.theme import current_theme
from app.views.widgets.live import Live


class SideList(Live):
    """Mix in before the Qt list: no frame, the ground of what it stands on, as wide as the text size asks for.

    Attributes:
        WIDTH: pixels at the usual text size.
    """

    WIDTH = 240

    def dress(self) -> None:
        """The look that stays, then texts and sizes."""
        view = cast(QListView, self)
        view.setObjectName("onTone")  # the style sheet leaves the ground to what it stands on
        view.setFrameShape(QListView.Shape.NoFrame)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTabKeyNavigation(False)
        super().dress()

    def restyle(self) -> None:
        """As wide as the text size asks for."""
        cast(QListView, self).setFixedWidth(current_theme().height(self.WIDTH))
