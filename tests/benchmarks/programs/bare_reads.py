"""The calls of a sync of listings and nothing else, by aiohttp and orjson: `… FOLDER MOST`.

The lists of all four states page by page, and the detail of every row of them, until MOST details were read.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from app.services.application import Application
from app.services.marketplace.aliexpress.mapping.families import OFFER
from app.services.marketplace.port import StoreCredentials
from app.services.stores.practice import reachable
from app.services.stores.reading import list_stores
from app.services.stores.sync.listings import ORDER, PAGE_SIZE
from tests.benchmarks.market import change_faults
from tests.benchmarks.measuring import cpu_s, tell
from tests.benchmarks.programs.bare_calls import signed

PARALLEL = 8
"""As many at a time as a sync reads."""


async def main(folder: Path, most: int) -> None:
    """Read them once."""
    with Application(folder) as app:
        store = await reachable(app, list_stores(app.db)[0])
        change_faults(store.gateway, {"qps": {}})
        credentials = app.credentials.load(store.credential_ref)
        spent = cpu_s()
        async with aiohttp.ClientSession() as session:
            reader = _Reader(session, f"{store.gateway}/sync", credentials)
            await reader.read_all(most)
        tell(listings=reader.details, calls=reader.calls, cpu_s=cpu_s() - spent)


class _Reader:
    """Reads and counts."""

    def __init__(self, session: aiohttp.ClientSession, url: str, credentials: StoreCredentials) -> None:
        self._session, self._url, self._credentials = session, url, credentials
        self.calls = self.details = 0

    async def read_all(self, most: int) -> None:
        """State after state, page after page, the details of a page side by side."""
        for status in ORDER:
            page, pages = 1, 1
            while page <= pages and self.details < most:
                query = {"product_status_type": status.value, "current_page": page, "page_size": PAGE_SIZE}
                params = {"aeop_a_e_product_list_query": orjson.dumps(query).decode()}
                found = await self._call(OFFER.list.name, params)
                pages = int(found["total_page"])
                rows = iter(found.get("aeop_a_e_product_display_d_t_o_list", ()))
                await asyncio.gather(*(self._details(rows) for _ in range(PARALLEL)))
                page += 1

    async def _details(self, rows: Iterator[dict[str, Any]]) -> None:
        for row in rows:
            record = await self._call(OFFER.read.name, {"product_id": str(row["product_id"])})
            self.details += bool(record["aeop_ae_product_s_k_us"])

    async def _call(self, method: str, params: dict[str, str]) -> dict[str, Any]:
        self.calls += 1
        async with self._session.post(self._url, data=signed(method, params, self._credentials)) as response:
            return dict(orjson.loads(await response.read())["result"])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
