"""Banners above a table, the toast over its lower left corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views.theme import current_theme
from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import IconLabel, Label
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.views.notices import Banner, Notices, Offer, Toast

SHOWN_MS = 6_000
SHOWN_WITH_BUTTON_MS = 10_000


class BannerBar(Ground):
    """One standing condition: icon, sentence, detail, its remedies as buttons."""

    def __init__(self, banner: Banner, parent: QWidget | None = None) -> None:
        super().__init__(f"{banner.tone}Soft", "bottom", parent)
        self.banner = banner
        self._text = Label(strong=True, wrap=True)
        self._detail = Label(role="small", ink="text2", wrap=True)
        layout = row(self, edges=14, gap=8)
        layout.setContentsMargins(14, 6, 12, 6)
        layout.addWidget(IconLabel(banner.icon, 18, banner.tone))
        texts = column(gap=1)
        texts.addWidget(self._text)
        texts.addWidget(self._detail)
        layout.addLayout(texts, 1)
        for offer in banner.offers:
            button = Button(offer.key, kind="primary" if offer.primary else "", **offer.params)
            button.clicked.connect(lambda _=False, offer=offer: offer.do())
            layout.addWidget(button)
        self.dress()

    def retranslate(self) -> None:
        """Sentence and detail."""
        if hasattr(self, "_detail"):
            self._text.setText(self.banner.text)
            self._detail.setText(self.banner.detail)
            self._detail.setVisible(bool(self.banner.detail))
            self.setAccessibleName(f"{self.banner.text} {self.banner.detail}".strip())


class BannerStack(QWidget):
    """The banners of a page, the newest below."""

    def __init__(self, notices: Notices, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices, self._page = notices, page
        self._bars: list[BannerBar] = []
        self._layout = column(self)
        notices.banners_changed.connect(self.refresh)
        self.refresh()

    @property
    def bars(self) -> list[BannerBar]:
        """What is shown."""
        return list(self._bars)

    def refresh(self) -> None:
        """Show what stands now; a banner that stays keeps its widget."""
        wanted = self._notices.banners(self._page)
        for bar in [bar for bar in self._bars if bar.banner not in wanted]:
            self._bars.remove(bar)
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        known = [bar.banner for bar in self._bars]
        for banner in wanted:
            if banner not in known:
                bar = BannerBar(banner)
                self._bars.append(bar)
                self._layout.addWidget(bar)
        self.setVisible(bool(self._bars))


class ToastBox(Live, QWidget):
    """One toast at a time; it waits while the pointer is over it.

    Emits:
        gone: it disappeared, by itself or by ×.
    """

    gone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.toast: Toast | None = None
        self._offer: Offer | None = None
        self._icon = IconLabel("circle-check", 18, "onToast")
        self.text = Label(ink="onToast", strong=True)
        self.button = Button(kind="toast")
        self._keys = Label(role="micro", ink="onToast")
        self._close = IconButton("x", "window.close", size=14, ink="onToast")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        layout = row(self, gap=10)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(self._icon)
        layout.addWidget(self.text, 1)
        for widget in (self.button, self._keys, self._close):
            layout.addWidget(widget)
        self.button.clicked.connect(self._act)
        self._close.clicked.connect(self.dismiss)
        self.hide()
        self.dress()

    def show_toast(self, toast: Toast) -> None:
        """Show *toast* in place of the one before."""
        self.toast, self._offer = toast, toast.offer
        self._icon.set_icon("circle-check" if toast.tone == "green" else "info-circle", "onToast")
        self.button.setVisible(toast.offer is not None)
        self._keys.setVisible(bool(toast.offer and toast.offer.shortcut))
        self.retranslate()
        self.show()
        self.raise_()
        self._timer.start(self._duration())

    def retranslate(self) -> None:
        """Sentence and button."""
        if self.toast is not None:
            self.text.setText(self.toast.text)
            self.setAccessibleName(self.toast.text)
        if self._offer is not None:
            self.button.setText(self._offer.text)
            self._keys.setText(self._offer.shortcut)
        self.adjustSize()

    def dismiss(self) -> None:
        """Take it away; it stays in the bell."""
        self._timer.stop()
        if self.toast is not None:
            self.toast, self._offer = None, None
            self.hide()
            self.gone.emit()

    def _duration(self) -> int:
        return SHOWN_WITH_BUTTON_MS if self._offer is not None else SHOWN_MS

    def _act(self) -> None:
        offer = self._offer
        self.dismiss()
        if offer is not None:
            offer.do()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait under the pointer."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on."""
        if self.toast is not None:
            self._timer.start(self._duration())
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dark card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().color("toast"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.end()
