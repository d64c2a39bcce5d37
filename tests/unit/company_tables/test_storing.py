"""Compared with yesterday's, stored in one change, brought back by undo; what is doubtful lifts no hold."""

from __future__ import annotations

import pytest

from app.services.company_tables.days import office_day
from app.services.company_tables.importing import files_in, import_tables
from app.services.company_tables.inbox import list_inbox, old_tables
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import Differences
from app.services.company_tables.verdicts import verdicts_in_force
from app.services.company_tables.wording import age_text, differences_text
from app.services.compliance.word_lists import load_lists
from app.services.history.listing import list_changes
from app.services.history.returning import go_back
from app.services.history.rows import NewerTable
from app.services.history.undo import redo, undo

HOUR = 3_600_000
DAY1 = ("统表.csv", "SKU,成本价,重量(g)", "AB1234,5,85", "CD5678,7,140", "EF9012,,30")
DAY2 = ("新的.csv", "SKU,成本价,重量(g)", "AB1234,5.5,85", "CD5678,7,140", "GH3456,1,1")


def rows(db, sql):
    with db.reader.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


ITEMS = "SELECT code, cost_micro, weight_mg FROM stock_item ORDER BY code"


def test_todays_table_against_yesterdays_and_back(db, store_table):
    first = store_table(*DAY1)
    assert first.differences == Differences(new=3)
    yesterday = rows(db, ITEMS)
    second = store_table(*DAY2)
    assert second.differences == Differences(new=1, changed=1, gone=1, same=1)
    today = rows(db, ITEMS)
    assert today == [("AB1234", 5_500_000, 85_000), ("CD5678", 7_000_000, 140_000), ("GH3456", 1_000_000, 1_000)]
    with pytest.raises(NewerTable):
        undo(db, first.change.uid)
    undo(db)
    assert rows(db, ITEMS) == yesterday
    assert rows(db, "SELECT source FROM company_table") == [("统表.csv",)]
    redo(db)
    assert rows(db, ITEMS) == today
    go_back(db, first.change.created_at.replace(year=2020))
    assert rows(db, ITEMS) == rows(db, "SELECT id FROM company_table") == []


def test_unchanged_rows_are_not_written_and_the_same_file_changes_nothing(db, store_table):
    store_table(*DAY1)
    before = rows(db, "SELECT code, table_id, updated_ms FROM stock_item WHERE code = 'CD5678'")
    store_table(*DAY2)
    assert rows(db, "SELECT code, table_id, updated_ms FROM stock_item WHERE code = 'CD5678'") == before
    changes = len(list_changes(db))
    again = store_table(*DAY2)
    assert (again.is_same_file, again.change, len(list_changes(db))) == (True, None, changes)
    assert again.differences.is_nothing
    assert store_table("other.csv", *DAY2[1:], "").differences == Differences(same=3)


def test_a_table_that_lost_most_of_its_rows_is_asked_about(db, receive):
    head = "SKU,成本价"
    receive("a.csv", head, *(f"AB{number:04d},5" for number in range(300)))
    done = receive("b.csv", head, "AB0001,5")
    assert [one.error.error_code for one in done.failed] == ["tables.shrunk"]
    assert len(rows(db, ITEMS)) == 300
    done = receive("b.csv", head, "AB0001,5", may_shrink=True)
    assert done.tables[0].differences == Differences(gone=299, same=1)


def test_a_floor_in_a_row_that_cannot_be_read_stays(db, store_table):
    store_table("限价.csv", "SKU,最低限价", "AB1234,5", "CD5678,6", "EF9012,7")
    store_table("限价2.csv", "SKU,最低限价", "AB1234,5", "CD5678,abc")
    assert rows(db, "SELECT match_key, floor_minor FROM price_floor") == [("AB1234", 500), ("CD5678", 600)]


def test_todays_feedback_wins_over_yesterdays_table_and_the_reverse(db, store_table):
    def in_force():
        with db.reader.connect() as connection:
            return {key: (str(one.kind), one.severity) for key, one in verdicts_in_force(connection).items()}

    store_table("违禁 2024-11-20.csv", "SKU,违禁类型,处理方式", "AB1234,x,禁售", "CD5678,x,禁售")
    store_table("反馈 2024-11-21.csv", "SKU,侵权类型,处理方式", "AB1234,x,解除", "EF9012,x,暂停")
    assert in_force() == {"CD5678": ("forbidden", "block"), "EF9012": ("feedback", "hold")}
    store_table("违禁 2024-11-22.csv", "SKU,违禁类型,处理方式", "AB1234,x,禁售", "CD5678,x,提醒")
    assert in_force()["AB1234"] == ("forbidden", "block")
    undo(db)
    assert in_force() == {"CD5678": ("forbidden", "block"), "EF9012": ("feedback", "hold")}


def test_feedback_stays_until_a_later_table_of_forbidden_goods_knew_of_it(db, store_table):
    head, kinds = "SKU,侵权类型,处理方式", "SELECT code FROM item_verdict WHERE kind = 'feedback' ORDER BY code"
    store_table("反馈 2024-11-20.csv", head, "AB1234,x,禁售")
    store_table("反馈 2024-11-21.csv", head, "CD5678,x,禁售")
    assert rows(db, kinds) == [("AB1234",), ("CD5678",)]  # no table of forbidden goods could take it over yet
    store_table("违禁 2024-11-22.csv", head.replace("侵权", "违禁"), "AB1234,x,禁售")
    store_table("反馈 2024-11-22.csv", head, "EF9012,x,禁售")
    assert rows(db, kinds) == [("EF9012",)]


def test_words_become_a_list_keep_what_a_person_said_and_go_back(db, store_table):
    def words():
        with db.reader.connect() as connection:
            return {one.word: one.severity for one in load_lists(connection).entries.get("company-table", [])}

    store_table("违禁.csv", "SKU,违禁词,处理方式", ",Tesla;Kindle,", ",Vape,提醒")
    assert words() == {"Tesla": "block", "Kindle": "block", "Vape": "warn"}
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listed_word SET exceptions = '[\"tesla coil\"]' WHERE word = 'Tesla'")
    done = store_table("违禁2.csv", "SKU,违禁词,处理方式", ",tesla,需授权", ",Vape,提醒", ",Dyson,")
    assert done.differences == Differences(new=1, changed=1, gone=1, same=1)
    assert words() == {"Tesla": "hold", "Vape": "warn", "Dyson": "block"}
    assert rows(db, "SELECT exceptions FROM listed_word WHERE word = 'Tesla'") == [('["tesla coil"]',)]
    undo(db)
    assert words() == {"Tesla": "block", "Kindle": "block", "Vape": "warn"}
    undo(db)
    assert words() == {}


def test_a_folder_and_a_bad_file_among_good_ones(db, sheet, tmp_path):
    sheet(*DAY1)
    sheet("限价.csv", "SKU,最低限价", "AB1234,5")
    sheet("~$限价.xlsx", "lock")
    sheet("notes.csv", "Title,Price", "Lamp,5")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no zip")
    assert len(list(files_in([tmp_path]))) == 4
    done = import_tables(db, [tmp_path])
    assert sorted(str(one.kind) for one in done.tables) == ["price_floors", "product_table"]
    assert sorted(one.path.name for one in done.failed) == ["bad.xlsx", "notes.csv"]


def test_ages_and_what_was_different(db, store_table):
    assert old_tables(db) == []  # nobody works with company tables yet
    store_table(*DAY1)
    store_table("反馈 2020-01-02.csv", "SKU,侵权类型", "AB1234,x")
    found = {row.kind: row for row in list_inbox(db)}
    products, feedback = found[TableKind.PRODUCTS], found[TableKind.FEEDBACK]
    assert (products.source, products.rows, products.is_old) == ("统表.csv", 3, False)
    assert differences_text(products.differences).startswith("3 ") or "新增 3" in differences_text(products.differences)
    assert (feedback.as_of, feedback.is_old) == ("2020-01-02", True)
    late = products.received_ms + 25 * HOUR
    assert [row.kind for row in old_tables(db, 24, late)] == [*list(TableKind)[:4]]
    assert TableKind.PRODUCTS not in [row.kind for row in old_tables(db, 48, late)]
    assert not found[TableKind.CHANNELS].source and found[TableKind.CHANNELS].limit_h is None
    texts = {age_text(products, products.received_ms + hours * HOUR) for hours in (0, 5, 72)}
    assert len(texts) == 3
    assert office_day(0) == "1970-01-01"
