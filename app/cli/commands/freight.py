"""`freight`: quotes, trials and comparisons of templates and carriers' tariffs, and their workbooks."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.freight.finding import Named
    from app.services.freight.quoting import Parcel, Quote, Quoter

MOST_GRAMS = 100_000_000
MOST_PIECES = 999_999


def add_to(commands: Commands) -> None:
    """Add the group `freight`."""
    group = commands.group("freight")
    parser = _with_parcel(_with_template(group.add("quote", quote)))
    parser.add_argument("--country", required=True, metavar="CC", help=tr("cli.help.freight.country"))


def _with_template(parser: Any) -> Any:
    parser.add_argument("--template", required=True, metavar="NAME", help=tr("cli.help.freight.template"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.freight.store"))
    parser.add_argument("--service", metavar="NAME", help=tr("cli.help.freight.service"))
    return parser


def _with_parcel(parser: Any) -> Any:
    parser.add_argument("--weight-g", required=True, metavar="N", help=tr("cli.help.freight.weight"))
    parser.add_argument("--pieces", default="1", metavar="N", help=tr("cli.help.freight.pieces"))
    parser.add_argument("--custom-weight", metavar="N,N,G", help=tr("cli.help.freight.custom_weight"))
    parser.add_argument("--size", metavar="LxWxH", help=tr("cli.help.freight.size"))
    parser.add_argument("--attributes", default="", metavar="A,B", help=tr("cli.help.freight.attributes"))
    parser.add_argument("--ships-from", default="", metavar="CC", help=tr("cli.help.freight.ships_from"))
    parser.add_argument("--tariff", default="", metavar="KEY", help=tr("cli.help.freight.tariff"))
    parser.add_argument("--rate", metavar="T", help=tr("cli.help.freight.rate"))
    return parser


def quote(desk: Desk, options: argparse.Namespace) -> Outcome:
    """One parcel on one route; that it is not served is an answer too.

    Raises:
        InputError: no such template, country, size or service.
    """
    from app.services.freight.finding import country_of, find_named
    from app.services.freight.quoting import best

    country, parcel = country_of(options.country), _parcel(options)
    store_id = desk.store(options.store).id if options.store else None
    with desk.app.db.reader.connect() as connection:
        named = find_named(connection, options.template, store_id)
        quoter = _quoter(desk, connection, options)
    if named.tariff is not None:
        quotes = [quoter.tariff_quote(named.tariff.tariff, parcel, country)]
    else:
        quotes = [quoter.quote(service, parcel, country) for service in _services(named, options.service)]
    chosen = best(quotes)
    assert chosen is not None
    told = _told(chosen) | {"template": named.name, "kind": named.kind, "services": [_told(one) for one in quotes]}
    return Outcome(told, _lines(quotes))


def _told(one: Quote) -> dict[str, Any]:
    from app.services.freight.quoting import shown_cny, shown_usd

    return {
        "buyer_usd": shown_usd(one.buyer_usd),
        "carrier_cny": shown_cny(one.carrier_cny),
        "carrier_usd": shown_usd(one.carrier_usd),
        "seller_cny": shown_cny(one.seller_cny),
        "chargeable_g": one.chargeable_g,
        "served": one.is_served,
        "real_g": one.real_g,
        "volume_g": one.volume_g,
        "country": one.country,
        "service": one.service,
        "tariff": one.tariff_key,
        "rate": None if one.rate is None else f"{one.rate:f}",
        "reason": one.reason or None,
        "attributes_known": one.is_sure,
    }


def _lines(quotes: list[Quote]) -> list[str]:
    from app.services.freight.quoting import shown_cny, shown_usd

    head = tuple(
        tr(f"freight.trial.{name}") for name in ("service", "tariff", "chargeable", "buyer", "carrier", "said")
    )
    rows = [
        (
            one.service or "–",
            one.tariff_key or "–",
            one.chargeable_g,
            shown_usd(one.buyer_usd) or "–",
            shown_cny(one.carrier_cny) or "–",
            tr(f"freight.reason.{one.reason}") if one.reason else tr("freight.reason.served"),
        )
        for one in quotes
    ]
    return table([head, *rows])


def _services(named: Named, wanted: str | None) -> list[Any]:
    from app.services.freight.errors import BadFreightInput

    found = [one for one in named.services if wanted in (None, one.carrier)]
    if not found:
        known = ", ".join(one.carrier for one in named.services) or "–"
        raise BadFreightInput("freight.no_service", name=wanted or "–", template=named.name, known=known)
    return found


def _quoter(desk: Desk, connection: Any, options: argparse.Namespace) -> Quoter:
    from app.services.freight.channels import read_channels
    from app.services.freight.errors import BadFreightInput
    from app.services.freight.quoting import Quoter

    channels = read_channels(connection)
    if options.tariff and options.tariff not in channels.tariffs:
        raise BadFreightInput("freight.no_tariff", name=options.tariff, known=", ".join(channels.tariffs))
    given = options.rate if options.rate is not None else desk.app.settings.exchange_rate
    return Quoter(channels, _rate(given) if given else None, options.tariff)


def _parcel(options: argparse.Namespace) -> Parcel:
    from app.services.freight.finding import country_of, custom_weight_of, size_of
    from app.services.freight.quoting import Parcel

    attributes = (part.strip().casefold() for part in options.attributes.split(","))
    return Parcel(
        _whole("--weight-g", options.weight_g, MOST_GRAMS),
        _whole("--pieces", options.pieces, MOST_PIECES),
        None if options.size is None else size_of(options.size),
        frozenset(filter(None, attributes)),
        country_of(options.ships_from) if options.ships_from else "",
        None if options.custom_weight is None else custom_weight_of(options.custom_weight),
    )


def _whole(option: str, text: str, most: int) -> int:
    text = text.strip()
    if not (text.isdecimal() and text.isascii() and len(text) <= len(str(most)) and 0 < int(text) <= most):
        raise UsageError("cli.limit", option=option, value=text, least=1, most=most)
    return int(text)


def _rate(text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or not 0 < found < 1000:
        raise UsageError("cli.number", option="--rate", value=text)
    return found
