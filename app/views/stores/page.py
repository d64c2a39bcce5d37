"""The Stores tab: one line a store, its checklist in the panel, sync and the practice store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.services.clock import to_ms
from app.services.stores.source import StoreDetail, StoreRow
from app.views.actions import ActionSpec
from app.views.cells import MISSING, Cell, Column
from app.views.context import ViewContext
from app.views.facts import Fact, FactSection, FactsPanel
from app.views.filter_fields import FilterField
from app.views.numbers import integer, moment, moment_tip
from app.views.tab_page import TabPage

CHECK_TONES = {"ok": "text", "warn": "amber", "bad": "red"}
CHECK_GLYPHS = {"ok": "store.ok", "warn": "store.soon", "bad": "store.signed_out"}

ACTIONS = (
    ActionSpec("add_store", "stores.action.add", "plug-connected"),
    ActionSpec("sync_store", "stores.action.sync", "refresh", acts_on="palette.on_selection"),
    ActionSpec("open_practice", "stores.action.practice", "school"),
)


def columns() -> tuple[Column, ...]:
    """All columns of the Stores table."""
    return (
        Column(
            "name", "stores.column.name", _name, width=220, min_width=140, sort_key="name", stretch=True, fixed=True
        ),
        Column(
            "health",
            "stores.column.health",
            lambda row: Cell(status=f"store.{row.health}"),
            width=150,
            min_width=110,
            sort_key="health",
        ),
        Column("token", "stores.column.token", _token, width=120, min_width=80, align="right", sort_key="token"),
        Column(
            "live",
            "stores.column.live",
            lambda row: Cell(integer(row.live), copied=str(row.live)),
            width=80,
            align="right",
            sort_key="live",
            new_value_first=True,
        ),
        Column(
            "drafts",
            "stores.column.drafts",
            lambda row: Cell(integer(row.drafts), copied=str(row.drafts)),
            width=80,
            align="right",
            sort_key="drafts",
            new_value_first=True,
        ),
        Column(
            "failed", "stores.column.failed", _failed, width=84, align="right", sort_key="failed", new_value_first=True
        ),
        Column("quota", "stores.column.quota", _quota, width=110, min_width=90, align="right", sort_key="quota"),
        Column(
            "to_ship",
            "stores.column.to_ship",
            lambda row: Cell(integer(row.to_ship), copied=str(row.to_ship)),
            width=84,
            align="right",
            sort_key="to_ship",
            new_value_first=True,
        ),
        Column("sync", "stores.column.sync", _sync, width=96, align="right", sort_key="sync", new_value_first=True),
    )


def _name(row: StoreRow) -> Cell:
    second = tr("stores.practice") if row.is_practice else row.alias
    return Cell(row.name, tile=(row.name[:1], row.colour), second=second, strong=True)


def _token(row: StoreRow) -> Cell:
    if row.token_days is None:
        return MISSING
    tone = "red" if row.token_days < 1 else "amber" if row.token_days < 7 else "text2"
    return Cell(tr("stores.days", n=row.token_days), tone=tone, copied=str(row.token_days))


def _failed(row: StoreRow) -> Cell:
    return Cell(integer(row.failed), tone="red" if row.failed else "text2", copied=str(row.failed))


def _quota(row: StoreRow) -> Cell:
    if row.quota is None:
        return MISSING
    return Cell(
        f"{integer(row.live)} / {integer(row.quota)}", tone="text2", share=min(1.0, row.live / (row.quota or 1))
    )


def _sync(row: StoreRow) -> Cell:
    return Cell(moment(row.last_sync_ms), tone="text2", tip=moment_tip(row.last_sync_ms))


def sections(detail: StoreDetail) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one store."""
    store = detail.store
    checks = [
        Fact(
            "",
            tr(check.title, **check.params),
            CHECK_TONES[check.level],
            CHECK_GLYPHS[check.level],
            tr(check.text, **check.params),
        )
        for check in detail.checks
    ]
    facts = [
        Fact("stores.fact.alias", store.alias or "–"),
        Fact("stores.fact.gateway", store.gateway),
        Fact("stores.fact.access", tr(f"stores.access.{store.access}")),
        Fact(
            "stores.fact.token", moment(to_ms(store.token_expires_at)), second=moment_tip(to_ms(store.token_expires_at))
        ),
        Fact("stores.fact.sync", moment(to_ms(store.last_sync_at)), second=moment_tip(to_ms(store.last_sync_at))),
        Fact("stores.fact.listings", integer(store.listings)),
        Fact("stores.fact.to_ship", integer(store.to_ship)),
    ]
    counts = [Fact(f"status.listing.{name}", integer(number)) for name, number in sorted(store.counts.items())]
    return store.name, (
        FactSection("stores.section.health", checks),
        FactSection("stores.section.facts", facts),
        FactSection("stores.section.counts", counts, "stores.no_listings"),
    )


class StoresPage(TabPage):
    """All stores.

    Emits:
        add_wanted, practice_wanted: buttons of the page.
        sync_wanted: ids of stores to fetch, empty for all.
    """

    key: ClassVar[str] = "stores"
    reads: ClassVar[frozenset[str]] = frozenset({"store", "listing", "order"})
    noun: ClassVar[str] = "stores"
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ACTIONS
    can_sync: ClassVar[bool] = True

    add_wanted = Signal()
    practice_wanted = Signal()
    sync_wanted = Signal(object)
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        source = context.services.store_source()
        self.set_table(source, columns())
        self.filters.search.set_hint("stores.search")
        self.filters.set_fields(
            (
                FilterField("live", "stores.column.live", "number"),
                FilterField("failed", "stores.column.failed", "number"),
                FilterField("to_ship", "stores.column.to_ship", "number"),
                FilterField("practice", "stores.practice", "flag"),
            )
        )
        page = self.actions_of_page
        page.on("add_store", self.add_wanted.emit)
        page.on("sync_store", self.sync)
        page.on("open_practice", self.practice_wanted.emit)
        self.toolbar.add_primary("add_store")
        self.toolbar.add("sync_store")
        self.toolbar.add("open_practice")
        self.facts = FactsPanel(context, source.detail, sections, "stores.no_selection")
        self.facts.failed.connect(self.problem)
        self.set_panel(self.facts)
        self.add_view_tools()

    def make_query(self) -> Any:
        """All stores, whatever the store picker says: this is where they are looked after."""
        return replace(super().make_query(), store_ids=())

    def show_nothing(self) -> None:
        """No store yet."""
        self.say_nothing(
            "building-store",
            "stores.empty.title",
            detail_key="stores.empty.detail",
            action_key="stores.action.practice",
            act=self.practice_wanted.emit,
        )

    def on_current(self, record: Any) -> None:
        """The store's checklist."""
        self.facts.show_row(None if record is None else record.id)

    def reload(self) -> None:
        """Rows and panel."""
        super().reload()
        self.facts.refresh()

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with a store."""
        menu.addAction(self.actions_of_page["sync_store"])

    def sync(self) -> None:
        """F5: fetch the chosen stores, all without a choice."""
        chosen = self.selection()
        self.sync_wanted.emit(() if chosen.is_all else tuple(chosen.ids))
