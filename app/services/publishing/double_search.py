"""At the end of a run: does the platform have anything of what was sent twice?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy import Connection

from app.services.clock import from_ms, now_ms
from app.services.marketplace.port import ListingSummary, MarketplaceError, SignedOut
from app.services.publishing.doubles import Made, mark_searched, not_searched, note_double, strangers
from app.services.publishing.entries import CODE_SEPARATOR
from app.services.publishing.gate import Ending
from app.services.publishing.parts import RunParts

log = logging.getLogger(__name__)


class DoubleSearch:
    """Searches the store for second products of this run's creates, and of earlier ones nobody searched for.

    The lists of what was created meanwhile are read once for all of them: one call for a hundred products. What
    cannot be asked now is asked at the end of the next run; a sync looks, too.
    """

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts

    async def run(self) -> None:
        """Search, and write down what was found."""
        parts = self._parts
        made = await asyncio.to_thread(self._not_searched)
        if not made or parts.gate.ending is not None:
            return
        try:
            found = await self._find(made)
        except SignedOut as error:
            parts.gate.end(Ending.SIGNED_OUT, error)
        except MarketplaceError as error:
            log.info("the store cannot be searched for second products: %s", error)
        else:
            parts.counts.doubles += await parts.journal.submit(lambda connection: self._write(connection, made, found))

    def _not_searched(self) -> list[Made]:
        with self._parts.db.read() as session:
            return not_searched(session.connection(), self._parts.store_id)

    async def _find(self, made: Sequence[Made]) -> list[tuple[int, str]]:
        """Tasks and the second products of their listings, compared by title and codes."""
        parts, moment = self._parts, now_ms()
        doubt_ms = round(parts.settings.doubt_s * 1000)
        since_ms = max(min(min(one.sent_ms for one in made), moment), moment - doubt_ms) - doubt_ms
        since, until = from_ms(since_ms), from_ms(moment + doubt_ms)
        assert since is not None
        assert until is not None
        titles = {_plain(one.title) for one in made}
        rows = await parts.marketplace.listings_titled(titles, created_from=since, created_to=until)
        suspects = await asyncio.to_thread(self._strangers, rows, since_ms)
        found = []
        for row in rows:
            if row.product_id in suspects:
                listing = await parts.marketplace.read_listing(row.product_id)
                codes = CODE_SEPARATOR.join(sorted(sku.code for sku in listing.content.skus))
                alike = [one for one in made if (_plain(one.title), one.codes) == (_plain(row.title), codes)]
                found += [(one.task_id, row.product_id) for one in alike[:1]]
        return found

    def _strangers(self, rows: Sequence[ListingSummary], since_ms: int) -> set[str]:
        with self._parts.db.read() as session:
            ids = [row.product_id for row in rows]
            return strangers(session.connection(), self._parts.store_id, ids, since_ms)

    def _write(self, connection: Connection, made: Sequence[Made], found: Sequence[tuple[int, str]]) -> int:
        moment = now_ms()
        mark_searched(connection, made, moment - round(self._parts.settings.settle_s * 1000), moment)
        return sum(note_double(connection, task_id, product_id) for task_id, product_id in found)


def _plain(title: str) -> str:
    """A title without the blanks that the platform may have tidied."""
    return " ".join(title.split())
