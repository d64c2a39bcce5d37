"""What a repair may do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.services.images.repairing import Pad, RepairOptions
from app.views.language import say
from app.views.listings.bulk_edit.parts import check_box
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

PADS: tuple[Pad, ...] = ("white", "edge", "no")


class RepairOptionsBar(Ground):
    """Nothing happens by changing them.

    Emits:
        changed: what is in view was worked out with other options.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bar", "bottom", parent=parent)
        self.pad = Segments([(pad, f"images.pad.{pad}", "") for pad in PADS])
        self.squares = check_box("images.squares")
        self.enlarges = check_box("images.enlarges", checked=True)
        flow = FlowLayout(self, gap=14, line_gap=6)
        flow.setContentsMargins(14, 8, 14, 8)
        word = Label("images.pad", role="small", ink="text2")
        for widget in (word, self.pad, self.squares, self.enlarges):
            flow.addWidget(widget)
        say(self.pad, "images.pad", "accessibleDescription")
        self.pad.chosen.connect(self._on_pad)
        for box in (self.squares, self.enlarges):
            box.toggled.connect(lambda _: self.changed.emit())

    def _on_pad(self, pad: str) -> None:
        self.squares.setEnabled(pad != "no")
        self.changed.emit()

    @property
    def options(self) -> RepairOptions:
        """As it is set."""
        pad = next(pad for pad in PADS if pad == self.pad.current)
        return RepairOptions(self.enlarges.isChecked(), pad, self.squares.isChecked() and pad != "no")

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self.pad, self.squares, self.enlarges]
