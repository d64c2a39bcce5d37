"""Office time (domain.md 19) whatever the computer's clock is set to: read, said, and proposed."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from app.services.clock import at_office
from app.services.publishing.turns import BadTime, moment_of

NINE_IN_BEIJING = 1_795_309_200_000  # 2026-11-22T01:00Z


@pytest.fixture(params=["America/Los_Angeles", "Asia/Shanghai"])
def computer_in(request, monkeypatch):
    """A computer set to another zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone cannot be changed for one program")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_typed_time_without_a_zone_is_the_offices(computer_in):
    assert moment_of("2026-11-22T09:00") == NINE_IN_BEIJING
    assert moment_of(" 2026-11-22 01:00+00:00 ") == NINE_IN_BEIJING
    with pytest.raises(BadTime):
        moment_of("tomorrow")


def test_a_moment_is_said_by_the_offices_clock(computer_in):
    for moment in (NINE_IN_BEIJING, datetime(2026, 11, 22, 1, tzinfo=UTC)):
        assert f"{at_office(moment):%Y-%m-%d %H:%M}" == "2026-11-22 09:00"
