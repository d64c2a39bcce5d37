"""What the window says by itself: toasts for something done, banners for a standing condition."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.messages import tr

KEPT = 50


@dataclass(frozen=True)
class Offer:
    """A button: message key of its text, what it does, and the shortcut that does the same."""

    key: str
    do: Callable[[], object]
    params: dict[str, Any] = field(default_factory=dict)
    shortcut: str = ""
    primary: bool = False

    @property
    def text(self) -> str:
        """The button's text in the user's language."""
        return tr(self.key, **self.params)


@dataclass(frozen=True)
class Toast:
    """Something done: shown for 6 s, 10 s with a button, then kept in the bell (interface.md 7)."""

    key: str
    params: dict[str, Any]
    offer: Offer | None = None
    tone: str = "green"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def text(self) -> str:
        """The sentence in the user's language."""
        return tr(self.key, **self.params)


@dataclass(frozen=True)
class Banner:
    """A standing condition: shown until cleared. `name` tells banners apart, `tone` is red, amber or violet."""

    name: str
    key: str
    params: dict[str, Any] = field(default_factory=dict)
    detail_key: str = ""
    tone: str = "amber"
    icon: str = "alert-triangle"
    offers: tuple[Offer, ...] = ()
    page: str = ""

    @property
    def text(self) -> str:
        """The first line in the user's language."""
        return tr(self.key, **self.params)

    @property
    def detail(self) -> str:
        """The second line, or nothing."""
        return tr(self.detail_key, **self.params) if self.detail_key else ""


class Notices(QObject):
    """Where pages put toasts and banners; the window shows them.

    Emits:
        toasted: a new `Toast`.
        banners_changed: a banner came, went or changed.
        read: the bell was opened.
    """

    toasted = Signal(object)
    banners_changed = Signal()
    read = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kept: deque[Toast] = deque(maxlen=KEPT)
        self.unread = 0
        self._banners: dict[str, Banner] = {}

    def toast(self, key: str, /, *, offer: Offer | None = None, tone: str = "green", **params: Any) -> Toast:
        """Say that something was done. Never for an error alone: those stand where they belong."""
        made = Toast(key, params, offer, tone)
        self.kept.appendleft(made)
        self.unread += 1
        self.toasted.emit(made)
        return made

    def mark_read(self) -> None:
        """The bell was opened."""
        self.unread = 0
        self.read.emit()

    def banner(self, banner: Banner) -> None:
        """Show *banner*, in place of one of the same name."""
        if self._banners.get(banner.name) != banner:
            self._banners[banner.name] = banner
            self.banners_changed.emit()

    def clear_banner(self, name: str) -> None:
        """Take the banner called *name* away, if it is shown."""
        if self._banners.pop(name, None):
            self.banners_changed.emit()

    def banners(self, page: str = "") -> list[Banner]:
        """Banners for the page called *page*, oldest first: its own and those of every page."""
        return [banner for banner in self._banners.values() if banner.page in ("", page)]
