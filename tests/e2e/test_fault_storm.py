"""Two programs, every class of fault, deaths at any instruction: the market's own record has each listing once.

The seed is printed with the result; `SHANGJIA_STORM_SEED=7` repeats a storm, `SHANGJIA_STORM=LISTINGS,KILLS` makes
it longer. The long form is `python run.py bench storm`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.storm.storm import Plan, Storm

SEED = int(os.environ.get("SHANGJIA_STORM_SEED", "391"))
"""The first that brings, in seven rounds, a market that goes, a limit, cut connections, lost answers, refused reviews,
calls that are carried out twice, feeds in four of the rounds, and a clock that is set three times."""
LISTINGS, KILLS = map(int, os.environ.get("SHANGJIA_STORM", "20,5").split(","))


@pytest.mark.slow
def test_nothing_is_doubled_lost_or_wrong_in_a_storm(tmp_path: Path) -> None:
    plan = Plan(SEED, LISTINGS, KILLS)
    outcome = Storm(tmp_path, plan, _say).run()
    told = f"seed {SEED}: {outcome}"
    _say(told)
    assert (outcome.doubled, outcome.lost, outcome.wrong) == ([], [], []), told
    assert outcome.left == 0, told
    assert outcome.kills >= KILLS, told
    assert outcome.listings >= LISTINGS
    assert outcome.faults.total() > 0, "a storm without faults proves nothing"
    assert outcome.feeds > 0, "nor does one in which nothing was handed over together"


def _say(line: str) -> None:
    """Shown where the test fails, and with `-s`."""
    sys.stdout.write(f"{line}\n")
