"""`store sign-in`, `shared`, `test`, `rename`, `set`, `disconnect`, `remove`: looking after stores that are there."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.cli.desk import Desk
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.stores.desk import StoreDesk
    from app.services.stores.records import StoreRecord
    from app.services.stores.signing_in import AppKey, SharedOutcome
    from app.services.stores.trying import ConnectionReport

T = TypeVar("T")
ACCESS = ("operate", "read_only")


def add_to(group: Commands) -> None:
    """Add these commands to the `store` group."""
    parser = group.add("sign-in", sign_in)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--gateway", metavar="URL", help=tr("cli.help.store.gateway_new"))
    parser.add_argument("--app", metavar="-", help=tr("cli.help.store.app"))
    parser = group.add("shared", add_shared)
    parser.add_argument("codes", metavar="FILE", help=tr("cli.help.store.codes"))
    parser.add_argument("--gateway", required=True, metavar="URL", help=tr("cli.help.store.gateway"))
    parser.add_argument("--app", metavar="FILE", help=tr("cli.help.store.app"))
    parser = group.add("test", test)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    parser = group.add("rename", rename)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("new_name", metavar="NEW", help=tr("cli.help.store.new_name"))
    parser = group.add("set", change)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--alias", help=tr("cli.help.store.alias"))
    parser.add_argument("--colour", type=int, metavar="N", help=tr("cli.help.store.colour"))
    parser.add_argument("--quota", type=int, metavar="N", help=tr("cli.help.store.quota"))
    parser.add_argument("--access", choices=ACCESS, help=tr("cli.help.store.access"))
    parser.add_argument("--yes", action="store_true", help=tr("cli.help.store.yes"))
    for name, handler in (("disconnect", disconnect), ("remove", remove)):
        parser = group.add(name, handler)
        parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
        if name == "remove":
            parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.store.dry_run"))
            parser.add_argument("--yes", action="store_true", help=tr("cli.help.store.yes_remove"))


def store_desk(desk: Desk) -> StoreDesk:
    """The use cases."""
    from app.services.stores.desk import StoreDesk

    return StoreDesk(desk.app)


def run_alone(desk: Desk, work: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine *work* to its end, and close the connections it opened."""

    async def whole() -> T:
        try:
            return await work
        finally:
            await desk.app.disconnect()

    return asyncio.run(whole())


def _told(store: StoreRecord) -> dict[str, Any]:
    from app.cli.commands.stores import store_object

    return store_object(store)


# -- signing in --------------------------------------------------------------------------------------------------------


def sign_in(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Sign in with the browser: a store that is there again, or with --gateway a new one."""
    from app.services.stores.signing_in import SignInPlan
    from app.services.tasks import TaskContext

    stores = store_desk(desk)
    typed = _app_key(options.app)
    if options.gateway:
        plan = SignInPlan(options.name, options.gateway, typed)
    else:
        known = stores.find(options.name)
        plan = SignInPlan(known.name, known.gateway, typed, store_id=known.id)

    def show(url: str) -> None:
        import webbrowser

        desk.say_log(tr("cli.store.open_page", url=url))
        webbrowser.open(url)

    store = run_alone(desk, stores.sign_in_by_browser(plan, show, TaskContext()))
    return Outcome({"store": _told(store)}, [tr("cli.store.signed_in", name=store.name)])


def add_shared(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Redeem shared codes from a file or standard input; each becomes a store that may only be read."""
    from app.services.tasks import TaskContext

    stores = store_desk(desk)
    codes = stores.read_codes(_text_of(options.codes))
    outcomes = run_alone(desk, stores.add_shared(options.gateway, codes, _app_key(options.app), TaskContext()))
    told = [_shared_object(outcome) for outcome in outcomes]
    lines = [_shared_line(outcome) for outcome in outcomes]
    is_whole = all(outcome.error is None for outcome in outcomes)
    return Outcome({"shared": told}, lines, Exit.DONE if is_whole else Exit.SOME_REFUSED)


def _shared_object(outcome: SharedOutcome) -> dict[str, Any]:
    told: dict[str, Any] = {"alias": outcome.pasted.alias, "code": outcome.pasted.masked}
    if outcome.store is not None:
        told["store"] = _told(outcome.store)
    if outcome.error is not None:
        told["error"] = {"code": outcome.error.error_code, "message": sentence(outcome.error)}
    return told


def _shared_line(outcome: SharedOutcome) -> str:
    if outcome.store is not None:
        return tr("cli.store.shared_added", code=outcome.pasted.masked, name=outcome.store.name)
    assert outcome.error is not None
    return tr("cli.store.shared_refused", code=outcome.pasted.masked, why=sentence(outcome.error))


def _app_key(source: str | None) -> AppKey:
    """App key and secret from JSON, on standard input (`-`) or in a file; empty to borrow those of another store."""
    from app.cli.commands.stores import read_secrets
    from app.services.errors import InputError
    from app.services.stores.signing_in import AppKey

    if source is None:
        return AppKey()
    raw = read_secrets(source)
    if not isinstance(raw, dict):
        raise InputError("credentials.no_object")
    missing = [name for name in ("app_key", "app_secret") if not raw.get(name)]
    if missing:
        raise InputError("credentials.fields_missing", fields=", ".join(missing))
    return AppKey(str(raw["app_key"]), str(raw["app_secret"]))


def _text_of(source: str) -> str:
    from app.services.stores.shared_codes import LONGEST_PASTE

    return sys.stdin.read(LONGEST_PASTE + 1) if source == "-" else Path(source).read_text("utf-8-sig")


# -- looking after -----------------------------------------------------------------------------------------------------


def test(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Ask the store for one thing of each kind: what works, and what not with its remedy."""
    from app.services.tasks import TaskContext

    stores = store_desk(desk)
    report = run_alone(desk, stores.probe(stores.find(options.name).id, TaskContext()))
    told = {
        "store": _told(stores.find(report.store.name)),
        "works": report.works,
        "parts": [
            {
                "part": probe.part,
                "works": probe.works,
                "count": probe.count,
                "error": None
                if probe.error is None
                else {"code": probe.error.error_code, "message": sentence(probe.error)},
            }
            for probe in report.probes
        ],
    }
    return Outcome(told, _test_lines(report), _test_exit(report))


def _test_lines(report: ConnectionReport) -> list[str]:
    lines = [tr("stores.probe.works" if report.works else "stores.probe.fails")]
    for probe in report.probes:
        part = tr(f"stores.probe.{probe.part}")
        if probe.error is not None:
            lines.append(f"✗ {part}: {sentence(probe.error)}")
        else:
            lines.append(f"✓ {part}" if probe.count is None else f"✓ {part}: {probe.count}")
    return lines


def _test_exit(report: ConnectionReport) -> Exit:
    from app.services.marketplace.port import Refused

    if report.works:
        return Exit.DONE
    only_refused = all(probe.works or isinstance(probe.error, Refused) for probe in report.probes)
    return Exit.SOME_REFUSED if only_refused else Exit.OUT_OF_REACH


def rename(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Another name; nothing leaves this computer."""
    stores = store_desk(desk)
    store = stores.change(stores.find(options.name).id, name=options.new_name)
    return Outcome({"store": _told(store)}, [tr("cli.store.renamed", name=store.name)])


def change(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Alias, colour, listing quota, and what may be done with a store."""
    stores = store_desk(desk)
    found = stores.find(options.name)
    colour = None if options.colour is None else options.colour - 1
    store = stores.change(found.id, alias=options.alias, colour=colour, quota=options.quota)
    if options.access is not None:
        store = stores.set_operable(found.id, options.access == "operate", is_confirmed=options.yes)
    return Outcome({"store": _told(store)}, [tr("cli.store.changed", name=store.name)])


def disconnect(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Wipe the store's tokens from this computer; its data stays."""
    stores = store_desk(desk)
    store = stores.disconnect(stores.find(options.name).id)
    return Outcome({"store": _told(store)}, [tr("stores.disconnect.done", name=store.name)])


def remove(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Take a store with everything of it out of the database, after a copy; without --yes only say what that does."""
    stores = store_desk(desk)
    planned = stores.removal(stores.find(options.name).id)
    told: dict[str, Any] = {
        "store": _told(planned.store),
        "on_marketplace": planned.on_marketplace,
        "only_here": planned.only_here,
        "unsent_changes": planned.changed,
        "orders": planned.orders,
        "under_way": planned.under_way,
        "removed": False,
        "backup": None,
    }
    lines = [
        tr(f"stores.remove.{key}", n=n)
        for key, n in (
            ("under_way", planned.under_way),
            ("on_marketplace", planned.on_marketplace),
            ("changed", planned.changed),
            ("only_here", planned.only_here),
            ("orders", planned.orders),
        )
        if n
    ]
    if not options.yes and not options.dry_run:
        lines.append(tr("cli.store.remove_unasked", name=planned.store.name))
        return Outcome(told, lines, Exit.NOTHING_DONE)
    if not options.dry_run:
        copy = stores.remove(planned.store.id)
        told |= {"removed": True, "backup": str(copy)}
        lines.append(tr("stores.remove.done", name=planned.store.name, file=copy.name))
    return Outcome(told, lines)
