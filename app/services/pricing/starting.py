"""The first exchange rate of a database: what the settings file of older versions says, else the rule file's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection

from app.services.clock import OFFICE, now_ms
from app.services.history.row_images import insert_row
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.rates import LEAST_RATE, MICRO, MOST_RATE, USD
from app.services.pricing.sources import DEFAULT, FROM_SETTINGS, UNIT, fine, number
from app.services.pricing.team_settings import starting_numbers
from app.services.settings import SettingsFile, SettingsTooNew

OLD_SETTING = "exchange_rate"


def begin_rates(connection: Connection, data_dir: Path) -> None:
    """Give a database without rates its first one. A rate that was emptied in the settings stays unknown; one that is
    none is taken for never entered, as the settings did."""
    if connection.exec_driver_sql("SELECT 1 FROM exchange_rate LIMIT 1").first() is not None:
        return
    start = starting_numbers()
    told, source, as_of = start["rate"], DEFAULT, start["as_of"]
    file = SettingsFile(data_dir)
    try:
        kept = file.settings.unknown.get(OLD_SETTING)
    except SettingsTooNew:  # said where the settings are read; the database is no worse for it
        kept = None
    if kept == "":
        return
    if isinstance(kept, str) and (whole := _whole(kept)) is not None:
        day = datetime.fromtimestamp(file.path.stat().st_mtime, OFFICE).date()
        told, source, as_of = str(Decimal(whole) / UNIT), FROM_SETTINGS, day.isoformat()
    insert_row(
        connection,
        "exchange_rate",
        {
            "currency": USD,
            "rate_micro": int(Decimal(told) * MICRO),
            "as_of": as_of,
            "source": source,
            "entered_ms": now_ms(),
        },
    )


def _whole(text: str) -> int | None:
    try:
        return fine("rate", number("rate", text), LEAST_RATE, MOST_RATE)
    except BadPriceInput:
        return None
