"""The two families of product methods side by side (protocol reference 0): same products, other names.

Accounts may call one or the other, rarely both. Methods that are not here are shared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.aliexpress.mapping.merge import EditPlan, plan_edit
from app.services.marketplace.aliexpress.mapping.methods import (
    LISTING_CREATE,
    LISTING_EDIT,
    LISTING_LIST,
    LISTING_READ,
    ORDER_LIST,
    ORDER_LIST_CHINA,
    ORDER_READ,
    ORDER_READ_CHINA,
    PROFILE,
    PROFILE_SOLUTION,
    SOLUTION_CREATE,
    SOLUTION_EDIT,
    SOLUTION_LIST,
    SOLUTION_READ,
    Method,
)
from app.services.marketplace.aliexpress.mapping.solution import write_solution
from app.services.marketplace.aliexpress.mapping.solution_edit import plan_solution_edit
from app.services.marketplace.port import ListingContent


@dataclass(frozen=True, slots=True)
class ProductFamily:
    """How one family lists, reads, creates and edits products.

    Attributes:
        key: its name in what is remembered of a store.
        list, read, create, edit: the methods.
        created, edited: the parameters that carry the product.
        write: the record that creates a content.
        plan: the record that changes a detail record (product id, record, content).
    """

    key: str
    list: Method
    read: Method
    create: Method
    edit: Method
    created: str
    edited: str
    write: Callable[[ListingContent], dict[str, Any]]
    plan: Callable[[int, dict[str, Any], ListingContent], EditPlan]


OFFER = ProductFamily(
    key="offer",
    list=LISTING_LIST,
    read=LISTING_READ,
    create=LISTING_CREATE,
    edit=LISTING_EDIT,
    created="aeop_a_e_product",
    edited="aeop_a_e_product",
    write=write_listing,
    plan=plan_edit,
)
SOLUTION = ProductFamily(
    key="solution",
    list=SOLUTION_LIST,
    read=SOLUTION_READ,
    create=SOLUTION_CREATE,
    edit=SOLUTION_EDIT,
    created="post_product_request",
    edited="edit_product_request",
    write=write_solution,
    plan=plan_solution_edit,
)
PRODUCT_FAMILIES = (OFFER, SOLUTION)
"""In the order in which they are tried for an account nobody knows: mainland-China sellers first (domain.md 5)."""


@dataclass(frozen=True, slots=True)
class OrderFamily:
    """How one family lists and reads orders; `wrapped` is the parameter that carries the list's query, "" for none."""

    key: str
    list: Method
    read: Method
    wrapped: str = ""


SOLUTION_ORDERS = OrderFamily("solution", ORDER_LIST, ORDER_READ)
CHINA_ORDERS = OrderFamily("offer", ORDER_LIST_CHINA, ORDER_READ_CHINA, "param_aeop_order_query")
ORDER_FAMILIES = (SOLUTION_ORDERS, CHINA_ORDERS)


@dataclass(frozen=True, slots=True)
class ProfileFamily:
    """How one family says who the store is."""

    key: str
    read: Method


PROFILE_FAMILIES = (ProfileFamily("offer", PROFILE), ProfileFamily("solution", PROFILE_SOLUTION))
"""The first one also says how many listings the store may have."""
