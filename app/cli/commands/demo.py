"""`demo --headless`: the whole main job on the practice market, from the workbook to live listings."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.cli.commands.checking import checked
from app.cli.commands.importing import Summary, read_and_store
from app.cli.commands.publishing import Published, outcome_of, publish_now
from app.cli.desk import Desk
from app.cli.failures import UsageError
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.paths import resources
from app.services.application import Application
from app.services.errors import InputError
from app.services.stores.records import StoreRecord

DEMO_WORKBOOK = ("samples", "demo-listings.xlsx")
"""Below the resources; its pictures lie beside it."""


def add_to(commands: Commands) -> None:
    """Add `demo`."""
    parser = commands.add("demo", play)
    parser.add_argument("--headless", action="store_true", help=tr("cli.help.demo.headless"))


def play(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Market up, store added and synced, demo workbook imported, checked, published, reviewed.

    Everything happens in a temporary folder, or in the one that `--data` names; there a second run finds everything
    done.

    Raises:
        InputError: the demo workbook is missing.
    """
    if not options.headless:
        raise UsageError(detail="demo --headless", prog="demo")
    workbook = resources().joinpath(*DEMO_WORKBOOK)
    if not workbook.exists():
        raise InputError("cli.no_demo", file=str(workbook))
    started = time.monotonic()
    with _folder(desk, options) as own:
        store, summary, findings, published = asyncio.run(_play(own, workbook))
        counts = _settled(own, store.id)
        sent = outcome_of(own, published)
    told: dict[str, Any] = {
        "store": store.name,
        **counts,
        "rows": summary.rows,
        "skus": summary.skus,
        "refused": summary.error_count,
        "findings": len(findings.result["findings"]),
        "attempts": sent.result["attempts"],
        "reasons": sent.result["reasons"],
        "elapsed_s": round(time.monotonic() - started, 3),
    }
    if not desk.is_json:
        desk.say_log(
            tr(
                "cli.demo",
                store=store.name,
                listings=counts["listings"],
                live=counts["live"],
                failed=counts["failed"],
                seconds=f"{told['elapsed_s']:.1f}",
            )
        )
    is_whole = counts["live"] == counts["listings"] and not summary.error_count
    code = sent.code if sent.code == Exit.OUT_OF_REACH else Exit.DONE if is_whole else Exit.SOME_REFUSED
    return Outcome(told, [json.dumps(told, ensure_ascii=False)], code)


@contextmanager
def _folder(desk: Desk, options: argparse.Namespace) -> Iterator[Desk]:
    if "data" in options:
        yield desk
        return
    with TemporaryDirectory(prefix="shangjia-demo-") as folder, Application(Path(folder)) as app:
        yield Desk(app, desk.is_json)


async def _play(desk: Desk, workbook: Path) -> tuple[StoreRecord, Summary, Outcome, Published]:
    from app.services.stores.practice import set_up_practice

    app = desk.app
    try:
        store = (await set_up_practice(app, language=desk.language))[0]
        summary = await asyncio.to_thread(read_and_store, desk, store.id, [workbook])
        findings = await asyncio.to_thread(checked, desk, store)
        published = await publish_now(desk, store)
    finally:
        await app.disconnect()
    return store, summary, findings, published


def _settled(desk: Desk, store_id: int) -> dict[str, int]:
    """How the listings of the workbook stand: those that came from a sheet carry its product key."""
    with desk.app.db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT status, count(*) FROM listing WHERE store_id = ? AND product_key <> '' GROUP BY status", (store_id,)
        )
        counts = {row[0]: int(row[1]) for row in rows}
    total, live, in_review = sum(counts.values()), counts.get("live", 0), counts.get("in_review", 0)
    return {"listings": total, "live": live, "in_review": in_review, "failed": total - live - in_review}
