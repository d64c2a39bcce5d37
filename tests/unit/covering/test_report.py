"""The report of a covering: what needs a person first, said in both languages, safe in a spreadsheet."""

from __future__ import annotations

import csv
from types import SimpleNamespace

import pytest

from app.messages import Messages
from app.services.covering.desk import CoverDesk
from app.services.covering.ids import Junk, ProductIds
from app.services.covering.records import Already, CoverResult, Failed, Replacement, Unmapped
from app.services.covering.report import KINDS_OF_LINE, ReportLine, export_report, field_name, report_lines, said
from app.services.covering.rules import BadRule, CoverRules, from_json, to_json
from app.services.covering.run import CannotCover, check_pair
from app.services.stores.records import StoreRecord
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import UnknownKind

RESULT = CoverResult(
    copied={"1": 11},
    updated={"2": 12},
    unchanged={"3": 13},
    skipped=[Already("4", 14, "origin"), Already("5", 15, "code", "AB1"), Already("6", 0, "list", "1")],
    failed=[Failed("7", "error.cover.not_mapped", {})],
    replacements=[
        Replacement("1", "sku.price", "18.90", "28.99", "rule", "LM-1"),
        Replacement("9", "title", "a", "b", "rule"),
    ],
    unmapped=[Unmapped("2", "group_id", "Lamps (5081)", "no_mapping")],
    titles={"1": "=SUM(A1)", "2": "Mug"},
    junk=(Junk(4, "rubbish", "no_id"),),
)


def store(number=1, access="operate", reference="vault:1"):
    return StoreRecord(number, f"S{number}", "", 0, "http://x", reference, access, "ok", False, None, None, None)


class TestLines:
    def test_what_needs_a_person_stands_first(self):
        kinds = [line.kind for line in report_lines(RESULT)]
        assert kinds == ["unmapped", "failed", "junk", "skipped", "skipped", "skipped", "replaced", "replaced"]
        assert set(kinds) == set(KINDS_OF_LINE)
        assert report_lines(CoverResult()) == []

    def test_a_line_leads_to_its_listing_where_there_is_one(self):
        found = {(line.kind, line.product_id): line for line in report_lines(RESULT)}
        assert [found[key].listing_id for key in (("unmapped", "2"), ("skipped", "4"), ("replaced", "1"))] == [
            12,
            14,
            11,
        ]
        assert [found[key].listing_id for key in (("failed", "7"), ("skipped", "6"), ("replaced", "9"))] == [0, 0, 0]
        assert (found["replaced", "1"].title, found["replaced", "9"].title) == ("=SUM(A1)", "")

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_every_line_is_said(self, language):
        texts = Messages(language)
        for line in report_lines(RESULT):
            assert said(line, texts) and not said(line, texts).startswith("cover.why")
            assert "{" not in said(line, texts)

    def test_what_nobody_wrote_is_told_by_its_key(self):
        strange = ReportLine("failed", "1", "", "", "", "", "", "error.of_tomorrow")
        assert said(strange) == "error.of_tomorrow"
        without = ReportLine("junk", "", "", "", "", "x", "", "cover.ids_junk", (("n", 1),))
        assert said(without) in (without.why, said(without)) and said(without)
        assert field_name("") == ""


class TestSheets:
    def test_formulas_of_strangers_stay_text(self, tmp_path):
        path = tmp_path / "report.csv"
        assert export_report(path, report_lines(RESULT), "en", TaskContext()) == 8
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle))
        assert len(rows) == 9 and "'=SUM(A1)" in rows[7]
        texts = Messages("en")
        assert rows[0][:2] == [texts.text("cover.column.kind"), texts.text("cover.column.product")]
        assert (rows[7][4], rows[8][4]) == (field_name("sku.price", texts), field_name("title", texts)) != ("", "")
        assert not any(cell.startswith(("=", "@")) for row in rows for cell in row)

    def test_no_file_is_left_behind(self, tmp_path):
        stopped = TaskContext()
        stopped.stop.set()
        with pytest.raises(TaskCancelled):
            export_report(tmp_path / "report.xlsx", report_lines(RESULT), "zh", stopped)
        with pytest.raises(UnknownKind):
            export_report(tmp_path / "report.pdf", [], "zh", TaskContext())
        assert list(tmp_path.iterdir()) == []


class TestRules:
    @pytest.mark.parametrize(
        "stored",
        [
            {"colour": "red"},
            {"stock": True},
            {"stock": "3"},
            {"templates": {"1": 2}},
            {"templates": ["1"]},
            {"words": [["a"]]},
            {"words": [["a", 1]]},
            {"words": "ab"},
            {"same_names": 1},
            {"rounding": "up"},
            {"price": "profit * 2"},
            {"add_prefix": "a b"},
        ],
    )
    def test_what_was_not_kept_by_us_is_refused(self, stored):
        with pytest.raises(BadRule):
            from_json(stored)

    def test_what_is_kept_comes_back(self):
        rules = CoverRules(templates={"1": "2"}, words=(("a", "b"), ("c", "")), stock=0, price="price * 1.1")
        assert from_json(to_json(rules)) == rules
        assert from_json({}) == CoverRules()


class TestPairs:
    @pytest.mark.parametrize(
        ("theirs", "ours", "code"),
        [
            (store(1), store(1), "cover.same_store"),
            (store(2), store(1, "read_only"), "cover.read_only"),
            (store(2, reference=""), store(1), "cover.disconnected"),
            (store(2), store(1, reference=""), "cover.disconnected"),
        ],
    )
    def test_pairs_that_make_no_sense(self, theirs, ours, code):
        with pytest.raises(CannotCover) as told:
            check_pair(theirs, ours)
        assert told.value.error_code == code

    def test_a_store_that_may_only_be_read_can_be_covered(self):
        check_pair(store(2, "read_only"), store(1))


def test_the_desk_reads_and_keeps(pair, tmp_path):
    desk = CoverDesk(SimpleNamespace(db=pair.db))
    assert desk.read_text("1005001 1005001") == ProductIds(("1005001",), 1)
    (tmp_path / "ids.txt").write_text("1005001\n1005002\n")
    (tmp_path / "prose.txt").write_text("1005001 and 1005002 are lamps\nsee above\n")
    assert [desk.looks_like_ids(tmp_path / name) for name in ("ids.txt", "prose.txt", "none.txt")] == [
        True,
        False,
        False,
    ]
    assert desk.read_file(tmp_path / "ids.txt").ids == ("1005001", "1005002")
    desk.save_rules(2, 1, CoverRules(stock=7))
    assert (desk.rules(2, 1).stock, desk.rules(1, 2).stock) == (7, None)
    assert desk.things(1).templates == {}
