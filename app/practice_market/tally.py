"""What the market saw and did since it started, for `GET /practice/state`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from app.practice_market import journal
from app.practice_market.storage import Storage
from app.practice_market.switches import CREATES


class Tally:
    """Counters of one run of the market; `calls` counts what reached a method, refused ones included."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.applied: Counter[str] = Counter()

    def document(self, storage: Storage, peaks: Counter[str]) -> dict[str, Any]:
        """Counters and what is stored; `duplicates` counts products beyond the first with the same store, title
        and merchant codes."""
        return {
            "calls": dict(self.calls),
            "applied": dict(self.applied),
            "creates": sum(self.applied[name] for name in CREATES),
            "refusals": dict(self.refusals),
            "faults": dict(self.faults),
            "peak_per_second": dict(peaks),
            "duplicates": storage.value(
                "SELECT coalesce(sum(n - 1), 0) FROM"
                " (SELECT count(*) AS n FROM product GROUP BY store_id, title, codes HAVING n > 1)"
            ),
            "stores": [_store(storage, row["store_id"], row["name"]) for row in storage.rows("SELECT * FROM store")],
        }


def _store(storage: Storage, store_id: int, name: str) -> dict[str, Any]:
    def counted(sql: str) -> dict[str, int]:
        return {row[0]: row[1] for row in storage.rows(sql, (store_id,))}

    return {
        "name": name,
        "store_id": store_id,
        "writes": journal.counts(storage, store_id),
        "products": counted("SELECT status, count(*) FROM product WHERE store_id = ? GROUP BY status"),
        "orders": counted("SELECT status, count(*) FROM trade_order WHERE store_id = ? GROUP BY status"),
        "images": storage.value("SELECT count(*) FROM image WHERE store_id = ?", (store_id,)),
    }
