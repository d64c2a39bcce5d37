"""The storm itself: work is queued bit by bit, the weather changes, programs die; then the sky clears and is judged."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from app.services.compliance.recheck import recheck
from tests.storm.desk import StormDesk
from tests.storm.judge import judge
from tests.storm.market import ROOT, StormMarket
from tests.storm.program import ready_file
from tests.storm.weather import CLOCKS_H, FEEDS_FROM, POINTS, calm, forecast, switches

PATIENCE_S = 25.0
"""How long a round may take before the next begins: a quota that is used up lets nothing happen."""
LOOK_S = 0.02
DRIZZLES, LAST_ROUNDS = 1, 12
"""Runs that must be enough to bring everything to its end, the first of them not yet under a clear sky."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of a storm. The same plan brings the same weathers, clocks and points of death in the same rounds; how
    far a program comes in a round is the machine's."""

    seed: int
    listings: int
    kills: int
    programs: int = 2


@dataclass(slots=True)
class Outcome:
    """What the market says in the end.

    Attributes:
        doubled, lost, wrong: titles of listings that are there too often, missing, or with another content.
        kills: programs that were killed while there was work; `points` those of them at a named instruction.
        faults: what the market did wrong on purpose; `errors` what the journal was told by it.
        asked: listings a person had to decide about.
        told: products that the market's record says it made by carrying a call out twice, and that the desktop names
            as superfluous; any other that is too much is doubled, one it names wrongly is lost.
        feeds: feeds the platform took.
        left: tasks that were not settled under a clear sky.
    """

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kills: int = 0
    points: int = 0
    market_kills: int = 0
    listings: int = 0
    asked: int = 0
    told: int = 0
    feeds: int = 0
    left: int = 0
    elapsed_s: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Nothing twice, nothing lost, nothing wrong, nothing left open."""
        return not (self.doubled or self.lost or self.wrong or self.left)


class Storm:
    """One storm in *folder*. `say` gets a line a round."""

    def __init__(self, folder: Path, plan: Plan, say: Callable[[str], None] = lambda line: None) -> None:
        self._folder, self._plan, self._say = folder, plan, say
        self._dice = Random(plan.seed)
        self._round = Random()
        self._programs: list[subprocess.Popen[str] | None] = [None] * plan.programs
        self._hours = 0.0
        self._outcome = Outcome()

    def run(self) -> Outcome:
        """Rage until all kills are done, clear up, and let the market speak."""
        started = time.monotonic()
        with StormMarket(self._folder) as market:
            desk = StormDesk(self._folder, market)
            try:
                self._rage(desk, market)
                self._clear_up(desk, market)
                self._judge(desk, market)
            finally:
                self._end_programs()
                desk.db.dispose()
        self._outcome.faults = market.faults_met
        self._outcome.elapsed_s = time.monotonic() - started
        return self._outcome

    # -- raging --------------------------------------------------------------------------------------------------

    def _rage(self, desk: StormDesk, market: StormMarket) -> None:
        plan, made = self._plan, 0
        for number, weather in enumerate(forecast(Random(plan.seed), plan.kills * 3)):
            if self._outcome.kills >= plan.kills:
                break
            self._round = Random(f"{plan.seed}:{number}")
            if self._round.random() < 0.3:
                self._hours = self._round.choice(CLOCKS_H)  # somebody sets the computer's clock
            share = -(-plan.listings * (number + 1) // plan.kills) - made if number < plan.kills else 0
            made += self._more_work(desk, min(share, plan.listings - made))
            self._set_weather(market, weather, number)
            self._start_missing(desk, market)
            self._wait_for_calls(market, 5 + int(self._round.random() * (15 + 3 * desk.open_tasks())))
            self._kill_one(desk)
            sky = f"{number}: {weather}, clock {self._hours:+}"
            self._say(f"{sky}, {self._outcome.kills} kills, {made} made, {desk.open_tasks()} open")
        while made < plan.listings:
            made += self._more_work(desk, 1)

    def _more_work(self, desk: StormDesk, share: int) -> int:
        """Queue new listings, some edits of what is live, and what failed. Returns: listings made."""
        new: list[int] = []
        while len(new) < share:
            new += desk.make(self._dice)
        live, bad = desk.ids("live"), desk.ids("failed", "rejected")
        edited = self._dice.sample(live, min(len(live), max(2, share)))
        desk.edit([*edited, *desk.ids("rejected")], self._dice)
        recheck(desk.db, [*new, *edited, *bad])
        desk.queue([*new, *edited, *bad])
        return len(new)

    def _set_weather(self, market: StormMarket, weather: str, number: int) -> None:
        if weather == "market gone":
            market.kill()
            self._outcome.market_kills += 1
            time.sleep(0.3)  # connections are refused meanwhile; nothing is waited for
            market.start()
        market.switch(switches(weather, self._plan.seed * 1000 + number))

    def _start_missing(self, desk: StormDesk, market: StormMarket) -> None:
        points = [self._round.choice(POINTS) if self._round.random() < 0.5 else "" for _ in self._programs]
        feed_from = self._round.choice(FEEDS_FROM)
        for at, program in enumerate(self._programs):
            if program is None or program.poll() is not None:
                self._programs[at] = self._start(desk, market, points[at], self._hours, feed_from)

    @staticmethod
    def _start(desk: StormDesk, market: StormMarket, point: str, hours: float, feed_from: int) -> subprocess.Popen[str]:
        desk.sign_in_again()
        arguments = (desk.db.path, desk.secrets.path, market.gateway, point, hours, feed_from)
        command = [sys.executable, "-m", "tests.storm.program", *map(str, arguments)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)

    def _wait_for_calls(self, market: StormMarket, count: int) -> None:
        """Until the market has seen some more, or a program ended."""
        until, deadline = market.calls() + count, time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and (market.calls() < until or not self._working()):
            if any(program is not None and program.poll() is not None for program in self._programs):
                return
            time.sleep(LOOK_S)  # how often the market is asked, not how long it may take

    def _working(self) -> list[int]:
        """Programs that are past their start: a kill before that would prove nothing."""
        return [
            at
            for at, program in enumerate(self._programs)
            if program is not None and program.poll() is None and ready_file(self._folder, program.pid).exists()
        ]

    def _kill_one(self, desk: StormDesk) -> None:
        """Count the program that ended at its point, else kill one; it counts while there was work."""
        ended = [at for at, program in enumerate(self._programs) if program is not None and program.poll() == 9]
        for at in ended:
            self._outcome.kills += 1
            self._outcome.points += 1
            self._programs[at] = None
        working = self._working()
        if not ended and working and desk.open_tasks():
            self._end(self._round.choice(working))
            self._outcome.kills += 1

    def _end(self, at: int) -> None:
        program = self._programs[at]
        if program is not None:
            program.kill()
            program.wait(20)
            self._programs[at] = None

    def _end_programs(self) -> None:
        for at in range(len(self._programs)):
            self._end(at)

    # -- clearing up ---------------------------------------------------------------------------------------------

    def _clear_up(self, desk: StormDesk, market: StormMarket) -> None:
        """A last drizzle, then no faults any more; programs run to their end, a person sends again what failed."""
        market.switch(switches("drizzle", self._plan.seed))
        for number in range(LAST_ROUNDS):
            self._wait_for_end(self._programs)
            if number == DRIZZLES:
                market.switch(calm())
                self._more_work(desk, FEEDS_FROM[1] + 1)  # one feed at least is handed over under a clear sky
            self._outcome.asked += desk.decide_all(market)
            desk.edit(desk.ids("rejected"), self._dice)
            recheck(desk.db, desk.unsent())
            desk.queue(desk.unsent())
            if number > DRIZZLES and not desk.open_tasks():
                break
            self._programs = [self._start(desk, market, "", 0.0, FEEDS_FROM[number % 2])]
        self._outcome.left = desk.open_tasks()
        self._outcome.errors = desk.errors()

    @staticmethod
    def _wait_for_end(programs: list[subprocess.Popen[str] | None]) -> None:
        for program in programs:
            if program is not None:
                program.wait(PATIENCE_S * 10)

    def _judge(self, desk: StormDesk, market: StormMarket) -> None:
        ours, outcome = desk.listings(), self._outcome
        verdict = judge(ours, market.products(), desk.doubles(), market.made_twice())
        outcome.listings, outcome.feeds, outcome.told = len(ours), market.feeds(), verdict.told
        outcome.doubled, outcome.lost, outcome.wrong = verdict.doubled, verdict.lost, verdict.wrong
