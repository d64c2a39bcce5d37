"""`store add`, `store list`, `store sync`; the rest of the group is in `app.cli.store_care`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, office_text, table, time_text
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.errors import InputError
from app.services.stores.records import StoreRecord

if TYPE_CHECKING:
    from app.services.stores.quotas import ApiCalls
    from app.services.stores.sync import SyncResult
    from app.services.stores.trying import Trial

PARTS = ("listings", "orders", "freight", "groups", "categories")
MOST_SECRET_CHARACTERS = 100_000


def add_to(commands: Commands) -> None:
    """Add the `store` group."""
    group = commands.group("store")
    parser = group.add("add", add)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--gateway", required=True, metavar="URL", help=tr("cli.help.store.gateway"))
    parser.add_argument("--secrets", required=True, metavar="-", help=tr("cli.help.store.secrets"))
    parser.add_argument("--alias", default="", help=tr("cli.help.store.alias"))
    group.add("list", list_all)
    parser = group.add("sync", sync)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--what", type=_parts, default=PARTS, metavar="PARTS", help=tr("cli.help.store.what"))
    parser.add_argument("--whole", action="store_true", help=tr("cli.help.store.whole"))
    import_module("app.cli.store_care").add_to(group)


def add(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Connect a store, or sign one in again, and see whether the marketplace takes its tokens; the secrets come as
    JSON on standard input, never as an argument."""
    from app.services.credentials import from_object
    from app.services.stores.adding import add_store

    credentials = from_object(read_secrets(options.secrets))
    store = add_store(desk.app, options.name, options.gateway, credentials, alias=options.alias)
    return _added(desk, store, asyncio.run(_try(desk, store)))


async def _try(desk: Desk, store: StoreRecord) -> Trial:
    from app.services.stores.trying import try_connection

    try:
        return await try_connection(desk.app, store)
    finally:
        await desk.app.disconnect()


def _added(desk: Desk, store: StoreRecord, trial: Trial) -> Outcome:
    """What is told of a store that is stored by now, whether or not the marketplace took its tokens."""
    from app.services.marketplace.port import Refused
    from app.services.stores.reading import get_store

    place = tr(f"cli.store.place.{desk.app.credentials.place_of(store.credential_ref)}")
    told: dict[str, Any] = {"store": store_object(get_store(desk.app.db, store.id)), "live": trial.live}
    if trial.error is None:
        return Outcome(told, [tr("cli.store.added", n=trial.live, name=store.name, place=place)])
    told["error"] = {"code": trial.error.error_code, "message": sentence(trial.error)}
    lines = [
        tr("cli.store.kept", name=store.name, place=place),
        told["error"]["message"],
        tr("cli.store.try_again", name=store.name),
    ]
    code = Exit.SOME_REFUSED if isinstance(trial.error, Refused) else Exit.OUT_OF_REACH
    return Outcome(told, lines, code)


def list_all(desk: Desk, options: argparse.Namespace) -> Outcome:
    """All stores with their figures."""
    from app.services.stores.quotas import calls_today
    from app.services.stores.reading import list_stores

    stores = list_stores(desk.app.db, warn_days=desk.app.settings.token_warn_days)
    with desk.app.db.reader.connect() as connection:
        calls = {store.id: calls_today(connection, store.id) for store in stores}
    lines = [tr("cli.store.none")]
    if stores:
        head = tuple(
            tr(f"cli.store.column.{name}")
            for name in ("name", "health", "live", "quota", "listings", "to_ship", "calls", "sync")
        )
        lines = table([head, *(_row(store, calls[store.id]) for store in stores)])
    told = [{**store_object(store), "api_calls": _calls_object(calls[store.id])} for store in stores]
    return Outcome({"stores": told}, lines)


def _calls_object(calls: ApiCalls) -> dict[str, Any]:
    from app.services.clock import to_ms

    return {"today": calls.made, "limit": calls.limit, "used_up_until": time_text(to_ms(calls.used_up_until))}


def sync(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Bring a store's data here."""
    result = asyncio.run(_sync(desk, options.name, options.what, is_whole=options.whole))
    listings = result.listings
    told: dict[str, Any] = {
        "listings": listings.seen,
        "orders": result.orders,
        "freight_templates": result.freight_templates,
        "groups": result.groups,
        "categories": result.categories,
        "new": listings.new,
        "changed": listings.changed,
        "unchanged": listings.unchanged,
        "conflicts": len(listings.conflicts),
        "removed": len(listings.removed),
        "waiting": listings.waiting,
        "failed": listings.failed,
        "refused": result.refused,
    }
    is_whole = not listings.failed and not result.refused
    return Outcome(told, _sync_lines(told), Exit.DONE if is_whole else Exit.SOME_REFUSED)


async def _sync(desk: Desk, name: str, what: tuple[str, ...], *, is_whole: bool) -> SyncResult:
    from app.services.stores.practice import reachable
    from app.services.stores.sync import What, sync_store

    app = desk.app
    store = await reachable(app, desk.store(name), language=desk.language)
    settings = app.settings
    try:
        async with app.connected(store) as marketplace:
            return await sync_store(
                app.db,
                marketplace,
                store.id,
                [What(part) for part in what],
                parallel=settings.parallel_calls,
                order_days=settings.order_days,
                is_whole=is_whole,
            )
    finally:
        await app.disconnect()


def store_object(store: StoreRecord) -> dict[str, Any]:
    """A store as JSON; no tokens, no reference to them."""
    from app.services.clock import now_ms, to_ms
    from app.services.stores.light import light_of

    light = light_of(store, now_ms())
    return {
        "id": store.id,
        "name": store.name,
        "alias": store.alias,
        "gateway": store.gateway,
        "access": str(store.access),
        "health": str(store.health),
        "practice": store.is_practice,
        "shared": store.is_shared,
        "connected": not store.is_disconnected,
        "light": {"level": light.level, "reason": light.reason, "text": tr(light.key, **light.params)},
        "token_expires": time_text(to_ms(store.token_expires_at)),
        "sign_in_ends": time_text(to_ms(store.sign_in_ends_at)),
        "last_sync": time_text(to_ms(store.last_sync_at)),
        "listing_quota": store.listing_quota,
        "quota": {
            "used": _known(store, store.counts.get("live", 0)),
            "limit": store.listing_quota,
            "source": None if store.listing_quota is None else "platform" if store.told_at else "own",
            "told": time_text(to_ms(store.told_at)),
        },
        "listings": store.listings,
        "counts": dict(store.counts),
        "to_ship": _known(store, store.to_ship),
    }


def _known(store: StoreRecord, n: int) -> int | None:
    """A number only the platform can tell: before the first sync none is not 0, but not known."""
    return n if n or store.last_sync_at is not None else None


def _shown(number: int | None) -> int | str:
    return "–" if number is None else number


def _row(store: StoreRecord, calls: ApiCalls) -> tuple[Any, ...]:
    from app.services.clock import now_ms, to_ms
    from app.services.stores.light import light_of

    light = light_of(store, now_ms())
    return (
        store.name,
        tr(light.key, **light.params),
        _shown(_known(store, store.counts.get("live", 0))),
        _shown(store.listing_quota),
        store.listings,
        _shown(_known(store, store.to_ship)),
        calls.made if calls.limit is None else f"{calls.made} / {calls.limit}",
        office_text(to_ms(store.last_sync_at)),
    )


def _sync_lines(told: dict[str, Any]) -> list[str]:
    lines = [
        tr("cli.sync.listings", n=told["listings"], new=told["new"], changed=told["changed"]),
        tr("cli.sync.rest", orders=told["orders"], templates=told["freight_templates"], groups=told["groups"]),
    ]
    if told["conflicts"]:
        lines.append(tr("cli.sync.conflicts", n=told["conflicts"]))
    if told["failed"]:
        lines.append(tr("cli.sync.failed", n=len(told["failed"])))
    if told["refused"]:
        lines.append(tr("cli.sync.refused", parts=", ".join(told["refused"])))
    return lines


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [part for part in parts if part not in PARTS]
    if unknown or not parts:
        raise argparse.ArgumentTypeError(tr("cli.unknown_part", part=", ".join(unknown), known=", ".join(PARTS)))
    return parts


def read_secrets(source: str) -> Any:
    """The JSON of standard input, or of a file. The text is never repeated in a message: it may hold secrets.

    Raises:
        InputError: no JSON.
    """
    text = sys.stdin.read(MOST_SECRET_CHARACTERS) if source == "-" else Path(source).read_text("utf-8")
    try:
        return json.loads(text.lstrip("\ufeff"))
    except ValueError:
        raise InputError("credentials.no_object") from None
