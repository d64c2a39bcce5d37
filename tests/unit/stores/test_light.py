"""The light of a store, its reason, its figures, and that no bulk job starts for a red one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.messages import tr
from app.models import StoreAccess, StoreHealth
from app.services.clock import OFFICE, now_ms, to_ms
from app.services.errors import NotFound
from app.services.marketplace.port import Refused, SignedOut, TemporaryFault, Unanswered, Unreachable
from app.services.paging import Query
from app.services.publishing.pauses import pause_store, resume_store
from app.services.publishing.queue import SkipReason, enqueue
from app.services.publishing.run import publish
from app.services.stores.figures import DAYS, StoreFigures, day_starts, read_figures
from app.services.stores.light import light_of
from app.services.stores.readiness import ReadOnlyStore, StoreClosed, StoreFull, ensure_open
from app.services.stores.reading import get_store, mark_health
from app.services.stores.source import SEGMENTS, StoreSource
from app.services.stores.verdicts import note_error

DAY = 86_400_000
HOUR = 3_600_000


def set_store(db, store_id=1, **values):
    with db.bulk() as connection:
        for name, value in values.items():
            connection.exec_driver_sql(f"UPDATE store SET {name} = ? WHERE id = ?", (value, store_id))


def light(db, store_id=1):
    found = light_of(get_store(db, store_id), now_ms())
    return found.level, found.reason


def test_the_light_names_the_worst(db, make_listing):
    assert light(db) == ("green", "ok")
    set_store(db, is_practice=1)
    assert light(db) == ("green", "practice")
    make_listing(status="live")
    set_store(db, listing_quota=1)
    assert light(db) == ("red", "full")
    set_store(db, token_expires_ms=now_ms() + 6 * DAY + HOUR)
    assert light(db) == ("amber", "ends")
    assert light_of(get_store(db, 1), now_ms()).params == {"n": 6}
    set_store(db, token_expires_ms=now_ms() + HOUR)
    assert light(db) == ("amber", "last_day")
    mark_health(db, 1, StoreHealth.SIGNED_OUT)
    assert light(db) == ("red", "signed_out")
    set_store(db, credential_ref="")
    assert light(db) == ("red", "disconnected")


def test_a_paused_store_says_so_unless_something_is_the_matter(db):
    pause_store(db, 1)
    assert light(db) == ("gray", "paused")
    set_store(db, token_expires_ms=now_ms() + HOUR)
    assert light(db) == ("amber", "last_day")
    (row,) = StoreSource(db).first_page(Query(), 5)
    assert row.is_paused
    check = next(check for check in StoreSource(db).detail(1).checks if check.key == "waiting")
    assert (check.remedy, check.level, check.params["n"]) == ("resume_publishing", "warn", 0)
    resume_store(db, 1)
    assert get_store(db, 1).paused_at is None


@pytest.mark.parametrize("health", [StoreHealth.WRONG_SECRET, StoreHealth.WRONG_APP])
def test_a_refused_app_is_red_with_its_reason_and_starts_no_bulk_job(db, make_listing, health):
    listing = make_listing()
    mark_health(db, 1, health)
    assert light(db) == ("red", str(health))
    (row,) = StoreSource(db).first_page(Query(), 5)
    assert tr(row.light.key, **row.light.params)
    check = next(check for check in StoreSource(db).detail(1).checks if check.key == "sign_in")
    assert (check.level, check.title, check.remedy) == ("bad", f"store.check.sign_in.{health}", "sign_in")
    assert check.params["since"] == row.signed_out_ms
    with pytest.raises(StoreClosed) as closed:
        enqueue(db, 1, [listing.id])
    assert closed.value.error_code == f"store.closed.{health}"
    assert "晨帆数码" in tr(closed.value.message_key, **closed.value.params)
    mark_health(db, 1, StoreHealth.OK)
    assert enqueue(db, 1, [listing.id]).batch_id is not None


def test_out_of_reach_is_amber_with_its_time_and_hides_nothing_worse(db, make_listing):
    mark_health(db, 1, StoreHealth.UNREACHABLE)
    store = get_store(db, 1)
    assert light(db) == ("amber", "unreachable")
    at = f"{store.signed_out_at.astimezone(OFFICE):%H:%M}"
    assert light_of(store, to_ms(store.signed_out_at)).params == {"at": at}
    assert light_of(store, to_ms(store.signed_out_at) + DAY).params != {"at": at}
    check = next(check for check in StoreSource(db).detail(1).checks if check.key == "sign_in")
    assert (check.level, check.title, check.remedy) == ("warn", "store.check.sign_in.unreachable", "sync")
    listing = make_listing(status="live")
    assert enqueue(db, 1, [listing.id]).batch_id is not None
    set_store(db, listing_quota=1)
    assert light(db) == ("red", "full")
    mark_health(db, 1, StoreHealth.WRONG_SECRET)
    mark_health(db, 1, StoreHealth.UNREACHABLE)
    assert light(db) == ("red", "wrong_secret")


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (SignedOut(), "signed_out"),
        (Refused("marketplace.signature"), "wrong_secret"),
        (Refused("marketplace.app_key"), "wrong_app"),
        (Unreachable("marketplace.proxy_unreachable"), "unreachable"),
        (Refused("marketplace.certificate"), "unreachable"),
        (Refused("marketplace.permission"), "ok"),
        (Unanswered(), "ok"),
        (TemporaryFault(), "ok"),
    ],
)
def test_what_an_error_says_about_the_store_is_remembered(db, error, health):
    note_error(db, 1, error)
    assert get_store(db, 1).health == health


def test_a_token_that_renews_itself_is_no_warning(db):
    """Only the end of the renewing token ends a sign-in."""
    set_store(db, token_expires_ms=now_ms() - DAY, refresh_expires_ms=now_ms() + 100 * DAY)
    assert light(db) == ("green", "ok")
    set_store(db, refresh_expires_ms=now_ms() + 3 * DAY)
    assert light(db) == ("amber", "ends")
    set_store(db, refresh_expires_ms=now_ms() - 1)
    assert light(db) == ("red", "signed_out")


def test_since_when_it_is_signed_out_is_kept_until_it_answers_again(db):
    mark_health(db, 1, StoreHealth.SIGNED_OUT)
    first = get_store(db, 1).signed_out_at
    mark_health(db, 1, StoreHealth.SIGNED_OUT)
    assert first is not None
    assert get_store(db, 1).signed_out_at == first
    mark_health(db, 1, StoreHealth.OK)
    assert get_store(db, 1).signed_out_at is None


def test_needs_attention_is_the_same_in_sql_and_in_the_light(db, make_listing):
    make_listing(status="live")
    changes = (
        {},
        {"health": "signed_out"},
        {"token_expires_ms": now_ms() + 6 * DAY},
        {"token_expires_ms": now_ms() + 8 * DAY},
        {"token_expires_ms": now_ms() - DAY, "refresh_expires_ms": now_ms() + 90 * DAY},
        {"refresh_expires_ms": now_ms() - DAY},
        {"access": "read_only", "token_expires_ms": now_ms() + DAY},
        {"access": "read_only", "token_expires_ms": now_ms() - DAY},
        {"listing_quota": 1},
        {"listing_quota": 2},
        {"listing_quota": None},
        {"health": "wrong_secret"},
        {"health": "wrong_app", "access": "read_only"},
        {"health": "unreachable"},
        {"health": "unreachable", "access": "read_only"},
    )
    set_store(db, listing_quota=1)
    with db.bulk() as connection:
        for number, change in enumerate(changes):
            row = {
                "name": f"n{number}",
                "alias": "",
                "colour": "0",
                "gateway": "",
                "credential_ref": "x",
                "seller_id": "",
                "access": "operate",
                "health": "ok",
                "is_practice": 0,
                "listing_quota": 3000,
                "created_ms": 1,
                **change,
            }
            marks = ", ".join("?" * len(row))
            connection.exec_driver_sql(f"INSERT INTO store ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    source = StoreSource(db)
    rows = source.first_page(Query(), 50)
    wanted = {row.id for row in rows if row.light.needs_somebody}
    assert set(source.ids(Query(filters=SEGMENTS["attention"]))) == wanted
    assert {row.name for row in rows if row.light.needs_somebody} == {
        *("晨帆数码", "n1", "n2", "n5", "n7"),
        *("n11", "n12", "n13", "n14"),
    }
    tally = source.tally()
    assert (tally["all"], tally["attention"], tally["read_only"], tally["practice"]) == (16, 9, 4, 0)
    assert tally["operate"] == 12


def test_the_days_of_a_week_follow_the_clock_change():
    """Clocks went forward on 29 March 2026 in Berlin: that day has 23 hours."""
    starts = day_starts(datetime(2026, 3, 31, 15, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    hours = [(later - earlier) // HOUR for earlier, later in pairwise(starts)]
    assert hours == [24, 24, 24, 24, 23, 24]
    assert datetime.fromtimestamp(starts[-1] / 1000, UTC) == datetime(2026, 3, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "quota", "a_day", "left"),
    [(1200, 3000, 100, 18), (3000, 3000, 100, 0), (3100, 3000, 0, 0), (10, 3000, 0, None), (10, None, 9, None)],
)
def test_days_left_at_the_present_pace(used, quota, a_day, left):
    """domain.md 4: with 1 200 online of 3 000 and 100 a day, the store is full in 18 days."""
    assert StoreFigures((a_day,) * DAYS).days_left(used, quota) == left


def add_task(db, listing_id, state, *, sent_ms=None, settled_ms=None, action="create", finished_ms=None):
    with db.bulk() as connection:
        batch = connection.exec_driver_sql(
            "INSERT INTO publish_batch (store_id, state, total, created_ms, finished_ms) VALUES (1, 'done', 1, 1, ?) "
            "RETURNING id",
            (finished_ms,),
        ).scalar_one()
        connection.exec_driver_sql(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, sent_ms, settled_ms, error_code, error_params, error_text, error_field) "
            "VALUES (?, 1, ?, ?, ?, '', '', '', 1, '', ?, ?, '', '{}', '', '')",
            (batch, listing_id, action, state, sent_ms, settled_ms),
        )


def test_new_listings_and_failures_are_counted_by_day(db, make_listing):
    ids = [make_listing(title=f"Lamp {number}").id for number in range(6)]
    starts = day_starts(datetime.now())  # noqa: DTZ005
    today, yesterday, long_ago = starts[-1] + 1, starts[-2] + 1, starts[0] - 1
    add_task(db, ids[0], "live", sent_ms=today, settled_ms=today, finished_ms=today)
    add_task(db, ids[1], "in_review", sent_ms=yesterday, finished_ms=today)
    add_task(db, ids[2], "live", sent_ms=today, action="edit", finished_ms=today)
    add_task(db, ids[3], "failed", sent_ms=today, settled_ms=today)
    add_task(db, ids[4], "rejected", sent_ms=yesterday, settled_ms=yesterday, finished_ms=today)
    add_task(db, ids[5], "live", sent_ms=long_ago, settled_ms=long_ago, finished_ms=long_ago)
    with db.reader.connect() as connection:
        figures = read_figures(connection, [1, 99])
    assert figures[1].new_by_day == (0, 0, 0, 0, 0, 1, 1)
    assert figures[1].failed_by_day == (0, 0, 0, 0, 0, 1, 1)
    assert figures[1].failed_today == 1
    assert figures[99] == StoreFigures()
    row = StoreSource(db).first_page(Query(), 1)[0]
    assert row.failed_today == 1
    set_store(db, listing_quota=8)
    assert StoreSource(db).first_page(Query(), 1)[0].full_in_days == 8 * DAYS // 2


def test_a_bulk_job_does_not_start_for_a_red_store_and_says_why(db, make_listing):
    listing = make_listing()
    mark_health(db, 1, StoreHealth.SIGNED_OUT)
    with pytest.raises(StoreClosed) as closed:
        enqueue(db, 1, [listing.id])
    assert (closed.value.error_code, closed.value.params) == ("store.closed.signed_out", {"store": "晨帆数码"})
    set_store(db, credential_ref="")
    with pytest.raises(StoreClosed) as closed:
        enqueue(db, 1, [listing.id])
    assert closed.value.error_code == "store.closed.disconnected"
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM publish_batch").scalar() == 0


async def test_a_run_that_was_left_does_not_go_on_for_a_red_or_read_only_store(db):
    mark_health(db, 1, StoreHealth.SIGNED_OUT)
    with pytest.raises(StoreClosed):
        await publish(db, None, 1)  # type: ignore[arg-type]  # nothing is asked of the marketplace
    mark_health(db, 1, StoreHealth.OK)
    set_store(db, access=str(StoreAccess.READ_ONLY))
    with pytest.raises(ReadOnlyStore):
        await publish(db, None, 1)  # type: ignore[arg-type]


def test_a_full_store_takes_edits_but_nothing_new(db, make_listing):
    there = make_listing(status="live", product_id="1005001")
    new = make_listing(title="Another lamp")
    set_store(db, listing_quota=1)
    with pytest.raises(StoreFull) as full:
        enqueue(db, 1, [there.id, new.id])
    assert full.value.params == {"store": "晨帆数码", "live": 1, "quota": 1}
    edited = enqueue(db, 1, [there.id])
    assert (edited.batch_id is not None, edited.count(SkipReason.OPEN)) == (True, 0)


def test_a_store_that_is_not_there(db):
    with db.reader.connect() as connection, pytest.raises(NotFound):
        ensure_open(connection, 99)


def test_the_last_day_is_told_apart(db):
    set_store(db, token_expires_ms=now_ms() + timedelta(hours=5) // timedelta(milliseconds=1))
    check = next(check for check in StoreSource(db).detail(1).checks if check.key == "sign_in")
    assert (check.level, check.title, check.remedy) == ("warn", "store.check.sign_in.last_day", "sign_in")
