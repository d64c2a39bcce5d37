"""Frequency limits and the day quota of an app (aliexpress-open-platform.md 6). Kept in memory only."""

from __future__ import annotations

import math
from collections import Counter

from app.practice_market.clock import next_beijing_midnight_ms
from app.practice_market.faults import Switches, rate_for
from app.practice_market.refusals import Refusal


class Limits:
    """Counts calls in whole seconds per app and API, and per app and Beijing day."""

    def __init__(self) -> None:
        self._second: dict[tuple[str, str], tuple[int, int]] = {}
        self._banned_until_ms: dict[tuple[str, str], float] = {}
        self._day: dict[str, tuple[int, int]] = {}
        self.peaks: Counter[str] = Counter()

    def admit(self, switches: Switches, app_key: str, method: str, moment_ms: int) -> None:
        """Count one call.

        Raises:
            Refusal: `limit.second` while a ban lasts, `limit.day` when the quota is used up.
        """
        self._admit_today(switches, app_key, moment_ms)
        key = (app_key, method)
        banned_ms = self._banned_until_ms.get(key, 0.0) - moment_ms
        if banned_ms > 0:
            raise Refusal("limit.second", seconds=math.ceil(banned_ms / 1000))
        second, count = self._second.get(key, (0, 0))
        count = count + 1 if second == moment_ms // 1000 else 1
        self._second[key] = (moment_ms // 1000, count)
        self.peaks[method] = max(self.peaks[method], count)
        limit = rate_for(switches.qps, method)
        if 0 < limit < count:
            self._banned_until_ms[key] = moment_ms + switches.ban_s * 1000
            raise Refusal("limit.second", seconds=max(1, math.ceil(switches.ban_s)))

    def _admit_today(self, switches: Switches, app_key: str, moment_ms: int) -> None:
        midnight_ms = next_beijing_midnight_ms(moment_ms)
        day, count = self._day.get(app_key, (0, 0))
        count = count + 1 if day == midnight_ms else 1
        self._day[app_key] = (midnight_ms, count)
        if 0 < switches.daily_quota < count:
            raise Refusal("limit.day", seconds=math.ceil((midnight_ms - moment_ms) / 1000))
