"""Evenly spaced departures under a limit that the far side counts.

The far side counts arrivals, in windows we do not know (fixed seconds, a sliding second, a bucket). Safe for all of
them: departure n + limit leaves no earlier than one window after departure n *arrived*. Arrival is not visible, but
an answer that took longer than usual may have arrived later than usual, so that much is waited longer, out of a
small allowance: single stalls are outlived, and latency that varies by nature cannot slow the whole run.
"""

from __future__ import annotations

from collections import deque

_SETTLED = 0.01
"""Share of a window added for the ordinary jitter of the way and for clocks of slightly different speed."""
_GAP = 0.95
"""Departures are this share of an even gap apart: late timers are caught up with, and the window decides."""
_ALLOWANCE = 0.01
"""Share of the time that waiting for late arrivals may cost in the long run."""
_FIRST_ALLOWANCE, _LARGEST_ALLOWANCE = 0.1, 0.2
"""The same at the beginning and at most, as shares of a window: what single stalls may use up."""
_GRAIN_S = 0.016
"""Coarsest timer we run on (Windows): lateness up to this is made good, more is not."""
_IDLE_S = 0.25
"""Who comes this much later than allowed was not waiting: nothing is made good."""
_MEMORY = 0.02
"""Weight of one answer in what counts as usual; a shorter answer than ever counts at once."""
_FAR_OUTSIDE = 3
"""An answer that took longer than usual by this many times what answers vary by says that something stalled."""
_STRETCH = 1.25
_LONGEST_STRETCH = 8.0
_RECOVERY = 0.002


class Departure:
    """One call that left at `left_s` and was answered `took_s` later, None while it is under way."""

    __slots__ = ("left_s", "took_s")

    def __init__(self, left_s: float) -> None:
        self.left_s = left_s
        self.took_s: float | None = None


class Pacer:
    """At most *calls* in any *window_s* seconds as the far side counts them, evenly spread, bursts of one.

    Not a lock: the caller asks `due`, waits, and says `leave` without anyone in between.
    """

    def __init__(self, calls: int, window_s: float) -> None:
        self.calls = calls
        self._window_s = window_s * (1 + _SETTLED)
        self._gap_s = self._window_s / calls * _GAP
        self._recent: deque[Departure] = deque(maxlen=calls)
        self._next_s = 0.0
        self._usual_s: float | None = None
        self._spread_s = 0.0
        self._allowance_s = window_s * _FIRST_ALLOWANCE
        self._stretch = 1.0

    @property
    def per_second(self) -> float:
        """Calls a second in the long run, as slow as limits have made it."""
        return self.calls / (self._window_s * self._stretch)

    def due(self, now_s: float) -> float:
        """When the next call may leave, on the clock of *now_s*; a time that has passed means at once."""
        if len(self._recent) < self.calls:
            return self._next_s
        return max(self._next_s, self._window_over() + self._lateness(self._recent[0], now_s))

    def leave(self, now_s: float) -> Departure:
        """Count a call that leaves now."""
        if len(self._recent) == self.calls:
            self._charge(now_s)
        self._allowance_s += self._gap_s * _ALLOWANCE
        self._allowance_s = min(self._allowance_s, self._window_s * _LARGEST_ALLOWANCE)
        # On the grid, not from the last departure: late timers must not add up. But no burst after a pause.
        gap_s = self._gap_s * self._stretch
        late_s = now_s - self._next_s
        made_good_s = 0.0 if late_s > max(_IDLE_S, gap_s) else min(late_s, max(_GRAIN_S, gap_s))
        self._next_s = now_s - made_good_s + gap_s
        self._stretch = max(1.0, self._stretch * (1 - _RECOVERY))
        departure = Departure(now_s)
        self._recent.append(departure)
        return departure

    def arrived(self, departure: Departure, now_s: float) -> None:
        """The answer to *departure* is here."""
        took_s = now_s - departure.left_s
        if self._usual_s is None or took_s < self._usual_s:
            self._usual_s = took_s
        departure.took_s = took_s
        longer_s = took_s - self._usual_s
        self._usual_s += longer_s * _MEMORY
        self._spread_s += (longer_s - self._spread_s) * _MEMORY

    def slow_down(self) -> None:
        """A limit was met although we kept to ours: it is lower, or somebody else calls, too. Go slower for a while."""
        self._stretch = min(self._stretch * _STRETCH, _LONGEST_STRETCH)

    def _window_over(self) -> float:
        return self._recent[0].left_s + self._window_s * self._stretch

    def _charge(self, now_s: float) -> None:
        """Take from the allowance what the lateness of the oldest departure made this one wait."""
        over_s = self._window_over()
        late_until_s = over_s + self._lateness(self._recent[0], now_s)
        if now_s - late_until_s <= _IDLE_S:
            self._allowance_s -= max(0.0, late_until_s - max(over_s, self._next_s))

    def _lateness(self, departure: Departure, now_s: float) -> float:
        """How much later than usual *departure* may have arrived, as far as the allowance goes.

        Answers that vary a lot by nature say little about arrival: only what is far outside counts. Judged when it
        matters, not when the answer came: the first answers, with connections to open, have nothing to compare with.
        """
        if self._usual_s is None:
            return 0.0
        took_s = departure.took_s if departure.took_s is not None else now_s - departure.left_s
        longer_s = took_s - self._usual_s
        return min(longer_s, self._allowance_s) if longer_s > _FAR_OUTSIDE * self._spread_s else 0.0
