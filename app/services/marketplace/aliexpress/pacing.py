"""Evenly spaced departures under a limit that the far side counts.

The far side counts arrivals, in windows we do not know (fixed seconds, a sliding second, a bucket). Safe for all of
them: departure n + limit leaves no earlier than one window after departure n *arrived*. Arrival is not visible, but
an answer that took longer than usual may have arrived later than usual, so that much is added, out of a small
allowance: a single stall costs nothing, and latency that varies by nature cannot slow the whole run.
"""

from __future__ import annotations

from collections import deque

_SETTLED = 0.001
"""Share of a window added for clocks that run at slightly different speeds."""
_ALLOWANCE = 0.012
"""Share of a window that each call adds to the allowance for late arrivals: at full use 98.8 % of the rate remain."""
_GRAIN_S = 0.016
"""Coarsest timer we run on (Windows): lateness up to this is made good, more is not."""
_FLOOR_RISE = 0.02
"""How fast the usual answer time follows longer ones; shorter ones count at once."""
_STRETCH = 1.25
_LONGEST_STRETCH = 8.0
_RECOVERY = 0.002


class Departure:
    """One call that left at `left_s`; `excess_s` is how much longer than usual its answer took."""

    __slots__ = ("excess_s", "left_s")

    def __init__(self, left_s: float) -> None:
        self.left_s = left_s
        self.excess_s: float | None = None


class Pacer:
    """At most *calls* in any *window_s* seconds as the far side counts them, evenly spread, bursts of one.

    Not a lock: the caller asks `due`, waits, and says `leave` without anyone in between.
    """

    def __init__(self, calls: int, window_s: float) -> None:
        self.calls = calls
        self._window_s = window_s
        self._gap_s = window_s / calls
        self._recent: deque[Departure] = deque(maxlen=calls)
        self._next_s = 0.0
        self._usual_s: float | None = None
        self._allowance_s = window_s / 2
        self._stretch = 1.0

    def due(self, now_s: float) -> float:
        """When the next call may leave, on the clock of *now_s*; a time that has passed means at once."""
        if len(self._recent) < self.calls:
            return self._next_s
        oldest = self._recent[0]
        window_over = oldest.left_s + self._window_s * (1 + _SETTLED) * self._stretch + self._lateness(oldest, now_s)
        return max(self._next_s, window_over)

    def leave(self, now_s: float) -> Departure:
        """Count a call that leaves now."""
        if len(self._recent) == self.calls:
            self._allowance_s -= self._lateness(self._recent[0], now_s)
        self._allowance_s = min(self._allowance_s + self._window_s * _ALLOWANCE, self._window_s)
        # On the grid, not from the last departure: late timers must not add up. But no burst after a long stall.
        gap_s = self._gap_s * self._stretch
        self._next_s = max(self._next_s, now_s - max(_GRAIN_S, gap_s)) + gap_s
        self._stretch = max(1.0, self._stretch * (1 - _RECOVERY))
        departure = Departure(now_s)
        self._recent.append(departure)
        return departure

    def arrived(self, departure: Departure, now_s: float) -> None:
        """The answer to *departure* is here."""
        took_s = now_s - departure.left_s
        if self._usual_s is None or took_s < self._usual_s:
            self._usual_s = took_s
        departure.excess_s = took_s - self._usual_s
        self._usual_s += departure.excess_s * _FLOOR_RISE

    def slow_down(self) -> None:
        """A limit was met although we kept to ours: it is lower, or somebody else calls, too. Go slower for a while."""
        self._stretch = min(self._stretch * _STRETCH, _LONGEST_STRETCH)

    def _lateness(self, departure: Departure, now_s: float) -> float:
        excess_s = departure.excess_s
        if excess_s is None:
            excess_s = max(0.0, now_s - departure.left_s - (self._usual_s or 0.0)) if self._usual_s else 0.0
        return min(excess_s, self._allowance_s)
