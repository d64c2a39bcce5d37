"""The Orders tab: orders by deadline, their lines in the panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.clock import now_ms
from app.services.orders.records import SEGMENTS as STATES
from app.services.orders.records import OrderDetail, OrderRow
from app.services.orders.source import segment_filter
from app.services.paging import Filter
from app.views.cells import MISSING, Cell, Column
from app.views.context import ViewContext
from app.views.facts import Fact, FactSection, FactsPanel
from app.views.filter_fields import FilterField
from app.views.numbers import integer, moment, moment_tip, money, plain_money, time_left
from app.views.status import status, vocabulary
from app.views.tab_page import TabPage

HOUR_MS = 3_600_000
SEGMENTS = (("all", "orders.segment.all", ""), *((name, f"orders.segment.{name}", "") for name in STATES))


def columns() -> tuple[Column, ...]:
    """All columns of the Orders table."""
    return (*_what(), *_money_and_time())


def _what() -> tuple[Column, ...]:
    return (
        Column(
            "order",
            "orders.column.order",
            lambda row: Cell(row.order_id, strong=True),
            width=150,
            min_width=140,
            sort_key="order",
            fixed=True,
        ),
        Column("status", "orders.column.status", _status, width=120, min_width=90, sort_key="status"),
        Column(
            "deadline",
            "orders.column.deadline",
            _deadline,
            width=130,
            min_width=100,
            align="right",
            sort_key="deadline",
        ),
        Column("title", "orders.column.title", _title, width=300, min_width=140, stretch=True),
        Column("code", "orders.column.code", _codes, width=150, min_width=96, sort_key="code", elide="middle"),
    )


def _money_and_time() -> tuple[Column, ...]:
    return (
        Column(
            "lines",
            "orders.column.lines",
            lambda row: Cell(integer(row.line_count)),
            width=64,
            align="right",
            sort_key="lines",
            hidden=True,
        ),
        Column("amount", "orders.column.amount", _amount, width=90, align="right", sort_key="amount"),
        Column(
            "currency",
            "orders.column.currency",
            lambda row: Cell(row.currency, tone="text2"),
            width=72,
            sort_key="currency",
        ),
        Column(
            "buyer",
            "orders.column.buyer",
            lambda row: Cell(row.buyer, tone="text2") if row.buyer else MISSING,
            width=110,
        ),
        Column("store", "orders.column.store", lambda row: Cell(row.store, tone="text2"), width=120, sort_key="store"),
        Column(
            "created",
            "orders.column.created",
            lambda row: _time(row.created_ms),
            width=84,
            align="right",
            sort_key="created",
            new_value_first=True,
        ),
        Column(
            "paid",
            "orders.column.paid",
            lambda row: _time(row.paid_ms),
            width=84,
            align="right",
            sort_key="paid",
            new_value_first=True,
            hidden=True,
        ),
    )


def _status(row: OrderRow) -> Cell:
    key = f"order.{row.status}"
    return Cell(status=key) if key in vocabulary() else Cell(row.status)


def _deadline(row: OrderRow) -> Cell:
    """Red under two hours, amber under six (interface.md 10)."""
    if row.deadline_ms is None or row.status not in STATES["to_ship"]:
        return MISSING
    left = row.deadline_ms - now_ms()
    tone = "red" if left < 2 * HOUR_MS else "amber" if left < 6 * HOUR_MS else "text"
    return Cell(
        time_left(row.deadline_ms, now_ms=now_ms()), tone=tone, strong=tone == "red", tip=moment_tip(row.deadline_ms)
    )


def _title(row: OrderRow) -> Cell:
    more = tr("orders.more_lines", n=row.line_count - 1) if row.line_count > 1 else ""
    return Cell(row.title or "–", second=more)


def _codes(row: OrderRow) -> Cell:
    return Cell(row.codes.replace("\n", " · ")) if row.codes else MISSING


def _amount(row: OrderRow) -> Cell:
    return Cell(money(row.amount_minor), copied=plain_money(row.amount_minor))


def _time(milliseconds: int | None) -> Cell:
    return Cell(moment(milliseconds), tone="text2", tip=moment_tip(milliseconds))


def sections(detail: OrderDetail) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one order."""
    order = detail.order
    key = f"order.{order.status}"
    facts = [
        Fact("orders.column.status", status(key).word if key in vocabulary() else order.status, status=key),
        Fact("orders.column.deadline", _deadline(order).text, second=moment_tip(order.deadline_ms)),
        Fact("orders.column.amount", f"{order.currency} {money(order.amount_minor)}"),
        Fact("orders.column.buyer", order.buyer or "–"),
        Fact("orders.column.store", order.store),
        Fact("orders.column.created", moment(order.created_ms), second=moment_tip(order.created_ms)),
        Fact("orders.column.paid", moment(order.paid_ms), second=moment_tip(order.paid_ms)),
        Fact("orders.fact.synced", moment(detail.synced_ms)),
    ]
    lines = [
        Fact(
            "",
            line.title,
            second=tr(
                "orders.line",
                code=line.code or "–",
                n=line.quantity,
                price=money(line.unit_price_minor),
                currency=line.currency,
            ),
        )
        for line in detail.lines
    ]
    return order.order_id, (FactSection("orders.section.facts", facts), FactSection("orders.section.lines", lines))


class OrdersPage(TabPage):
    """Orders of the chosen stores, the tightest deadline first.

    Emits:
        sync_wanted: F5.
    """

    key: ClassVar[str] = "orders"
    reads: ClassVar[frozenset[str]] = frozenset({"order"})
    noun: ClassVar[str] = "orders"
    can_sync: ClassVar[bool] = True

    sync_wanted = Signal()
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._source = context.services.order_source()
        self.set_table(self._source, columns())
        self.filters.search.set_hint("orders.search")
        self.segments = self.filters.set_segments(SEGMENTS)
        self.filters.set_fields(
            (
                FilterField("status", "orders.column.status", "choice", _states, is_always_set=True),
                FilterField("code", "orders.column.code"),
                FilterField("amount", "orders.column.amount", "number"),
                FilterField("lines", "orders.column.lines", "number"),
            )
        )
        self.facts = FactsPanel(context, self._source.detail, sections, "orders.no_selection")
        self.facts.failed.connect(self.problem)
        self.set_panel(self.facts)
        self.add_view_tools()

    def default_sort(self) -> tuple[str, bool]:
        """The tightest deadline on top (domain.md 3.5)."""
        return "deadline", False

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """The states of a segment."""
        return (segment_filter(segment),) if segment in STATES else ()

    def ask(self) -> None:
        """Rows and the counts of the segments."""
        super().ask()
        self._count()

    def reload(self) -> None:
        """Rows, counts, panel."""
        super().reload()
        self._count()
        self.facts.refresh()

    def _count(self) -> None:
        query = self.make_query()
        handle = self.context.runner.call(self._source.segments, query)
        handle.succeeded.connect(self._show_counts)

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.segments.show_counts({"all": sum(counts.values()), **counts})
        self.badge_changed.emit(counts.get("to_ship", 0), "amber")

    def show_nothing(self) -> None:
        """No orders were fetched yet, or none in this segment."""
        if self.filters.segment not in ("", "all"):
            self.say_nothing(
                "clipboard-list",
                "orders.empty.segment",
                action_key="orders.empty.show_all",
                act=lambda: self.segments.choose("all"),
            )
            return
        self.say_nothing(
            "clipboard-list",
            "orders.empty.title",
            detail_key="orders.empty.detail",
            action_key="orders.empty.sync",
            act=self.sync_wanted.emit,
        )

    def on_current(self, record: Any) -> None:
        """The order's lines."""
        self.facts.show_row(None if record is None else record.id)

    def sync(self) -> None:
        """F5."""
        self.sync_wanted.emit()


def _states() -> list[tuple[str, str]]:
    return [(key.removeprefix("order."), one.word) for key, one in vocabulary().items() if key.startswith("order.")]
