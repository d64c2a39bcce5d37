"""`group`: the marketing groups of a store, and which listings are in them.

Product groups are a field like any other (`edit --set group=NAME`): the platform has no call that renames or removes
one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.commands.editing import edited
from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands, Parser
from app.messages import messages, tr
from app.services.errors import NotFound
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.listings.marketing.groups import MarketingGroupRecord
    from app.services.listings.marketing.plans import PlanText

REDUCTIONS = ("spend_off", "store_coupon", "select_coupon", "platform_coupon")
"""What a discount plan can hold, in the order of redemption; options are called so."""
HIGH_COUPON = "--high-coupon"
SHOWN_ROWS = 20
"""Rows of a sheet that are named to a person; `--json` names all."""


def add_to(commands: Commands) -> None:
    """Add `group`."""
    group = commands.group("group")
    parser = group.add("list", list_groups)
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.store.name"))
    parser = _named(group, "add", add)
    parser.add_argument("--discount", default="", metavar="PERCENT", help=tr("cli.help.group.discount"))
    _add_plan(parser)
    parser = _named(group, "rename", rename)
    parser.add_argument("new_name", nargs="?", metavar="NEW", help=tr("cli.help.group.new_name"))
    parser.add_argument("--discount", metavar="PERCENT", help=tr("cli.help.group.discount"))
    _add_plan(parser)
    _named(group, "remove", remove)
    parser = _named(group, "assign", assign)
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
    for name, handler, option, hint in (
        ("export", export_groups, "--out", "cli.help.words.out"),
        ("import", import_groups, "file", "cli.help.words.file"),
    ):
        parser = group.add(name, handler)
        needed = {"required": True} if option.startswith("--") else {}
        parser.add_argument(option, type=Path, metavar="FILE", help=tr(hint), **needed)
        parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))


def _named(group: Commands, name: str, handler: Any) -> Parser:
    parser = group.add(name, handler)
    hint = "cli.help.group.name_or_none" if name == "assign" else "cli.help.group.name"
    parser.add_argument("name", metavar="GROUP", help=tr(hint))
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    return parser


def _add_plan(parser: Parser) -> None:
    for name in REDUCTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="OFF/FROM", help=tr(f"cli.help.group.{name}"))
    parser.add_argument("--affiliate", choices=("on", "off"), help=tr("cli.help.group.affiliate"))
    parser.add_argument(HIGH_COUPON, action="store_true", help=tr("cli.help.group.high_coupon"))


def _plan(options: argparse.Namespace, group: MarketingGroupRecord | None = None) -> PlanText | None:
    """The plan of *group* with what the options change; None where they change nothing."""
    from app.services.listings.marketing.plans import PlanText

    named = {name: text for name in REDUCTIONS if (text := getattr(options, name)) is not None}
    if not named and options.affiliate is None:
        return None
    has_affiliate = options.affiliate != "off"
    if group is None:
        return PlanText(named, has_affiliate, options.high_coupon)
    if options.affiliate is None:
        has_affiliate = group.plan.has_affiliate
    return PlanText({**group.plan.texts(), **named}, has_affiliate, options.high_coupon)


@contextmanager
def _option_named() -> Iterator[None]:
    """What a dialog asks about once more is an option here: the sentence names it."""
    from app.services.listings.marketing.plans import HighCoupon

    try:
        yield
    except HighCoupon as error:
        error.option = HIGH_COUPON
        error.params["option"] = HIGH_COUPON
        raise


def list_groups(desk: Desk, options: argparse.Namespace) -> Outcome:
    """The marketing groups of one store or of all."""
    from app.services.listings.marketing.groups import marketing_groups
    from app.services.stores.reading import list_stores

    stores = [desk.store(options.store)] if options.store else list_stores(desk.app.db)
    names = {store.id: store.name for store in stores}
    found = marketing_groups(desk.app.db, list(names))
    rows = [(names[one.store_id], one.name, _percent(one) or "–", _reductions(one), one.listings) for one in found]
    told = [_object(one, names[one.store_id]) for one in found]
    return Outcome({"groups": told}, table(rows) if rows else [tr("cli.group.none")])


def add(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Make a group. Raises: NotFound, BadMarketingGroup, BadReduction, BadPriceInput, HighCoupon."""
    from app.services.listings.marketing.groups import create_marketing_group

    store = desk.store(options.store)
    with _option_named():
        number = create_marketing_group(desk.app.db, store.id, options.name, options.discount, _plan(options))
    return _told(desk, store.id, store.name, number, "cli.group.added")


def rename(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Another name, another discount plan, or both; what is not named stays.

    Raises:
        NotFound, BadMarketingGroup, BadReduction, BadPriceInput, HighCoupon.
        UsageError: neither is named.
    """
    from app.services.listings.marketing.groups import change_marketing_group
    from app.services.price_guard.rechecking import recheck_group

    store = desk.store(options.store)
    group = _found(desk, store.id, options.name)
    plan = _plan(options, group)
    if options.new_name is None and options.discount is None and plan is None:
        raise UsageError("cli.group_what")
    discount = _percent(group) if options.discount is None else options.discount
    with _option_named():
        change = change_marketing_group(desk.app.db, group.id, options.new_name or group.name, discount, plan)
    if change is not None:
        recheck_group(desk.app.db, group.id)
    outcome = _told(desk, store.id, store.name, group.id, "cli.group.renamed")
    outcome.result["change"] = None if change is None else change.uid
    return outcome


def remove(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Delete an empty group. Raises: NotFound, BadMarketingGroup."""
    from app.services.listings.marketing.groups import delete_marketing_group

    store = desk.store(options.store)
    group = _found(desk, store.id, options.name)
    change = delete_marketing_group(desk.app.db, group.id)
    return Outcome({**_object(group, store.name), "change": change.uid}, [tr("cli.group.removed", name=group.name)])


def assign(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Put the listings the condition holds for into a group, "" for none, as one change. Raises: as `edit`."""
    from app.services.listings.bulk_edit.edits import BulkEdit
    from app.services.listings.bulk_edit.operations import SetValue

    store = desk.store(options.store)
    name = _found(desk, store.id, options.name).name if options.name.strip() else ""
    ids = matching_ids(desk, store.id, options.where)
    return edited(desk, BulkEdit((SetValue("marketing_group", name),)), ids, is_dry=options.dry_run)


def export_groups(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Write every listing of a store with its group to a sheet. Raises: NotFound, UsageError, WorkbookError."""
    from app.services.listings.marketing.sheets import export_marketing

    if options.out.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError("cli.out_name", file=options.out.name, known=".xlsx, .csv")
    store = desk.store(options.store)
    n = export_marketing(desk.app.database_path, options.out, store.id, messages.language, ctx=TaskContext())
    return Outcome({"listings": n, "file": str(options.out)}, [tr("cli.group.exported", n=n, file=options.out.name)])


def import_groups(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Put listings where a sheet says, as one change. Raises: NotFound, NoMarketingSheet, WorkbookError."""
    from app.services.listings.marketing.sheets import import_marketing

    store = desk.store(options.store)
    read = import_marketing(desk.app.database_path, options.file, store.id, ctx=TaskContext())
    changed = 0 if read.change is None else read.change.listing_count
    told = {
        "changed": changed,
        "new_groups": read.new_groups,
        "unknown": list(read.unknown),
        "refused": list(read.refused),
        "change": None if read.change is None else read.change.uid,
    }
    left = sorted((*read.unknown, *read.refused))
    lines = [tr("groups.sheet.read", n=changed)]
    if left:
        rows = ", ".join(map(str, left[:SHOWN_ROWS]))
        lines = [tr("groups.sheet.read_partly", n=changed, left=len(left), lines=rows)]
    return Outcome(told, lines, Exit.SOME_REFUSED if left else Exit.DONE)


def _found(desk: Desk, store_id: int, name: str) -> MarketingGroupRecord:
    """A store's group by its name, however it is cased. Raises: NotFound."""
    from app.services.listings.marketing.groups import marketing_groups
    from app.services.listings.text import fold

    wanted = fold(" ".join(name.split()))
    for one in marketing_groups(desk.app.db, [store_id]):
        if fold(one.name) == wanted:
            return one
    raise NotFound("marketing.not_found", name=name)


def _told(desk: Desk, store_id: int, store: str, number: int, key: str) -> Outcome:
    from app.services.listings.marketing.groups import marketing_groups

    group = next(one for one in marketing_groups(desk.app.db, [store_id]) if one.id == number)
    return Outcome(_object(group, store), [tr(key, name=group.name)])


def _percent(one: MarketingGroupRecord) -> str:
    return "" if one.discount is None else f"{one.discount:f}"


def _reductions(one: MarketingGroupRecord) -> str:
    texts = [f"{tr(f'groups.field.{name}')} {text}" for name, text in one.plan.texts().items()]
    return ", ".join(texts) or "–"


def _object(one: MarketingGroupRecord, store: str) -> dict[str, Any]:
    """A group; `discount` in percent as decimal text, None while undecided; `plan` has what else takes off."""
    return {
        "id": one.id,
        "store": store,
        "name": one.name,
        "discount": _percent(one) or None,
        "listings": one.listings,
        "plan": one.plan.texts(),
        "affiliate": one.plan.has_affiliate,
    }
