"""The side panel of the Stores tab: health with remedies, quota and pace, listings by status, access."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.services.clock import at_office, to_ms
from app.services.errors import NotFound
from app.services.stores.desk import StoreView
from app.services.stores.records import StoreRecord
from app.views.context import ViewContext
from app.views.facts import Fact, FactSection, fact_table
from app.views.language import say
from app.views.numbers import integer, moment, moment_tip
from app.views.side_panel import SidePanel
from app.views.stores.bars import Bars
from app.views.stores.check_list import CheckList
from app.views.stores.columns import YEAR_DAYS, letters, status_key
from app.views.theme import current_theme
from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.form import Section
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import ElidedLabel, Label
from app.views.widgets.live import Live
from app.views.widgets.status_label import StatusLabel

TILE = 40
STATUS_ORDER = (
    "live",
    "in_review",
    "rejected",
    "failed",
    "unknown",
    "sending",
    "queued",
    "held",
    "ready",
    "draft",
    "off",
)


class Tile(Live, QWidget):
    """A store's letters on its colour."""

    def __init__(self) -> None:
        super().__init__()
        self._letters, self._colour = "", 0
        self.setFixedSize(TILE, TILE)

    def show_store(self, name: str, colour: int) -> None:
        """Show another store."""
        self._letters, self._colour = letters(name), colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and letters."""
        if not self._letters:
            return
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.store_color(self._colour))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(Qt.GlobalColor.white)
        painter.setFont(theme.font("title", strong=True))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._letters)
        painter.end()


class StoreHead(Ground):
    """Tile, name, light, alias and number."""

    def __init__(self) -> None:
        super().__init__("surface")
        self.tile, self.status = Tile(), StatusLabel()
        self.name = ElidedLabel(role="title", strong=True)
        self.codes = ElidedLabel(role="small", ink="text2", middle=True)
        self.more = IconButton("dots", "stores.more", size=14)
        line = row(self, gap=10)
        texts, second = column(gap=3), row(gap=8)
        second.addWidget(self.status)
        second.addWidget(self.codes, 1)
        texts.addWidget(self.name)
        texts.addLayout(second)
        line.addWidget(self.tile)
        line.addLayout(texts, 1)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)

    def show_view(self, view: StoreView | None) -> None:
        """Show a store, or none."""
        for widget in (self.tile, self.status, self.more):
            widget.setVisible(view is not None)
        if view is None:
            self.name.setText(tr("stores.no_selection"))
            self.codes.setText("")
            return
        store, light = view.detail.store, view.detail.light
        self.name.setText(store.name)
        self.tile.show_store(store.name, store.colour)
        self.status.show_status(status_key(light), tr(light.key, **light.params))
        shared = tr("stores.shared") if store.is_shared else ""
        self.codes.setText(" · ".join(part for part in (store.alias, store.seller_id, shared) if part))


class StorePanel(SidePanel):
    """Reads a store by id and shows it.

    Emits:
        shown: the `StoreView` on screen.
        failed: an error while reading it.
        remedy_wanted: what a button of the checklist helps with.
        copy_key_wanted, probe_wanted, pause_wanted, disconnect_wanted: buttons.
    """

    shown = Signal(object)
    failed = Signal(object)
    remedy_wanted = Signal(str)
    copy_key_wanted = Signal()
    probe_wanted = Signal()
    pause_wanted = Signal()
    disconnect_wanted = Signal()

    def __init__(self, context: ViewContext, menu: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._fill_menu = context, menu
        self._wanted: int | None = None
        self.view: StoreView | None = None
        self.store_head = StoreHead()
        self.set_head(self.store_head)
        self._body = Ground("surface")
        self._lines = column(self._body, gap=0)
        self._lines.addStretch(1)
        self.checks: CheckList | None = None
        self.bars: Bars | None = None
        self.add_tab("store", "facts.title", self._body)
        self.probe = Button("stores.action.probe", icon_name="plug-connected")
        self.disconnect_button = Button("stores.action.disconnect", kind="danger")
        self.set_footer(self.probe)
        self.pause = Button("stores.panel.pause", icon_name="player-pause")
        self.footer.row.addWidget(self.pause)
        self.footer.row.addWidget(self.disconnect_button)
        self.pause.clicked.connect(self.pause_wanted)
        self.probe.clicked.connect(self.probe_wanted)
        self.disconnect_button.clicked.connect(self.disconnect_wanted)
        self.store_head.more.clicked.connect(self._show_menu)
        self._fill()

    def show_row(self, row_id: int | None) -> None:
        """Read and show the store with this id; None for none."""
        self._wanted = row_id
        if row_id is None:
            self.view = None
            self._fill()
            return
        handle = self._context.runner.call(self._context.services.store_desk.view, row_id)
        handle.succeeded.connect(lambda view: self._on_view(row_id, view))
        handle.failed.connect(lambda error: self._on_failed(row_id, error))

    def refresh(self) -> None:
        """Read the store again."""
        self.show_row(self._wanted)

    def _on_view(self, row_id: int, view: StoreView) -> None:
        if row_id == self._wanted:
            self.view = view
            self._fill()
            self.shown.emit(view)

    def _on_failed(self, row_id: int, error: Exception) -> None:
        if row_id == self._wanted:
            self.show_row(None)
            if not isinstance(error, NotFound):
                self.failed.emit(error)

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu)
        menu.popup(self.store_head.more.mapToGlobal(QPoint(0, self.store_head.more.height() + 2)))

    # -- sections ----------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        self.store_head.show_view(self.view)
        self.footer.setVisible(self.view is not None)
        emptied(self._lines, keep=1)
        if self.view is None:
            return
        store = self.view.detail.store
        self.disconnect_button.setEnabled(not store.is_disconnected)
        self.pause.setVisible(store.access == "operate" or store.paused_at is not None)
        self.pause.set_icon_name("player-pause" if store.paused_at is None else "player-play")
        verb = "pause" if store.paused_at is None else "resume"
        say(self.pause, f"stores.panel.{verb}")
        for attribute in ("toolTip", "accessibleName"):
            say(self.pause, f"stores.action.{verb}", attribute)
        for number, section in enumerate(self._sections(self.view)):
            self._lines.insertWidget(number, section)

    def _sections(self, view: StoreView) -> list[Section]:
        self.checks = CheckList(view.detail.checks)
        self.checks.remedy_wanted.connect(self.remedy_wanted)
        return [
            Section("stores.section.health", self.checks, foldable=False),
            Section("stores.section.quota", self._quota(view), foldable=False),
            Section("stores.section.counts", _counts(view), foldable=False),
            Section("stores.section.access", self._access(view), foldable=False),
        ]

    def _quota(self, view: StoreView) -> QWidget:
        box = Ground("surface")
        lines = column(box, gap=0)
        lines.addWidget(fact_table(_quota_facts(view)))
        chart = column(gap=4)
        chart.setContentsMargins(14, 0, 14, 10)
        self.bars = Bars()
        self.bars.show_values(view.detail.figures.new_by_day, tr("stores.new_by_day"))
        chart.addWidget(self.bars)
        chart.addWidget(Label("stores.new_by_day", role="micro", ink="text2"))
        lines.addLayout(chart)
        return box

    def _access(self, view: StoreView) -> QWidget:
        box = Ground("surface")
        lines = column(box, gap=0)
        lines.addWidget(fact_table(_access_facts(view)))
        if view.app_key_end:
            line = row()
            line.setContentsMargins(10, 0, 14, 10)
            copy = Button("stores.copy_key", kind="link")
            copy.clicked.connect(self.copy_key_wanted)
            line.addWidget(copy)
            line.addStretch(1)
            lines.addLayout(line)
        return box

    def changeEvent(self, event: QEvent) -> None:
        """The same in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._fill()


def _quota_facts(view: StoreView) -> FactSection:
    store, figures = view.detail.store, view.detail.figures
    live = store.counts.get("live", 0)
    used = f"{integer(live)} / {integer(store.listing_quota)}" if store.listing_quota else integer(live)
    days = figures.days_left(live, store.listing_quota)
    if days is None:
        pace = tr("stores.pace.none")
    elif days > YEAR_DAYS:
        pace = tr("stores.pace.far")
    else:
        pace = tr("stores.pace.full_in", n=days) if days else tr("stores.pace.full")
    return FactSection(
        "",
        (
            Fact("stores.fact.used", used, second=_quota_source(store)),
            Fact("stores.fact.pace", pace, "red" if days == 0 else "text"),
            Fact("stores.fact.failed_today", integer(figures.failed_today), "red" if figures.failed_today else "text"),
            _calls(view),
        ),
    )


def _quota_source(store: StoreRecord) -> str:
    """Whose number the quota is."""
    if store.listing_quota is None:
        return ""
    told_ms = to_ms(store.told_at)
    return tr("stores.quota.told", at=moment(told_ms)) if told_ms else tr("stores.quota.own")


def _calls(view: StoreView) -> Fact:
    """Calls since midnight in China; the limit only where the platform was met at it."""
    calls = view.detail.calls
    text = integer(calls.made) if calls.limit is None else f"{integer(calls.made)} / {integer(calls.limit)}"
    until = calls.used_up_until
    second = tr("stores.calls.used_up", at=f"{at_office(until):%m-%d %H:%M}") if until else tr("stores.calls.counted")
    return Fact("stores.fact.calls", text, "red" if until else "text", second=second)


def _counts(view: StoreView) -> QWidget:
    """States left, numbers right; a state without listings is left out."""
    counts = view.detail.store.counts
    shown = [name for name in STATUS_ORDER if counts.get(name)]
    if not shown:
        return fact_table(FactSection("", (), "stores.no_listings"))
    box = Ground("surface")
    lines = column(box, gap=2)
    lines.setContentsMargins(14, 4, 14, 10)
    for name in shown:
        line, number = row(gap=8), Label(strong=True)
        number.setText(integer(counts[name]))
        line.addWidget(StatusLabel(f"listing.{name}"))
        line.addStretch(1)
        line.addWidget(number)
        lines.addLayout(line)
    return box


def _access_facts(view: StoreView) -> FactSection:
    store = view.detail.store
    ends, synced = store.sign_in_ends_at, store.last_sync_at
    ends_ms = None if ends is None else round(ends.timestamp() * 1000)
    synced_ms = None if synced is None else round(synced.timestamp() * 1000)
    place = tr(f"stores.place.{view.place}") if view.place else tr("stores.place.none")
    return FactSection(
        "",
        (
            Fact("stores.fact.app_key", f"••••••••{view.app_key_end}" if view.app_key_end else "–"),
            Fact("stores.fact.place", place),
            Fact("stores.fact.may", tr(f"stores.access.{store.access}")),
            Fact("stores.fact.token", moment(ends_ms), second=moment_tip(ends_ms)),
            Fact("stores.fact.sync", moment(synced_ms), second=moment_tip(synced_ms)),
            Fact("stores.fact.gateway", store.gateway),
        ),
    )
