"""`explain`: a price step by step; `rates …`: exchange rates, commissions and the numbers prices are made with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, price_text, table
from app.cli.failures import UsageError
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.services.pricing.desk import PricingDesk
    from app.services.pricing.explaining import Explanation


def add_to(commands: Commands) -> None:
    """Add `explain` and the group `rates`."""
    parser = commands.add("explain", explain_price)
    parser.add_argument("code", metavar="CODE", help=tr("cli.help.explain.code"))
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--list", metavar="PRICE", help=tr("cli.help.explain.list"))
    wanted.add_argument("--margin", metavar="SHARE", help=tr("cli.help.explain.margin"))
    wanted.add_argument("--profit", metavar="CNY", help=tr("cli.help.explain.profit"))
    group = commands.group("rates")
    group.add("list", list_rates)
    parser = group.add("set", set_rate)
    parser.add_argument("rate", metavar="RATE", help=tr("cli.help.rates.rate"))
    parser.add_argument("--currency", default="USD", metavar="CODE", help=tr("cli.help.rates.currency"))
    parser.add_argument("--day", default="", metavar="DAY", help=tr("cli.help.rates.day"))
    parser = group.add("commission", set_commission)
    parser.add_argument("share", metavar="SHARE", help=tr("cli.help.rates.share"))
    parser.add_argument("--category", default="", metavar="ID", help=tr("cli.help.rates.category"))
    parser = group.add("use", use_settings)
    parser.add_argument("settings", nargs="+", metavar="NAME=VALUE", help=tr("cli.help.rates.setting"))
    group.add("import", import_sheet).add_argument("file", type=Path, metavar="FILE", help=tr("cli.help.rates.file"))
    group.add("renew", renew)


def explain_price(desk: Desk, options: argparse.Namespace) -> Outcome:
    """One variant's price, as it is, at another list price, or at the one that earns a margin or a profit."""
    pricing = _pricing(desk)
    at = pricing.find_variant(desk.store(options.store).id, options.code)
    if options.margin is not None:
        found = pricing.with_price_for(*at, "margin", options.margin)
    elif options.profit is not None:
        found = pricing.with_price_for(*at, "profit", options.profit)
    else:
        found = pricing.explain(*at, None if options.list is None else _cents(options.list))
    rows = [
        (
            tr(f"explain.{step.name}"),
            f"{step.value or tr('explain.unknown')} {step.unit}".rstrip(),
            str(step.how),
            " ".join(filter(None, (_said(step.source), step.as_of))),
        )
        for step in found.steps
    ]
    lines = [found.title, *table(rows), *(tr(f"figures.why.{one}") for one in found.missing)]
    return Outcome(_told(found), lines, Exit.SOME_REFUSED if found.missing else Exit.DONE)


def _told(found: Explanation) -> dict[str, Any]:
    from app.services.pricing.rounding import SHARE, half_up

    profit = found.profit
    steps = [
        {
            "name": step.name,
            "value": step.value or None,
            "unit": step.unit,
            "how": str(step.how),
            "source": _said(step.source),
            "as_of": step.as_of,
        }
        for step in found.steps
    ]
    return {
        "code": found.given.code,
        "list_price": price_text(found.price_minor),
        "profit_cny": None if profit is None else str(half_up(profit.profit_cny)),
        "margin": None if profit is None or profit.margin is None else str(half_up(profit.margin, SHARE)),
        "unknown": [str(one) for one in found.missing],
        "steps": steps,
    }


def _said(source: Any) -> str:
    from app.messages import Key

    return tr(source) if isinstance(source, Key) else str(source)


def _cents(text: str) -> int:
    from app.services.pricing.errors import not_negative
    from app.services.pricing.sources import number

    return int(not_negative("list_price", number("list_price", text)) * 100)


def list_rates(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Rates, newest first; commissions; the team's numbers; each with source and day."""
    found = _pricing(desk).overview(desk.language)
    rates = [
        {
            "currency": one.currency,
            "rate": f"{one.rate.normalize():f}",
            "source": _said(one.origin.shown),
            "as_of": one.origin.as_of,
        }
        for one in found.history
    ]
    shares = [
        {
            "category": one.category_id,
            "share": f"{one.share.normalize():f}",
            "source": _said(one.origin.shown),
            "as_of": one.origin.as_of,
        }
        for one in found.commissions
    ]
    settings = [
        {
            "name": name,
            "value": found.settings.text(name),
            "source": _said(origin.shown),
            "as_of": origin.as_of,
        }
        for name, origin in found.settings.origins.items()
    ]
    named = [one | {"category": _commission_of(one["category"])} for one in shares]
    rows = [tuple(value or "–" for value in one.values()) for one in (*rates, *named, *settings)]
    return Outcome({"rates": rates, "commissions": shares, "settings": settings}, table(rows))


def _commission_of(category: str) -> str:
    return f"{tr('pricing.field.commission')} · {category or tr('rates.all_others')}"


def set_rate(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Enter a rate."""
    return _changed(desk, [_pricing(desk).enter_rate(options.rate, options.currency, options.day)])


def set_commission(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Enter a commission."""
    return _changed(desk, [_pricing(desk).set_commission(options.category, options.share)])


def use_settings(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Change the team's numbers."""
    texts = {}
    for one in options.settings:
        name, sign, value = one.partition("=")
        if not sign:
            raise UsageError("cli.rates_setting", value=one)
        texts[name.strip()] = value
    return _changed(desk, [_pricing(desk).change_settings(texts)])


def import_sheet(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Rates or commissions of a sheet."""
    return _changed(desk, _pricing(desk).import_sheet(options.file))


def renew(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Work out every stored figure that is of yesterday."""
    listings = _pricing(desk).renew()
    return Outcome({"listings": listings}, [tr("cli.rates.renewed", n=listings)])


def _changed(desk: Desk, changes: Sequence[ChangeRecord | None]) -> Outcome:
    """What was stored; findings follow it."""
    from app.services.compliance.recheck import recheck
    from app.services.history.wording import change_label
    from app.services.price_guard.desk import GuardDesk

    if GuardDesk(desk.app).recheck_call_after(changes):
        recheck(desk.app.db)
    made = [one for one in changes if one is not None]
    lines = [change_label(one) for one in made] or [tr("cli.rates.same")]
    return Outcome({"change": made[-1].uid if made else None}, lines)


def _pricing(desk: Desk) -> PricingDesk:
    from app.services.pricing.desk import PricingDesk

    return PricingDesk(desk.app)
