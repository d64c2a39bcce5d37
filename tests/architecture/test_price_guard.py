"""Every path by which a price can leave passes the price guard: who may send, and what senders are handed."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

from app.services.compliance.rules import GROUPS, guard
from app.services.marketplace.port import Marketplace
from app.services.price_guard.records import CHANGE_WARN, CODES
from tests.architecture.source import modules

SELLING: dict[str, set[str]] = {
    "create_listing": {"app.services.publishing.sending"},
    "edit_listing": {"app.services.publishing.sending"},
    "set_prices": {"app.services.publishing.small_edit_sending"},
    "set_stock": {"app.services.publishing.small_edit_sending"},
    "set_online": {"app.services.publishing.online_sending"},
    "submit_feed": {"app.services.publishing.feeds"},
    "edit_field": set(),
}
"""Calls of the port that put a price, or goods at one, before buyers, and the only modules that make them."""
HARMLESS = {
    "set_offline", "delete_listings", "move_groups", "set_groups", "create_group", "upload_image", "declare_shipment",
    "change_shipment",
}  # fmt: skip
"""Other calls that change something there: nothing is sold by them."""
WRITING = ("create", "edit", "set_", "submit", "delete", "move", "upload", "declare", "change")


@cache
def _used() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Outside the adapter and the practice market: by attribute the modules that take hold of it, by name those that
    call it."""
    held: dict[str, set[str]] = defaultdict(set)
    called: dict[str, set[str]] = defaultdict(set)
    inside = ("app.services.marketplace", "app.practice_market")
    for module in modules("app"):
        if not module.name.startswith(inside):
            for node in module.nodes:
                if isinstance(node, ast.Attribute):
                    held[node.attr].add(module.name)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    called[node.func.id].add(module.name)
    return held, called


def test_only_the_senders_put_prices_before_buyers() -> None:
    held, _ = _used()
    assert {call: held[call] for call in SELLING} == SELLING


def test_senders_send_what_was_prepared_and_only_the_preparer_prepares() -> None:
    assert _used()[1]["Prepared"] == {"app.services.publishing.preparing"}
    [preparing] = [one for one in modules("app/services/publishing") if one.name.endswith(".preparing")]
    functions = {node.name: node for node in ast.walk(preparing.tree) if isinstance(node, ast.FunctionDef)}
    makers = [name for name, node in functions.items() if _makes(node, "Prepared")]
    assert makers == ["_judge"]
    assert [_makes(functions[name], "check_before_sending") for name in ("_judge", "_stopped")] == [True, True]
    assert _makes(functions["_judge"], "_stopped")


def _makes(function: ast.FunctionDef, name: str) -> bool:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(isinstance(one.func, ast.Name) and one.func.id == name for one in calls)


def test_a_new_call_of_the_port_has_to_be_thought_about() -> None:
    calls = {name for name in vars(Marketplace) if name.startswith(WRITING)}
    assert calls == SELLING.keys() | HARMLESS


def test_the_guard_is_part_of_the_checker_and_knows_its_rules() -> None:
    assert guard.GROUP in GROUPS
    assert {rule.code for rule in guard.GROUP.rules} == {*CODES, CHANGE_WARN}
