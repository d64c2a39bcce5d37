"""The words for every state a thing can be in, as data: one vocabulary for grid, filters, panel and guide.

The word is `status.<thing>.<key>` in `resources/translations/window.json` (interface.md 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.messages import tr


@dataclass(frozen=True, slots=True)
class Status:
    """How one state looks: painted glyph, tone, and whether it is a filled chip (a person must act)."""

    key: str
    glyph: str
    tone: str
    filled: bool = False

    @property
    def word(self) -> str:
        """The state in the user's language."""
        return tr(f"status.{self.key}")


_TABLE = """
listing.draft                       dashed       gray
listing.ready                       ring         blue
listing.held                        bars         amber   filled
listing.queued                      clock        gray
listing.sending                     arc          blue
listing.in_review                   half         teal
listing.live                        disc         green
listing.rejected                    cross        red     filled
listing.failed                      exclamation  red     filled
listing.unknown                     question     violet  filled
listing.off                         struck       gray
finding.block                       octagon      red
finding.hold                        bars         amber
finding.warn                        triangle     amber
import.new                          plus         green
import.changed                      ring         amber
import.same                         dashed       gray
import.refused                      cross        red     filled
edit.changed                        ring         amber
edit.same                           dashed       gray
edit.refused                        cross        red     filled
order.PLACE_ORDER_SUCCESS           dashed       gray
order.RISK_CONTROL                  bars         amber   filled
order.WAIT_SELLER_SEND_GOODS        ring         blue
order.SELLER_PART_SEND_GOODS        half         teal
order.WAIT_BUYER_ACCEPT_GOODS       disc         green
order.WAIT_SELLER_EXAMINE_MONEY     half         teal
order.FUND_PROCESSING               half         teal
order.FINISH                        tick         gray
order.IN_CANCEL                     exclamation  amber   filled
order.IN_ISSUE                      cross        red     filled
order.IN_FROZEN                     struck       violet  filled
clerk.ready                         ring         blue
clerk.no_number                     ring         blue
clerk.overdue                       cross        red     filled
store.ok                            disc         green
store.soon                          exclamation  amber   filled
store.signed_out                    cross        red     filled
store.read_only                     dashed       gray
store.paused                        bars         gray
job.running                         arc          blue
job.paused                          bars         gray
job.done                            tick         green
job.done_with_failures              exclamation  red     filled
job.cancelled                       struck       gray
job.interrupted                     question     amber   filled
"""


@cache
def vocabulary() -> dict[str, Status]:
    """Every status by its key, such as `listing.live`, in the order of interface.md 6."""
    rows = (line.split() for line in _TABLE.strip().splitlines())
    return {key: Status(key, glyph, tone, bool(filled)) for key, glyph, tone, *filled in rows}


def status(key: str) -> Status:
    """The status called *key*. Raises KeyError for an unknown one."""
    return vocabulary()[key]
