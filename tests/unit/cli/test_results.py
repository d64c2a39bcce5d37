"""Result objects and exit codes of a publish run, and what `doctor` sees, without a marketplace."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace

import pytest

from app.cli.commands.publishing import Published, outcome_of
from app.cli.desk import Desk
from app.cli.diagnosis import LEAST_FREE_BYTES, examine
from app.cli.outcome import Exit
from app.services.application import Application
from app.services.marketplace.port import RateLimited, SignedOut, Unreachable
from app.services.publishing.gate import Ending
from app.services.publishing.queue import BatchCreated, Skipped, SkipReason
from app.services.publishing.results import BatchResult

ALL_LIVE = BatchResult((), 0, 0, 3, 0, 0, 0, 0, 3, 1.23456, 0.0)
NOTHING_SKIPPED = BatchCreated(None, 3, ())


@pytest.fixture
def desk(own_data_folder):
    with Application(own_data_folder) as app:
        yield Desk(app, is_json=True)


def outcome(desk, created=NOTHING_SKIPPED, **changes):
    return outcome_of(desk, Published(created, 3, replace(ALL_LIVE, **changes)))


def test_everything_live_is_exit_zero_with_the_contracts_keys(desk):
    done = outcome(desk)
    assert done.code == Exit.DONE
    keys = ("queued", "live", "in_review", "rejected", "failed", "unknown", "attempts", "elapsed_s")
    assert {name: done.result[name] for name in keys} == {
        "queued": 3,
        "live": 3,
        "in_review": 0,
        "rejected": 0,
        "failed": 0,
        "unknown": 0,
        "attempts": 3,
        "elapsed_s": 1.235,
    }
    assert "error" not in done.result
    assert len(done.lines) == 1


def test_waiting_for_a_review_is_no_failure(desk):
    assert outcome(desk, live=0, in_review=3).code == Exit.DONE


@pytest.mark.parametrize("name", ["rejected", "failed", "unknown", "queued", "elsewhere", "doubles"])
def test_anything_not_through_is_exit_one(desk, name):
    done = outcome(desk, live=2, **{name: 1})
    assert done.code == Exit.SOME_REFUSED
    assert done.result["left" if name == "queued" else name] == 1
    if name in ("unknown", "queued", "elsewhere"):
        assert len(done.lines) == 2


@pytest.mark.parametrize(("reason", "key"), [(SkipReason.BLOCKED, "blocked"), (SkipReason.HELD, "held")])
def test_listings_that_were_not_queued_count(desk, reason, key):
    done = outcome(desk, BatchCreated(None, 2, (Skipped(1, reason),)))
    assert (done.code, done.result[key]) == (Exit.SOME_REFUSED, 1)


def test_unchanged_listings_are_no_failure(desk):
    assert outcome(desk, BatchCreated(None, 2, (Skipped(1, SkipReason.UNCHANGED),))).code == Exit.DONE


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (Ending.SIGNED_OUT, SignedOut()),
        (Ending.OUT_OF_REACH, Unreachable(host="127.0.0.1:9")),
        (Ending.LIMITED, RateLimited("marketplace.day_quota", platform_code="7")),
    ],
)
def test_an_end_for_the_marketplaces_sake_is_exit_three_and_says_why(desk, ending, error):
    done = outcome(desk, live=1, queued=2, ending=ending, error=error)
    assert (done.code, done.result["ending"], done.result["left"]) == (Exit.OUT_OF_REACH, str(ending), 2)
    assert done.result["error"]["code"] == error.error_code
    assert done.lines[-1] == done.result["error"]["message"]
    assert done.lines[-1] != error.error_code


def test_doctor_sees_a_full_disk_a_locked_folder_and_missing_parts(own_data_folder, monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(1, 1, LEAST_FREE_BYTES - 1))
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("app.cli.diagnosis.PACKAGES", ("orjson", "no-such-package"))
    monkeypatch.setattr("app.cli.diagnosis.resources", lambda: tmp_path / "nothing")
    report = examine(Application(own_data_folder))
    assert set(report.facts["packages"]) == {"orjson"}
    assert report.facts["free_bytes"] == LEAST_FREE_BYTES - 1
    told = "\n".join(report.problems)
    for part in ("no-such-package", "199 MB", "cannot be written", str(tmp_path / "nothing" / "rules")):
        assert part in told
    assert len(report.problems) == 5
