"""Coverage with strange input: searches, sheets, and undoing what somebody else did over meanwhile."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.messages import Messages
from app.services.coverage.assignments import BadMember, assign, clean_member, import_assignments, members
from app.services.coverage.covering import sources_for
from app.services.coverage.desk import CoverageDesk
from app.services.coverage.exporting import _row
from app.services.coverage.matrix import CoverageMatrix, CoverageRow, StoreCell, UnknownCondition, keys_of, read_rows
from app.services.history.undo import redo, undo
from app.services.paging import Filter, Query


@pytest.fixture
def ids(shops):
    return list(CoverageMatrix(shops).ids(Query()))


def found(db, text="", *filters, **query):
    matrix, asked = CoverageMatrix(db), Query(text=text, filters=tuple(filters), **query)
    numbers = list(matrix.ids(asked))
    assert matrix.count(asked) == len(numbers)
    assert [row.id for row in matrix.first_page(asked, 50)] == numbers
    rows = matrix.rows(numbers)
    return [rows[number].match_key for number in numbers]


class TestSearching:
    @pytest.mark.parametrize(
        ("text", "keys"),
        [
            ("ab1", ["AB1"]),
            (" Ab2 ", ["AB2"]),
            ("AB", ["AB1", "AB2", "AB3", "AB4"]),
            ("ab 4", ["AB4"]),
            ("' OR 1=1 --", []),
            ("%", []),
            ("_B1", []),
            ("李", ["AB2"]),
            ("ann ab", ["AB1"]),
            ("zzz", []),
        ],
    )
    def test_by_code_and_operator(self, shops, ids, text, keys):
        assign(shops, ids[:1], "Anna")
        assign(shops, ids[1:2], "李雷")
        assert found(shops, text) == keys

    def test_conditions_hold_together(self, shops, ids):
        assign(shops, ids[:2], "Anna")
        anna, gap = Filter("member", "=", "Anna"), Filter("gap", "=", 2)
        assert found(shops, "", anna, gap) == ["AB2"]
        assert found(shops, "ab1", anna, gap) == []
        assert found(shops, "", Filter("member", "missing"), Filter("only", "=", 2)) == ["AB4"]
        assert found(shops, "", sort="member", descending=True) == ["AB1", "AB2", "AB3", "AB4"]

    @pytest.mark.parametrize(
        "one", [Filter("gap", "<", 1), Filter("only", "missing"), Filter("member", "contains", "A")]
    )
    def test_what_cannot_be_asked_is_refused(self, shops, one):
        with pytest.raises(UnknownCondition):
            found(shops, "", one)

    def test_a_store_that_is_none_lacks_everything_on_sale(self, shops):
        assert len(found(shops, "", Filter("gap", "=", 99))) == 3
        assert found(shops, "", Filter("only", "=", "'")) == []


class TestRows:
    def test_rows_that_are_gone_are_left_out(self, shops, ids):
        with shops.reader.connect() as connection:
            assert read_rows(connection, []) == {}
            assert set(read_rows(connection, [ids[0], 10**9])) == {ids[0]}
            assert list(keys_of(connection, [10**9, ids[1], ids[0]])) == ["AB2", "AB1"]

    def test_nothing_covers_nothing(self, shops):
        assert sources_for(shops, [], 1) == []
        assert sources_for(shops, [10**9], 1) == []

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_a_sheet_leaves_empty_what_is_not_known(self, language):
        cell = StoreCell(1, "draft", None, None, "USD", None, None)
        row = _row(CoverageRow(1, "A", "A", "", {2: cell}), [1, 2, 3], Messages(language))
        assert row[:6] == ("A", "", None, None, None, None)
        assert row[6:10] == (None, None, Messages(language).text("status.listing.draft"), None)
        assert len(row) == 14

    def test_the_desk_takes_rows_or_the_filter_itself(self, shops, ids):
        desk = CoverageDesk(SimpleNamespace(db=shops, database_path=shops.path))
        assert desk.assign(Query(filters=(Filter("gap", "=", 2),)), "Bea").codes == 1
        assert desk.members() == {"Bea": 1}
        assert [one.store_id for one in desk.sources_for(Query(), 3)] == [1, 2]
        assert desk.export_call("x.csv", ids)[3] == ids


class TestSheets:
    def rows(self, tmp_path, text):
        path = tmp_path / "who.csv"
        path.write_text(text, "utf-8")
        return path

    def test_each_row_fails_alone(self, shops, tmp_path):
        path = self.rows(
            tmp_path,
            "Owner,备注,SKU\nAnna,x,AB1\n,x,AB2\nBea,,\n,,\nCyd,,ab1\n" + "n" * 41 + ",,AB3\n=1+1,,AB4\n",
        )
        done = import_assignments(shops, path)
        assert [(one.row, one.why) for one in done.refused] == [
            (3, "no_member"),
            (4, "no_code"),
            (6, "twice"),
            (7, "long_member"),
        ]
        assert members(shops) == {"=1+1": 1, "Anna": 1}
        assert import_assignments(shops, path).change is None

    @pytest.mark.parametrize("name", ["", "  ", "x" * 41])
    def test_names_that_are_none(self, name):
        with pytest.raises(BadMember):
            clean_member(name)

    def test_a_code_no_listing_has_is_kept_for_later(self, shops, tmp_path):
        assert import_assignments(shops, self.rows(tmp_path, "code,member\nNEW-1,Anna\n")).codes == 1
        assert found(shops, "NEW") == []


class TestUndoing:
    def test_a_code_that_went_to_somebody_else_meanwhile_stays_there(self, shops, ids):
        assign(shops, ids[:1], "Anna")
        taken = assign(shops, ids[:2], "").change
        assign(shops, ids[:1], "Bea")
        result = undo(shops, taken.uid)
        assert (result.restored, len(result.conflicts)) == (0, 1)
        assert members(shops) == {"Bea": 1}

    def test_the_same_where_the_number_of_the_row_is_free(self, shops, ids):
        assign(shops, ids[:2], "Anna")
        taken = assign(shops, ids[:1], "").change
        assign(shops, ids[:1], "Bea")
        result = undo(shops, taken.uid)
        assert (result.restored, len(result.conflicts)) == (0, 1)
        assert members(shops) == {"Anna": 1, "Bea": 1}

    def test_done_again_after_somebody_took_the_code(self, shops, ids):
        assign(shops, ids[:1], "Anna")
        undo(shops)
        assert members(shops) == {}
        redo(shops)
        assert members(shops) == {"Anna": 1}
