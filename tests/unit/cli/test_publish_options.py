"""`publish`: its report, its time, and a store that stands still. Against the practice market over HTTP."""

from __future__ import annotations

import pytest
from python_calamine import CalamineWorkbook

from app.services.application import Application
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.publishing.owner import RunOwner
from app.services.publishing.pauses import paused_stores
from app.services.publishing.queue import enqueue


@pytest.fixture
def store(cli, market, secrets):
    cli("--json", "store", "add", "Chenfan", "--gateway", market["gateway"], "--secrets", "-", stdin=secrets)
    return "Chenfan"


def test_a_paused_store_is_not_published_to_until_it_goes_on(cli, store, own_data_folder):
    assert cli("--json", "publish", "--store", store, "--pause").json["paused"] is True
    with Application(own_data_folder) as app:
        assert len(paused_stores(app.db)) == 1
    refused = cli("--json", "publish", "--store", store)
    assert (refused.code, refused.json["error"]["code"]) == (2, "publishing.store_paused")
    assert "--resume" in refused.json["error"]["message"]
    assert cli("--json", "publish", "--store", store, "--resume").json["paused"] is False
    assert cli("--json", "publish", "--store", store).code == 0


def test_the_report_is_written_even_where_nothing_was_sent(cli, store, tmp_path):
    said = cli("--json", "publish", "--store", store, "--report", str(tmp_path / "out.xlsx"))
    assert said.json["report"] == str(tmp_path / "out.xlsx")
    assert len(CalamineWorkbook.from_path(said.json["report"]).sheet_names) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--report", "out.csv"), "export.unknown_kind"),
        (("--report", "nowhere/out.xlsx"), "workbook.no_folder"),
        (("--at", "soon"), "publishing.time"),
        (("--at", ""), "publishing.time"),
        (("--at", "2020-01-01T00:00"), "publishing.time_over"),
        (("--at", "1970-01-01T00:00+00:00"), "publishing.time_over"),
        (("--at", "9999-01-01T00:00"), "publishing.time_too_far"),
        (("--spread", "-5"), "cli.limit"),
        (("--spread", "99999999999999999999"), "cli.limit"),
        (("--limit", "0"), "cli.limit"),
        (("--limit", "99999999999999999999"), "cli.limit"),
    ],
)
def test_bad_options_are_named_before_anything_is_sent(cli, store, arguments, code):
    said = cli("--json", "publish", "--store", store, *arguments)
    assert (said.code, said.json["error"]["code"]) == (2, code)
    named = arguments[0] if code == "cli.limit" else arguments[1].rpartition("/")[2]
    assert named in said.json["error"]["message"]


def test_what_another_program_is_sending_is_said_and_no_success(cli, synced, own_data_folder):
    """It lives and has taken the store's queue on: this program has nothing to send, and does not know how it ends."""
    with Application(own_data_folder) as app:
        sql = "SELECT id FROM listing WHERE status = 'live' AND block_count + hold_count = 0 ORDER BY id LIMIT 2"
        with app.db.reader.connect() as connection:
            ids = list(connection.exec_driver_sql(sql).scalars())
        edit_listings(app.db, [ListingEdit(number, fields={"weight_g": 777}) for number in ids], label="change.edit")
        enqueue(app.db, 1, ids)
        with RunOwner(app.db.path) as other:
            with app.db.bulk() as connection:
                connection.exec_driver_sql("UPDATE publish_task SET owner = ?", (other.name,))
            said = cli("--json", "publish", "--store", synced)
            told = cli("publish", "--store", synced)
    counts = {name: said.json[name] for name in ("queued", "live", "in_review", "failed", "left", "elsewhere")}
    assert counts == {"queued": 2, "live": 0, "in_review": 0, "failed": 0, "left": 0, "elsewhere": 2}
    assert (said.code, told.code) == (1, 1)
    assert "Another program is sending 2 of these" in told.out


def test_what_another_program_sent_before_this_one_began_counts(cli, synced, own_data_folder, monkeypatch):
    """Between queueing and sending there is time enough for a program that already runs."""
    with Application(own_data_folder) as app:
        sql = "SELECT id FROM listing WHERE status = 'live' AND block_count + hold_count = 0 ORDER BY id LIMIT 2"
        with app.db.reader.connect() as connection:
            ids = list(connection.exec_driver_sql(sql).scalars())
        edit_listings(app.db, [ListingEdit(number, fields={"weight_g": 777}) for number in ids], label="change.edit")

    def overtaken(db, *arguments, **options):
        created = enqueue(db, *arguments, **options)
        with db.bulk() as connection:
            connection.exec_driver_sql("UPDATE publish_task SET state = 'live' WHERE listing_id = ?", (ids[0],))
        return created

    monkeypatch.setattr("app.services.publishing.queue.enqueue", overtaken)
    said = cli("--json", "publish", "--store", synced)
    assert (said.json["queued"], said.json["attempts"], said.json["left"], said.json["elsewhere"]) == (2, 1, 0, 0)
    assert said.json["live"] + said.json["in_review"] == 2
