"""The columns of the Stores table."""

from __future__ import annotations

from app.messages import tr
from app.services.stores.light import Light
from app.services.stores.source import StoreRow
from app.views.cells import EMPTY, MISSING, Cell, Column
from app.views.numbers import integer, moment, moment_tip

STATUS = {"red": "store.signed_out", "amber": "store.soon", "green": "store.ok", "gray": "store.read_only"}
"""Which word of the vocabulary gives a light its shape and colour (interface.md 6)."""
PAUSED = "store.paused"
FULL_SOON_DAYS = 14
NEARLY_FULL = 0.9
YEAR_DAYS = 365


def columns() -> tuple[Column, ...]:
    """All columns of the Stores table."""
    return (
        Column(
            "name", "stores.column.name", _name, width=190, min_width=150, sort_key="name", stretch=True, fixed=True
        ),
        Column("health", "stores.column.health", _health, width=132, min_width=110, sort_key="attention"),
        Column("access", "stores.column.access", _access, width=78, min_width=66, sort_key="access"),
        Column("token", "stores.column.token", _token, width=88, min_width=72, align="right", sort_key="token"),
        Column("sync", "stores.column.sync", _sync, width=72, align="right", sort_key="sync", new_value_first=True),
        _count("live", "stores.column.live", 58),
        _count("drafts", "stores.column.drafts", 60),
        Column("quota", "stores.column.quota", _quota, width=136, min_width=110, align="right", sort_key="quota"),
        Column("full_in", "stores.column.full_in", _full_in, width=78, align="right"),
        Column(
            "failed", "stores.column.failed", _failed, width=66, align="right", sort_key="failed", new_value_first=True
        ),
        _count("to_ship", "stores.column.to_ship", 62),
    )


def status_key(light: Light) -> str:
    """The word of the vocabulary that gives *light* its shape and colour."""
    return PAUSED if light.reason == "paused" else STATUS[light.level]


def _count(key: str, title_key: str, width: int) -> Column:
    def show(row: StoreRow) -> Cell:
        number = getattr(row, key)
        return Cell(integer(number), copied=str(number))

    return Column(key, title_key, show, width=width, align="right", sort_key=key, new_value_first=True)


def letters(name: str) -> str:
    """One or two signs for a store's tile: the first letters of its first two words, or its first sign."""
    words = [word for word in name.split() if word[0].isalnum()]
    if len(words) > 1 and words[0].isascii():
        return (words[0][0] + words[1][0]).upper()
    return name[:1].upper()


def _name(row: StoreRow) -> Cell:
    second = tr("stores.practice") if row.is_practice else row.alias
    return Cell(row.name, tile=(letters(row.name), row.colour), second=second, strong=True)


def _health(row: StoreRow) -> Cell:
    return Cell(tr(row.light.key, **row.light.params), status=status_key(row.light))


def _access(row: StoreRow) -> Cell:
    kind = "practice" if row.is_practice else row.access
    second = tr("stores.publishing_paused") if row.is_paused else ""
    return Cell(tr(f"stores.access_short.{kind}"), tone="text2", second=second)


def _token(row: StoreRow) -> Cell:
    if row.light.reason in ("signed_out", "disconnected"):
        return Cell(tr("stores.over"), tone="red", strong=True)
    if row.token_days is None:
        return MISSING
    tone = "red" if row.token_days < 1 else "amber" if row.token_days < 7 else "text2"
    text = tr("stores.days", n=row.token_days) if row.token_days else tr("stores.today")
    return Cell(text, tone=tone, strong=tone != "text2", copied=str(row.token_days))


def _failed(row: StoreRow) -> Cell:
    second = tr("stores.failed_today", n=row.failed_today) if row.failed_today else ""
    return Cell(integer(row.failed), tone="red" if row.failed else "text2", second=second, copied=str(row.failed))


def _quota(row: StoreRow) -> Cell:
    if row.access == "read_only":
        return Cell(tr("stores.covering_source"), tone="text2")
    if row.quota is None:
        return MISSING
    share = min(1.0, row.live / row.quota) if row.quota else 1.0
    tone = "text2" if share < NEARLY_FULL else "amber"
    tip = tr("stores.quota.told", at=moment(row.quota_told_ms)) if row.quota_told_ms else tr("stores.quota.own")
    return Cell(f"{integer(row.live)} / {integer(row.quota)}", tone=tone, share=share, tip=tip)


def _full_in(row: StoreRow) -> Cell:
    if row.full_in_days is None or row.access == "read_only":
        return MISSING if row.access != "read_only" else EMPTY
    if not row.full_in_days:
        return Cell(tr("stores.today"), tone="red", copied="0")
    tone = "amber" if row.full_in_days < FULL_SOON_DAYS else "text2"
    is_far = row.full_in_days > YEAR_DAYS
    text = tr("stores.over_a_year") if is_far else tr("stores.days", n=row.full_in_days)
    return Cell(text, tone=tone, copied=str(row.full_in_days))


def _sync(row: StoreRow) -> Cell:
    return Cell(moment(row.last_sync_ms), tone="text2", tip=moment_tip(row.last_sync_ms))
