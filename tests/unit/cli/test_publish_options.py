"""`publish`: its report, its time, and a store that stands still. Against the practice market over HTTP."""

from __future__ import annotations

import pytest
from python_calamine import CalamineWorkbook

from app.services.application import Application
from app.services.publishing.pauses import paused_stores


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
        (("--report", "out.csv"), "cli.out_name"),
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
    named = arguments[0] if code == "cli.limit" else arguments[1]
    assert named in said.json["error"]["message"]
