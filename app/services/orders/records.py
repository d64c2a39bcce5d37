"""Orders as the window shows them. Names of buyers are masked: nobody needs them to pick and ship (interface.md 13)."""

from __future__ import annotations

from dataclasses import dataclass

SEGMENTS: dict[str, tuple[str, ...]] = {
    "to_ship": ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS"),
    "problems": ("IN_CANCEL", "IN_ISSUE", "IN_FROZEN"),
    "risk": ("RISK_CONTROL",),
    "shipped": ("WAIT_BUYER_ACCEPT_GOODS", "WAIT_SELLER_EXAMINE_MONEY", "FUND_PROCESSING"),
    "unpaid": ("PLACE_ORDER_SUCCESS",),
    "closed": ("FINISH",),
}
"""The filter's segments → states of the platform (domain.md 11.1); together they are all states."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the table shows it.

    Attributes:
        id: primary key; `order_id` is the platform's number.
        title: title of the first line.
        codes: merchant codes, one a line.
        buyer: masked.
        amount_minor: what the buyer pays in minor units of `currency`, None if unknown.
        deadline_ms: when it must be sent, None where no clock runs.
    """

    id: int
    store_id: int
    store: str
    order_id: str
    status: str
    title: str
    codes: str
    line_count: int
    buyer: str
    amount_minor: int | None
    currency: str
    created_ms: int | None
    paid_ms: int | None
    deadline_ms: int | None


@dataclass(frozen=True, slots=True)
class OrderLineRecord:
    """One line of an order. `listing_id`: our listing of that product, None if there is none."""

    id: int
    line_id: str
    product_id: str
    title: str
    code: str
    quantity: int
    unit_price_minor: int | None
    currency: str
    status: str
    listing_id: int | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its lines, for the side panel."""

    order: OrderRow
    lines: tuple[OrderLineRecord, ...]
    synced_ms: int


def masked(name: str) -> str:
    """A person's name as it may stand on a screen: the first letter of each word."""
    return " ".join(f"{word[0]}•••" for word in name.split()[:3])
