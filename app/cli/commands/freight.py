"""`freight`: quotes, trials and comparisons of templates and carriers' tariffs, and their workbooks."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import freight_books
from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.freight.desk import Asked
    from app.services.freight.finding import Named
    from app.services.freight.quoting import Parcel, Quote

MOST_GRAMS = 100_000_000
MOST_PIECES = 999_999


def add_to(commands: Commands) -> None:
    """Add the group `freight`."""
    group = commands.group("freight")
    parser = _with_parcel(_with_template(group.add("quote", quote)))
    parser.add_argument("--rate", metavar="T", help=tr("cli.help.freight.rate"))
    parser.add_argument("--country", required=True, metavar="CC", help=tr("cli.help.freight.country"))
    parser = _with_parcel(_with_template(group.add("trial", trial), needed=False), needed=False)
    subject = parser.add_mutually_exclusive_group()
    subject.add_argument("--item", default="", metavar="CODE", help=tr("cli.help.freight.item"))
    subject.add_argument("--listing", metavar="KEY", help=tr("cli.help.freight.listing"))
    parser.add_argument("--countries", default="", metavar="A,B", help=tr("cli.help.freight.countries"))
    parser.add_argument("--sale", metavar="USD", help=tr("cli.help.freight.sale"))
    parser.add_argument("--cost", metavar="CNY", help=tr("cli.help.freight.cost"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=tr("cli.help.freight.out"))
    parser = group.add("compare", compare)
    parser.add_argument("templates", nargs=2, metavar="NAME", help=tr("cli.help.freight.compared"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.freight.store"))
    parser.add_argument("--weight-g", default="200", metavar="N", help=tr("cli.help.freight.sample"))
    freight_books.add_to(group)


def _with_template(parser: Any, *, needed: bool = True) -> Any:
    parser.add_argument("--template", required=needed, metavar="NAME", help=tr("cli.help.freight.template"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.freight.store"))
    parser.add_argument("--service", metavar="NAME", help=tr("cli.help.freight.service"))
    return parser


def _with_parcel(parser: Any, *, needed: bool = True) -> Any:
    parser.add_argument("--weight-g", required=needed, metavar="N", help=tr("cli.help.freight.weight"))
    parser.add_argument("--pieces", default="1", metavar="N", help=tr("cli.help.freight.pieces"))
    parser.add_argument("--custom-weight", metavar="N,N,G", help=tr("cli.help.freight.custom_weight"))
    parser.add_argument("--size", metavar="LxWxH", help=tr("cli.help.freight.size"))
    parser.add_argument("--attributes", default="", metavar="A,B", help=tr("cli.help.freight.attributes"))
    parser.add_argument("--ships-from", default="", metavar="CC", help=tr("cli.help.freight.ships_from"))
    parser.add_argument("--tariff", default="", metavar="KEY", help=tr("cli.help.freight.tariff"))
    return parser


def quote(desk: Desk, options: argparse.Namespace) -> Outcome:
    """One parcel on one route; that it is not served is an answer too.

    Raises:
        InputError: no such template, country, size or service.
    """
    from app.services.freight.desk import quoter_of
    from app.services.freight.finding import country_of, find_named
    from app.services.freight.quoting import best

    country, parcel = country_of(options.country), _parcel(options)
    store_id = desk.store(options.store).id if options.store else None
    with desk.app.db.reader.connect() as connection:
        named = find_named(connection, options.template, store_id)
        quoter = quoter_of(connection, options.tariff, _rate(options.rate))
    if named.tariff is not None:
        quotes = [quoter.tariff_quote(named.tariff.tariff, parcel, country)]
    else:
        quotes = [quoter.quote(service, parcel, country) for service in _services(named, options.service)]
    chosen = best(quotes)
    assert chosen is not None
    told = _told(chosen) | {"template": named.name, "kind": named.kind, "services": [_told(one) for one in quotes]}
    return Outcome(told, _lines(quotes))


def trial(desk: Desk, options: argparse.Namespace) -> Outcome:
    """An item, a listing, or weight and size, to several countries by all services of a template.

    Raises:
        InputError: what is asked makes no sense, or the goods' weight is not known.
    """
    from app.services.freight.desk import FreightDesk
    from app.services.freight.finding import find_named
    from app.services.freight.trial import COLUMNS, cells, told, write_trial

    asked, store_id = _asked(desk, options)
    if options.template is None and asked.listing_id is None:
        raise UsageError(detail=tr("cli.usage.required", names="--template"), prog="freight trial")
    named = None
    if options.template is not None:
        with desk.app.db.reader.connect() as connection:
            named = find_named(connection, options.template, store_id if asked.listing_id is None else None)
        if named.tariff is None:
            _services(named, options.service)
    rows = FreightDesk(desk.app).try_freight(named, asked)
    if options.out is not None:
        write_trial(options.out, rows)
    head = tuple(tr(f"freight.trial.{name}") for name in COLUMNS)
    file = None if options.out is None else str(options.out)
    return Outcome({"rows": [told(row) for row in rows], "file": file}, table([head, *(cells(row) for row in rows)]))


def compare(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Two templates, country by country: what differs. Raises: InputError."""
    from app.services.freight.comparing import differing
    from app.services.freight.desk import FreightDesk
    from app.services.freight.errors import BadFreightInput
    from app.services.freight.finding import find_named
    from app.services.freight.quoting import Parcel, shown_usd

    store_id = desk.store(options.store).id if options.store else None
    with desk.app.db.reader.connect() as connection:
        left, right = (find_named(connection, name, store_id) for name in options.templates)
    for one in (left, right):
        if one.tariff is not None:
            raise BadFreightInput("freight.compare_tariff", name=one.name)
        _services(one, None)
    parcel = Parcel(_whole("--weight-g", options.weight_g, MOST_GRAMS))
    rows = differing(FreightDesk(desk.app).compare(left, right, parcel))
    told = [
        {
            "country": row.country,
            "left": [f"{carrier} · {rule}" for carrier, rule in row.left.rules],
            "right": [f"{carrier} · {rule}" for carrier, rule in row.right.rules],
            "left_usd": shown_usd(row.left.buyer_usd),
            "right_usd": shown_usd(row.right.buyer_usd),
        }
        for row in rows
    ]
    lines = table([(row.country, _one_line(row.left.text()), _one_line(row.right.text())) for row in rows] or [("=",)])
    return Outcome({"differences": told, "left": left.name, "right": right.name}, lines)


def _one_line(text: str) -> str:
    return text.replace("\n", " / ")


def _asked(desk: Desk, options: argparse.Namespace) -> tuple[Asked, int | None]:
    """What a trial is asked, and the store that was named."""
    from app.services.freight.desk import Asked
    from app.services.freight.finding import country_of
    from app.services.freight.subjects import TypedPrices

    store_id = desk.store(options.store).id if options.store else None
    listing_id = _listing(desk, options.listing, store_id) if options.listing else None
    is_weighed = options.weight_g is not None
    if not is_weighed:
        if listing_id is None and not options.item:
            names = "--weight-g --item --listing"
            raise UsageError(detail=tr("cli.usage.one_of", names=names), prog="freight trial")
        options.weight_g = "1"  # the goods' own weight counts
    targets = tuple(country_of(part) for part in options.countries.split(",") if part.strip())
    prices = TypedPrices(_money("--sale", options.sale), _money("--cost", options.cost))
    service = options.service or ""
    asked = Asked(
        _parcel(options), options.item, listing_id, prices, options.tariff, service, targets, by_weight=is_weighed
    )
    return asked, store_id


def _listing(desk: Desk, name: str, store_id: int | None) -> int:
    from app.services.freight.finding import find_listing

    with desk.app.db.reader.connect() as connection:
        return find_listing(connection, name, store_id)


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


def _parcel(options: argparse.Namespace) -> Parcel:
    from app.services.freight.attributes import known_attributes
    from app.services.freight.finding import country_of, custom_weight_of, size_of
    from app.services.freight.quoting import Parcel

    return Parcel(
        _whole("--weight-g", options.weight_g, MOST_GRAMS),
        _whole("--pieces", options.pieces, MOST_PIECES),
        None if options.size is None else size_of(options.size),
        known_attributes(options.attributes),
        country_of(options.ships_from) if options.ships_from else "",
        None if options.custom_weight is None else custom_weight_of(options.custom_weight),
    )


def _whole(option: str, text: str, most: int) -> int:
    text = text.strip()
    if not (text.isdecimal() and text.isascii() and len(text) <= len(str(most)) and 0 < int(text) <= most):
        raise UsageError("cli.limit", option=option, value=text, least=1, most=most)
    return int(text)


def _rate(text: str | None) -> Decimal | None:
    from app.services.pricing.rates import LEAST_RATE, MOST_RATE

    found = _money("--rate", text)
    if found is not None and not LEAST_RATE <= found <= MOST_RATE:
        raise UsageError("cli.rate", value=text, least=LEAST_RATE, most=MOST_RATE)
    return found


def _money(option: str, text: str | None) -> Decimal | None:
    from app.services.freight.finding import MOST_MONEY

    if text is None:
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or not 0 <= found <= MOST_MONEY:
        raise UsageError("cli.number", option=option, value=text)
    return found
