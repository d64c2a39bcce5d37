"""What an import takes away: half a table, a broken one, words; the same file twice; verdicts against each other."""

from __future__ import annotations

import shutil

import pytest

from app.services.company_tables.hits import table_hits
from app.services.company_tables.importing import files_in, import_tables
from app.services.company_tables.inbox import list_inbox
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import Differences, InboxRow, TableError, TableRead
from app.services.company_tables.storing import check_gone
from app.services.company_tables.verdicts import Verdict, in_force, verdicts_in_force
from app.services.company_tables.wording import (
    age_text,
    differences_text,
    guard_lines,
    imported_text,
    kind_text,
    reason_text,
)
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.listings.desk import ListingDesk
from app.services.tasks import TaskCancelled, TaskContext

WHOLE = TableRead(TableKind.FORBIDDEN, "x.csv", "x", "")


def rows(db, sql):
    with db.reader.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.mark.parametrize(
    ("new", "changed", "gone", "same", "is_refused"),
    [
        (0, 0, 0, 0, False),
        (5, 0, 0, 0, False),
        (0, 0, 99, 1, False),  # a small table may change as it likes
        (0, 50, 100, 50, False),  # half of it
        (0, 50, 101, 50, True),
        (999, 0, 101, 100, True),  # new ones do not make up for those that went
        (0, 0, 1, 0, True),  # nothing is left of it
        (1, 0, 1, 0, False),
        (0, 0, 101, 102, False),
    ],
)
def test_how_much_may_go_unasked(new, changed, gone, same, is_refused):
    differences = Differences(new, changed, gone, same)
    if is_refused:
        with pytest.raises(TableError, match=f"gone={gone}, known={gone + changed + same}"):
            check_gone(WHOLE, differences)
    else:
        check_gone(WHOLE, differences)


def test_half_a_table_a_broken_one_and_lost_words_change_nothing_unless_meant(db, receive):
    goods = [f"AB{number:04d},禁售," for number in range(150)]
    words = [f",,brand{chr(97 + number % 26)}{chr(97 + number // 26)}x" for number in range(120)]
    head, counts = "SKU,违禁类型,违禁词", "SELECT count(*) FROM item_verdict UNION ALL SELECT count(*) FROM listed_word"
    assert receive("违禁1.csv", head, *goods, *words).tables[0].differences == Differences(new=270)
    stored, changes = rows(db, counts), len(list_changes(db))
    assert stored == [(150,), (120,)]
    for name, lines in {
        "违禁2.csv": [*goods[:40], *words],  # goods went
        "违禁3.csv": [*goods, *words[:5]],  # words went
        "违禁4.csv": [f"{line.split(',')[0][2:]}.5E+12,禁售," for line in goods],  # Excel destroyed the codes
    }.items():
        done = receive(name, head, *lines)
        assert [one.error.error_code for one in done.failed] == ["tables.shrunk"], name
        assert (rows(db, counts), len(list_changes(db))) == (stored, changes)
    done = receive("违禁3.csv", head, *goods, *words[:5], may_shrink=True)
    assert done.tables[0].differences == Differences(gone=115, same=155)
    undo(db)
    assert rows(db, counts) == stored
    assert [row.source for row in list_inbox(db) if row.source] == ["违禁1.csv"]


def test_the_same_file_again_under_another_name_after_another_one_and_after_undo(db, sheet, tmp_path):
    def receive(path, kind=None):
        [done] = import_tables(db, [path, path], kind).tables
        return done

    first = sheet("a.csv", "SKU,最低限价", "AB1234,5")
    renamed, other = tmp_path / "b.csv", sheet("c.csv", "SKU,最低限价", "AB1234,6")
    shutil.copyfile(first, renamed)
    assert receive(first).differences == Differences(new=1)
    again = receive(renamed)
    assert (again.is_same_file, again.change, again.differences) == (True, None, Differences(same=1))
    assert "b.csv" in imported_text(again)
    assert receive(other).differences == Differences(changed=1)
    assert receive(first).differences == Differences(changed=1)  # yesterday's again is a change, not the same
    undo(db)
    undo(db)
    assert receive(renamed).is_same_file
    undo(db)
    assert rows(db, "SELECT 1 FROM price_floor UNION ALL SELECT 1 FROM company_table") == []
    assert receive(renamed).differences == Differences(new=1)  # what was taken back is not "there already"
    undo(db)
    redo(db)
    assert rows(db, "SELECT code, floor_minor FROM price_floor") == [("AB1234", 500)]


def test_a_floor_that_cannot_be_read_today_stays_as_it_was(db, store_table):
    store_table("a.csv", "SKU,最低限价,币种", "AB1234,5,USD", "CD5678,6,USD", "EF9012,7,USD", "GH3456,8,USD")
    done = store_table("b.csv", "SKU,最低限价,币种", "AB1234,#N/A,USD", "CD5678,6,XYZ", "EF9012,-7,USD", "IJ7890,1,USD")
    assert (done.differences, done.refused) == (Differences(new=1, gone=1), 3)
    assert rows(db, "SELECT code, floor_minor FROM price_floor ORDER BY code") == [
        *(("AB1234", 500), ("CD5678", 600), ("EF9012", 700), ("IJ7890", 100)),
    ]


def test_stopping_between_files_keeps_what_was_stored(db, sheet):
    paths = [sheet("a.csv", "SKU,最低限价", "AB1234,5"), sheet("b.csv", "SKU,成本价", "AB1234,5")]
    ctx = TaskContext()
    ctx.checkpoint = lambda: (_ for _ in ()).throw(TaskCancelled()) if rows(db, "SELECT 1 FROM price_floor") else None
    with pytest.raises(TaskCancelled):
        import_tables(db, paths, ctx=ctx)
    assert rows(db, "SELECT kind FROM company_table") == [("price_floors",)]
    assert list(files_in([paths[1], paths[0].parent, paths[1]])) == [paths[1], *sorted(paths)]


@pytest.mark.parametrize(
    ("table", "feedback", "feedback_day", "table_day", "expected"),
    [
        ("block", None, "", "2026-01-02", "block"),
        (None, "hold", "2026-01-01", "2026-01-02", "hold"),  # the table need not know of it yet
        ("block", "clear", "2026-01-02", "2026-01-02", None),  # of one day: the feedback
        ("block", "clear", "2026-01-01", "2026-01-02", "block"),
        ("clear", "block", "2026-01-03", "2026-01-02", "block"),
        ("clear", "block", "2026-01-01", "2026-01-02", None),
        ("warn", "block", "2026-01-02", "", "block"),
    ],
)
def test_todays_feedback_against_the_table_by_their_days(table, feedback, feedback_day, table_day, expected):
    said = [(TableKind.FORBIDDEN, table, table_day), (TableKind.FEEDBACK, feedback, feedback_day)]
    verdicts = [Verdict("AB1234", kind, severity, "", day, "") for kind, severity, day in said if severity]
    for order in (verdicts, verdicts[::-1]):
        found = in_force(order, table_day)
        assert [one.severity for one in found.values()] == ([expected] if expected else [])


def test_costs_that_differ_in_the_last_digit_do_not_look_the_same(db, make_listing, store_table):
    make_listing(skus=(("AB1234", 1890, 7), ("CD5678", 1890, 7), ("EF9012", 1890, 7)))
    head = "SKU,成本价,重量(g)"
    store_table("a.csv", head, "AB1234,12.345678,85", "CD5678,5,1234567", "EF9012,5,85")
    store_table("b.csv", head, "AB1234,12.345679,85", "CD5678,5,1234568", "EF9012,,85")
    told = {hit.code: (hit.severity, reason_text(hit)) for hit in table_hits(db, TableKind.PRODUCTS)}
    assert "12.345678 → 12.345679" in told["AB1234"][1]
    assert "1234567 → 1234568" in told["CD5678"][1]
    assert "5 → –" in told["EF9012"][1]


def test_words_for_ages_and_differences():
    hour = 3_600_000
    assert differences_text(None) == ""
    assert len({kind_text(kind) for kind in TableKind}) == 5
    never, known = InboxRow(TableKind.FLOORS), InboxRow(TableKind.FLOORS, "a", moment_ms=0, is_old=False)
    told = [age_text(known, hours * hour) for hours in (0, 1, 47, 48, 72)]
    assert len({age_text(never, 0), *told}) == 6
    assert ("47" in told[2], "2" in told[3], "3" in told[4]) == (True, True, True)
    assert age_text(known, -hour) == told[0]  # a clock that was set back


def test_a_day_that_has_not_come_yet_is_a_slip_and_outlasts_nothing(db, store_table):
    def severities():
        with db.reader.connect() as connection:
            return {key: one.severity for key, one in verdicts_in_force(connection).items()}

    store_table("违禁 2099-12-30.csv", "SKU,违禁类型,处理方式", "AB1234,x,提醒")
    store_table("反馈.csv", "SKU,侵权类型,处理方式,日期", "AB1234,x,禁售,", "CD5678,x,禁售,2099-12-31")
    assert severities() == {"AB1234": "block", "CD5678": "block"}  # today's feedback is not older than that
    today = {row[0] for row in rows(db, "SELECT as_of FROM item_verdict WHERE kind = 'feedback'")}
    assert len(today) == 1 and max(today) < "2099"
    assert rows(db, "SELECT as_of FROM company_table WHERE kind = 'forbidden'") == [(max(today),)]


def test_the_first_costs_switch_the_guard_on_for_every_listing_and_undo_switches_it_off(db, make_listing, store_table):
    """`auto`: profits are asked for from the first product table with costs on, of goods it does not name, too."""

    def held():
        found = "SELECT listing_id FROM listing_finding WHERE code = 'guard.unknown' ORDER BY listing_id"
        return [row[0] for row in rows(db, f"SELECT DISTINCT * FROM ({found})")]

    named, other = (make_listing(f"Lamp {code}", ((code, 1890, 7),)).id for code in ("AB1234", "EF9012"))
    head = "SKU,成本价,重量(g)"
    done = store_table("no costs.csv", head, "AB1234,,85")
    assert (done.asks_costs, done.rechecked, held(), guard_lines(done)) == (None, 1, [], [])
    done = store_table("costs.csv", head, "AB1234,12.5,85")
    assert (done.asks_costs, done.rechecked, held()) == (True, 2, [named, other])
    assert "2" in guard_lines(done)[0]
    assert store_table("more costs.csv", head, "AB1234,13,85").asks_costs is None
    desk = ListingDesk(lambda: db)
    desk.undo()
    assert held() == [named, other]
    assert set(desk.undo().suspects) == {named, other} and held() == []
    desk.redo()
    assert held() == [named, other]
    done = store_table("no costs again.csv", head, "AB1234,,85")
    assert (done.asks_costs, done.rechecked, held()) == (False, 2, []) and "no profits" in guard_lines(done)[0]
