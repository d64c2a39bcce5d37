"""The long fault storm: 1 000 listings, 100 kills, two programs on one database, judged by the market's record.

`SHANGJIA_STORM_SEED` repeats one; without it the seed is drawn and told. Rounds are told on standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from random import SystemRandom

from tests.benchmarks.ground import FULL, Ground
from tests.benchmarks.measuring import Measurement
from tests.storm.storm import Plan, Storm

LONG, SHORT = (1_000, 100), (60, 10)
"""Listings and kills, in full and with `--quick`."""


def measure(ground: Ground) -> Iterator[Measurement]:
    """Budgets of none: one listing twice, lost or wrong fails the run."""
    seed = int(os.environ.get("SHANGJIA_STORM_SEED") or SystemRandom().randrange(1, 10_000))
    listings, kills = LONG if ground.sizes is FULL else SHORT
    plan = Plan(seed, listings, kills)
    outcome = Storm(ground.new_folder("storm"), plan, _say).run()
    for title in (*outcome.doubled, *outcome.lost, *outcome.wrong):
        _say(title)
    faults = ", ".join(f"{name} {count}" for name, count in sorted(outcome.faults.items()))
    how = (
        f"seed {seed}: {outcome.listings} listings, {outcome.kills} kills ({outcome.points} at a named instruction), "
        f"{outcome.market_kills} of the market, {plan.programs} programs"
    )
    yield Measurement("storm.doubled", len(outcome.doubled), "listings", how, budget=0)
    yield Measurement("storm.lost", len(outcome.lost), "listings", how, budget=0)
    yield Measurement("storm.wrong", len(outcome.wrong), "listings", how, budget=0)
    yield Measurement("storm.left", outcome.left, "listings", f"{how}; not settled under a clear sky", budget=0)
    yield Measurement("storm.asked", outcome.asked, "listings", f"{how}; a person had to decide")
    yield Measurement("storm.told", outcome.told, "listings", f"{how}; made twice of one call, and named to the user")
    yield Measurement("storm.feeds", outcome.feeds, "feeds", how)
    yield Measurement("storm.kills", outcome.kills, "kills", how, budget=kills, at_least=True)
    yield Measurement("storm.faults", outcome.faults.total(), "faults", faults)
    yield Measurement("storm.elapsed", outcome.elapsed_s, "s", how)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
