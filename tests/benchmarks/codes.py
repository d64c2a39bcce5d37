"""SKU codes: reading a million of them, keying a whole database, looking a thousand discontinued items up in it."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from statistics import median

from app.services.codes.reading import read_codes
from app.services.codes.rekeying import rekey
from app.services.codes.rules import NOTHING_KNOWN, CodeRules
from app.services.db import Database
from app.services.listings.delisting.pasted import read_pasted
from app.services.listings.delisting.plan import plan_delisting
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, clocked

CODES = 1_000_000
WANTED = 1_000
LEAST_A_SECOND = 300_000
"""DESIGN.md 9."""
BUNDLES = (
    "UPDATE sku SET code = code || '*2+' || (SELECT code FROM sku AS other WHERE other.id = sku.id + 1) || '_CUS' "
)
BUNDLES += "WHERE id % 10 = 0 AND EXISTS (SELECT 1 FROM sku AS other WHERE other.id = sku.id + 1)"


def measure(ground: Ground) -> Iterator[Measurement]:
    """Codes a second; seconds of the rest."""
    share = ground.sizes.listings / 1_000_000
    yield from _reading(int(CODES * share), ground.sizes.repeats)
    folder = ground.new_folder("codes")
    shutil.copyfile(ground.million / NAME, folder / NAME)
    db = Database(folder / NAME)
    try:
        with db.bulk() as connection:
            connection.exec_driver_sql(BUNDLES)
            skus = connection.exec_driver_sql("SELECT count(*) FROM sku").scalar_one()
            seconds = clocked(lambda: rekey(connection))
            noted = connection.exec_driver_sql("SELECT count(*) FROM bundle_item").scalar_one()
            items = connection.exec_driver_sql(
                "SELECT DISTINCT base FROM bundle_item ORDER BY base LIMIT ?", (WANTED,)
            ).scalars()
            pasted = read_pasted("\n".join(items))
        how = f"keys of {skus} variants made anew, a tenth of them bundles: {noted} notes of items"
        yield Measurement("codes.rekey", seconds, "s", how)
        plans = [clocked(lambda: plan_delisting(db, pasted)) for _ in range(ground.sizes.repeats)]
        found = len(plan_delisting(db, pasted).rows)
        how = f"{len(pasted.codes)} discontinued items looked up among {skus} variants: {found} found and planned"
        yield Measurement("codes.delist_plan", median(plans), "s", how)
    finally:
        db.dispose()


def _reading(count: int, repeats: int) -> Iterator[Measurement]:
    chance = random.Random(7)
    items = [f"{chance.choice('ABCDEFGH')}{chance.choice('JKLMN')}{number:04d}" for number in range(10_000)]
    codes = [_code(chance, items) for _ in range(count)]
    for name, rules, told in (
        ("read", NOTHING_KNOWN, "by their text alone"),
        ("read_known", CodeRules(frozenset(items)), "with 10 000 known stock items"),
    ):
        seconds = median(_processor_s(codes, rules) for _ in range(repeats))
        how = f"{count} codes, {len(set(codes))} of them different, read {told}; by processor time"
        yield Measurement(f"codes.{name}", count / seconds, "codes/s", how, None, LEAST_A_SECOND, at_least=True)


def _processor_s(codes: list[str], rules: CodeRules) -> float:
    started = time.process_time()
    read_codes(codes, rules)
    return time.process_time() - started


def _code(chance: random.Random, items: list[str]) -> str:
    """Half of a catalogue's codes are single items, a third multipacks, the rest bundles; a third goes overseas."""
    base, kind = chance.choice(items), chance.random()
    if kind > 0.85:
        base = f"{base}*{chance.randint(1, 3)}+{chance.choice(items[:500])}"
    elif kind > 0.5:
        base = f"{base}*{chance.choice((2, 3, 5, 10))}"
    return base + chance.choice(("", "", "_CUS", "_CES", "_CFR", ""))
