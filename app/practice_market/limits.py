"""Frequency limits and the day quota (aliexpress-open-platform.md 6).

Seconds are counted in memory, the day quota of an app outlives a restart.
"""

from __future__ import annotations

import math
from collections import Counter

from app.practice_market.clock import next_beijing_midnight_ms
from app.practice_market.refusals import Refusal
from app.practice_market.storage import Storage
from app.practice_market.switches import Switches, rate_for

Key = tuple[str, str]


class Limits:
    """Counts calls in whole seconds per app and API, per API, per seller, and per app and Beijing day."""

    def __init__(self, storage: Storage | None = None) -> None:
        self._storage = storage
        self._second: dict[Key, tuple[int, int]] = {}
        self._banned_until_ms: dict[Key, float] = {}
        self._day: dict[str, tuple[int, int]] = {}
        self.peaks: Counter[str] = Counter()

    def admit(self, switches: Switches, app_key: str, method: str, moment_ms: int, store_id: int = 0) -> None:
        """Count one call.

        Raises:
            Refusal: `limit.second`, `limit.api` or `limit.seller` while a ban lasts, `limit.day` when the quota is
                used up.
        """
        self._admit_today(switches, app_key, moment_ms)
        count = self._counted((app_key, method), moment_ms)
        self.peaks[method] = max(self.peaks[method], count)
        if self._is_over((app_key, method), rate_for(switches.qps, method), count, switches, moment_ms):
            raise Refusal("limit.second", seconds=self._left_s((app_key, method), moment_ms))
        if switches.api_qps:
            key, limit = ("", method), rate_for(switches.api_qps, method)
            if self._is_over(key, limit, self._counted(key, moment_ms), switches, moment_ms):
                raise Refusal("limit.api", seconds=self._left_s(key, moment_ms))
        if switches.seller_qps:
            key, limit = (f"seller {store_id}", method), rate_for(switches.seller_qps, method)
            if self._is_over(key, limit, self._counted(key, moment_ms), switches, moment_ms):
                raise Refusal("limit.seller", seconds=self._left_s(key, moment_ms))

    def _counted(self, key: Key, moment_ms: int) -> int:
        """How many calls of this second were let through, this one included; none are counted during a ban."""
        second, count = self._second.get(key, (0, 0))
        if self._banned_until_ms.get(key, 0.0) > moment_ms:
            return count
        count = count + 1 if second == moment_ms // 1000 else 1
        self._second[key] = (moment_ms // 1000, count)
        return count

    def _is_over(self, key: Key, limit: float, count: int, switches: Switches, moment_ms: int) -> bool:
        if self._banned_until_ms.get(key, 0.0) > moment_ms:
            return True
        if 0 < limit < count:
            self._banned_until_ms[key] = moment_ms + switches.ban_s * 1000
            return True
        return False

    def _left_s(self, key: Key, moment_ms: int) -> int:
        return max(1, math.ceil((self._banned_until_ms[key] - moment_ms) / 1000))

    def _admit_today(self, switches: Switches, app_key: str, moment_ms: int) -> None:
        midnight_ms = next_beijing_midnight_ms(moment_ms)
        day, count = self._day.get(app_key) or self._remembered(app_key)
        count = count + 1 if day == midnight_ms else 1
        self._day[app_key] = (midnight_ms, count)
        if not switches.daily_quota:
            return
        if self._storage is not None:
            self._storage.execute("INSERT OR REPLACE INTO day_count VALUES (?, ?, ?)", (app_key, midnight_ms, count))
        if switches.daily_quota < count:
            raise Refusal("limit.day", seconds=math.ceil((midnight_ms - moment_ms) / 1000))

    def _remembered(self, app_key: str) -> tuple[int, int]:
        row = self._storage and self._storage.row("SELECT * FROM day_count WHERE app_key = ?", (app_key,))
        return (row["midnight_ms"], row["calls"]) if row else (0, 0)
