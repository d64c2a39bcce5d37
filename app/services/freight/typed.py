"""Templates, tariffs and channels as cells of text: what an editor shows and reads back, as the workbook does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.messages import Messages, messages
from app.services.freight.buyer_fee import buyer_fee
from app.services.freight.channels import ChannelRule
from app.services.freight.keeping import TariffDraft, TemplateDraft
from app.services.freight.quoting import shown_cny, shown_usd
from app.services.freight.records import Service, ZoneKind
from app.services.freight.sheet_cells import BadCell, Line
from app.services.freight.sheet_columns import SHEETS, folded, head, words
from app.services.freight.sheet_reading import read_channels_of
from app.services.freight.sheet_tariffs import read_tariffs
from app.services.freight.sheet_templates import read_templates
from app.services.freight.sheet_writing import band_rows, tariff_row, zone_rows
from app.services.freight.tariffs import Tariff, charge
from app.services.freight.written import plain

Cells = Mapping[str, str]

BANDS = SHEETS["bands"][1:]
ZONES = SHEETS["zones"][1:-1]
CHANNELS = SHEETS["channels"]
HEAD = SHEETS["tariffs"]
SAMPLES_G = (100, 500, 1_000, 2_000)
"""Weights a rule is tried with while it is edited."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell: `row` of the grid from 0, -1 for the fields above it."""

    row: int
    column: str
    text: str


def tariff_cells(draft: TariffDraft, texts: Messages = messages) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The fields of a tariff and its bands."""
    fields = dict(zip(HEAD, map(_text, tariff_row(draft)), strict=True))
    return fields, [dict(zip(BANDS, map(_text, row[1:]), strict=True)) for row in band_rows(draft)]


def read_tariff(fields: Cells, bands: Sequence[Cells]) -> tuple[TariffDraft | None, list[Problem]]:
    """The reverse: the tariff, or None and what is wrong."""
    bad: list[BadCell] = []
    key = fields.get("key", "").strip()
    lines = [_line("bands", row, {"key": key, **cells}) for row, cells in enumerate(bands) if _is_filled(cells)]
    found = read_tariffs([_line("tariffs", -1, fields)], lines if key else [], bad)
    return (found[0] if found and not bad else None), _problems(bad)


def zone_cells(services: Sequence[Service], texts: Messages = messages) -> list[dict[str, str]]:
    """The zones of a template, a row a band."""
    rows = zone_rows(TemplateDraft("", tuple(services)), texts)
    return [dict(zip(ZONES, map(_text, row[1:-1]), strict=True)) for row in rows]


def read_template(name: str, zones: Sequence[Cells], source: str = "") -> tuple[TemplateDraft | None, list[Problem]]:
    """The reverse: the template, or None and what is wrong."""
    bad: list[BadCell] = []
    told = {"template": name.strip() or "–", "source": source}
    lines = [_line("zones", row, {**cells, **told}) for row, cells in enumerate(zones) if _is_filled(cells)]
    found = read_templates(lines or [_line("zones", 0, told)], bad)
    if not found or bad:
        return None, _problems(bad)
    return TemplateDraft(name.strip(), found[0].services, source), []


def channel_cells(rules: Sequence[ChannelRule]) -> list[dict[str, str]]:
    """The channels, a row each."""
    return [
        dict(zip(CHANNELS, (rule.ships_from, rule.country, rule.attribute, rule.tariff_key), strict=True))
        for rule in rules
    ]


def read_channels(rows: Sequence[Cells], keys: Collection[str]) -> tuple[list[ChannelRule], list[Problem]]:
    """The reverse, with what is wrong. *keys*: of the tariffs there are."""
    bad: list[BadCell] = []
    lines = [_line("channels", row, cells) for row, cells in enumerate(rows) if _is_filled(cells)]
    found = read_channels_of(lines, bad, keys)
    return found, _problems(bad)


def rule_words(texts: Messages = messages) -> list[str]:
    """How a zone's rule may be called, in the language in force."""
    return [texts.text(f"freight.kind.{kind}") for kind in ZoneKind]


def rule_word(text: str) -> str:
    """A rule's word, in whichever language it was chosen, in the one in force; anything else as it is."""
    kind = words("freight.kind", tuple(ZoneKind)).get(folded(text))
    return text if kind is None else messages.text(f"freight.kind.{kind}")


def column_head(name: str, texts: Messages = messages) -> str:
    """What stands above a column."""
    return head(name, texts)


def tariff_examples(tariff: Tariff) -> list[tuple[int, str | None]]:
    """Fees for a few weights, None where it does not take them."""
    country = min(tariff.countries, default="")
    return [(grams, shown_cny(charge(tariff, country, grams).fee)) for grams in SAMPLES_G]


def zone_examples(services: Sequence[Service]) -> list[tuple[str, int, str | None]]:
    """Fees of the first zone that bills by its own weights: service, grams, USD."""
    for service in services:
        for zone in service.zones:
            if zone.kind == ZoneKind.BY_WEIGHT:
                fees = (buyer_fee(zone, grams, 1, None, service.carrier) for grams in SAMPLES_G)
                return [(service.carrier, grams, shown_usd(fee)) for grams, fee in zip(SAMPLES_G, fees, strict=True)]
    return []


def _line(sheet: str, row: int, cells: Cells) -> Line:
    return Line(sheet, row, dict(cells), {})


def _is_filled(cells: Cells) -> bool:
    return any(text.strip() for text in cells.values())


def _problems(bad: Sequence[BadCell], texts: Messages = messages) -> list[Problem]:
    return [Problem(one.line.row, one.column, texts.text(f"error.{one.code}", **one.params)) for one in bad]


def _text(value: object) -> str:
    if value is None:
        return ""
    return plain(Decimal(f"{value:.15g}")) if isinstance(value, float) else str(value)
