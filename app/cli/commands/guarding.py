"""`guard`: what the price guard holds, releasing it, and what it looks at."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.price_guard.quarantine import HeldPrice

SETTINGS = ("floors", "costs", "changes", "far_below", "warn_bp", "hold_bp", "meaning", "min_margin_bp")
"""Settings of the guard; options are called so, without the unit."""


def add_to(commands: Commands) -> None:
    """Add `guard`."""
    group = commands.group("guard")
    parser = group.add("list", list_held)
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.store.name"))
    parser = group.add("release", release_held)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--comment", required=True, metavar="TEXT", help=tr("cli.help.guard.comment"))
    parser = group.add("set", set_guard)
    parser.add_argument("--role", metavar="ROLE", help=tr("cli.help.guard.role"))
    for name in SETTINGS:
        parser.add_argument(f"--{_option(name)}", dest=name, metavar="VALUE", help=tr(f"cli.help.guard.{name}"))


def _option(name: str) -> str:
    return name.removesuffix("_bp").replace("_", "-")


def list_held(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Every held price of one store or of all."""
    from app.services.price_guard.desk import GuardDesk
    from app.services.stores.reading import list_stores

    stores = [desk.store(options.store)] if options.store else list_stores(desk.app.db)
    names = {store.id: store.name for store in stores}
    found = GuardDesk(desk.app).quarantine(list(names))
    told = [_object(one, names[one.store_id]) for one in found.prices]
    lines = table([(one["store"], one["sku"], one["message"]) for one in told]) if told else [tr("cli.guard.none")]
    return Outcome({"listings": found.listings, "held": told}, lines)


def release_held(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Let the listings the condition holds for pass. Raises: NotAllowed, BadComment, NothingHeld, as `list`."""
    from app.services.compliance.recheck import recheck
    from app.services.price_guard.desk import GuardDesk

    store = desk.store(options.store)
    ids = matching_ids(desk, store.id, options.where)
    change = GuardDesk(desk.app).release(ids, options.comment)
    recheck(desk.app.db, ids)
    told = {"released": change.listing_count, "change": change.uid}
    return Outcome(told, [tr("cli.guard.released", n=change.listing_count)])


def set_guard(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Show what is guarded, or change it. Raises: UsageError, NotAllowed, BadGuardSetting."""
    from app.services.compliance.recheck import recheck
    from app.services.price_guard.desk import GuardDesk
    from app.services.price_guard.settings import BadGuardSetting, shown
    from app.services.roles import Role

    if options.role is not None:
        if options.role not in tuple(Role):
            raise UsageError("guard.setting", name="--role", value=options.role, known=" · ".join(Role))
        desk.app.change_settings(role=options.role)
    guard = GuardDesk(desk.app)
    typed = {name: text for name in SETTINGS if (text := getattr(options, name)) is not None}
    if typed:
        before, _ = guard.settings()
        try:
            if guard.change_settings(typed) != before:
                recheck(desk.app.db)
        except BadGuardSetting as error:
            if (name := error.params.get("name")) is None:
                raise
            raise UsageError(error.error_code, **{**error.params, "name": f"--{_option(name)}"}) from error
    settings, asks = guard.settings()
    told: dict[str, Any] = {_option(name).replace("-", "_"): shown(settings, name) for name in SETTINGS}
    told |= {"asks_costs": asks, "role": desk.app.settings.role}
    return Outcome(told, table([(name, value) for name, value in told.items()]))


def _object(one: HeldPrice, store: str) -> dict[str, Any]:
    """A held price; amounts as decimal text, None where unknown."""
    from app.services.compliance.findings import finding_text

    numbers = {
        name: None if value is None else f"{value:.2f}"
        for name in ("list_price", "lowest", "floor", "break_even")
        for value in [getattr(one.numbers, name)]
    }
    return {
        "store": store,
        "listing": one.listing_id,
        "title": one.title,
        "sku": one.code,
        "currency": one.currency,
        "code": one.finding.code,
        "message": finding_text(one.finding),
        **numbers,
    }
