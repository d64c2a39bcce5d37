"""The frame of every dialog: title that names subject and count, body, footer with the consequence and the verbs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from app.views.language import say
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Bar, Ground, column
from app.views.widgets.label import Label
from app.views.widgets.live import Live

LARGEST = QSize(1240, 790)
SHARE = 0.92
SMALLEST_QUESTION = QSize(460, 160)


class Dialog(Live, QDialog):
    """Opens with `open()` (window-modal) or `show()` (non-modal: the table is needed to decide), never `exec()`.

    It deletes itself when closed, gives the focus back to where it came from and never grows beyond 92 % of the
    window.
    """

    def __init__(self, title_key: str, parent: QWidget, *, size: QSize | None = None, **params: object) -> None:
        super().__init__(parent)
        say(self, title_key, "windowTitle", **params)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._back_to = parent.window().focusWidget()
        self.body = Ground("surface")
        self.footer = Bar(52, "bar", "top", edges=14)
        self.hint = Label(role="small", ink="text2", wrap=True)
        self.footer.row.addWidget(self.hint, 1)
        whole = column(self)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.footer)
        if size is not None:
            self.resize(self._fitted(size))
        self.finished.connect(self._give_focus_back)
        self.dress()

    def add_buttons(self, primary_key: str, *, cancel_key: str = "dialog.cancel", **params: object) -> Button:
        """Cancel, then the primary; Enter presses it. Returns the primary, connected to `accept`."""
        cancel = Button(cancel_key)
        primary = Button(primary_key, kind="primary", **params)
        cancel.clicked.connect(self.reject)
        primary.clicked.connect(self.accept)
        primary.setDefault(True)
        self.footer.row.addWidget(cancel)
        self.footer.row.addWidget(primary)
        return primary

    def _fitted(self, size: QSize) -> QSize:
        window = self.parentWidget().window().size() if self.parentWidget() else LARGEST
        return size.boundedTo(LARGEST).boundedTo(window * SHARE)

    def _give_focus_back(self) -> None:
        if self._back_to is not None and isValid(self._back_to):  # the editor of a cell goes with its cell
            self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back_to = None


class Confirmation(Dialog):
    """Asks before something leaves the desktop; the sentence names count and store, the button is the verb.

    The verb is the title, too: with the program's name, which in Chinese is what one does to put goods on sale, a
    question about taking them off would stand under its opposite.
    """

    def __init__(self, parent: QWidget, key: str, verb_key: str, *, detail_key: str = "", **params: object) -> None:
        super().__init__(verb_key, parent, **params)
        layout = self._lines = column(self.body, edges=20, gap=8)
        self.question = Label(key, role="title", strong=True, wrap=True, **params)
        layout.addWidget(self.question)
        self.detail = Label(ink="text2", wrap=True)
        if detail_key:
            self.detail.say(detail_key, **params)
            layout.addWidget(self.detail)
        layout.addStretch(1)
        self.primary = self.add_buttons(verb_key, **params)
        self.resize(self._fitted(SMALLEST_QUESTION))

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its sentences are in this language and text size."""
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """Grow to what the sentences need; for whoever changes them while the question stands open."""
        for layout in (self.body.layout(), self.layout()):
            layout.invalidate()
            layout.activate()
        needed = self.layout().totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self._fitted(QSize(self.width(), needed)))

    def add_line(self, widget: QWidget) -> None:
        """Put *widget* below the sentences."""
        self._lines.insertWidget(self._lines.count() - 1, widget)
