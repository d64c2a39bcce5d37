"""A template's rules in words: the window, the comparison and the command line say them alike."""

from __future__ import annotations

from decimal import Decimal

from app.messages import Messages, messages
from app.services.freight.buyer_fee import has_least_fee
from app.services.freight.records import Band, Zone, ZoneKind
from app.services.freight.written import plain


def zone_lines(zone: Zone, texts: Messages = messages) -> list[str]:
    """What is paid beyond the zone's title: first fee and bands, a line each."""
    key = "freight.least_fee" if has_least_fee(zone) else "freight.first_fee"
    lines = [] if zone.first_fee is None else [texts.text(key, fee=_fee(zone.first_fee))]
    return lines + [_band(band, zone.kind, texts) for band in zone.bands]


def zone_text(zone: Zone, texts: Messages = messages) -> str:
    """The whole rule in one line."""
    return "; ".join([texts.text(zone.title, **zone.params), *zone_lines(zone, texts)])


def _band(band: Band, kind: ZoneKind, texts: Messages) -> str:
    return texts.text(
        "freight.band",
        start=plain(band.start),
        end="–" if band.end is None else plain(band.end),
        unit=texts.text("freight.unit.pieces" if kind is ZoneKind.BY_PIECES else "freight.unit.kg"),
        per="–" if band.per is None else plain(band.per),
        fee=_fee(band.fee),
    )


def _fee(fee: Decimal) -> str:
    return f"{fee:.2f}" if fee == round(fee, 2) else plain(fee)
