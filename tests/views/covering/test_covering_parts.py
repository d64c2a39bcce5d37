"""The parts of the covering dialogs by themselves: lines of a report, cells of a store, ids, names, wrong rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.services.coverage.assignments import LONGEST
from app.services.coverage.matrix import CoverageRow, StoreCell
from app.services.covering.ids import Junk, ProductIds, read_ids
from app.services.covering.mapping import Things
from app.services.covering.report import KINDS_OF_LINE, ReportLine
from app.services.covering.rules import CoverRules
from app.services.paging import Filter, Query
from app.services.stores.records import StoreRecord
from app.views.covering.assign_dialog import AssignDialog
from app.views.covering.coverage_columns import columns
from app.views.covering.ids_box import IdsBox, names_of
from app.views.covering.report_rows import COLUMNS, KIND, SEGMENTS, TONES, ReportRow, ReportRows
from app.views.covering.rules_form import MAPPED, RulesForm
from app.views.language import language

DAY_MS = 86_400_000


def line(kind="replaced", product_id="1005001", title="Ash Lamp", **more):
    values = {"code": "", "field": "title", "before": "old", "after": "new", "why": "cover.why.rule", **more}
    return ReportLine(kind, product_id, title, **values)


LINES = [
    line("unmapped", before="Their own", why="cover.why.no_mapping"),
    line("failed", "1005002", "", why="error.cover.not_mapped", params=()),
    line(code="LM4402-WH", field="sku.price", before="18.90", after="28.99"),
    line("replaced", "1005003", "Кружка «Зима»", before="İstanbul", after="Ｔｏｋｙｏ"),
]


class TestReport:
    @pytest.mark.parametrize(
        ("text", "kinds", "found"),
        [
            ("", (), [0, 1, 2, 3]),
            ("", ("replaced",), [2, 3]),
            ("", ("junk",), []),
            ("lamp 28.99", (), [2]),
            ("LM4402-wh", (), [2]),
            ("кружка", (), [3]),
            ("tokyo", ("replaced", "failed"), [3]),
            ("1005002", ("replaced",), []),
            ("%_", (), []),
        ],
    )
    def test_lines_are_found_by_kind_and_words(self, text, kinds, found):
        source, query = ReportRows(LINES), Query(text, tuple(Filter(KIND, "=", kind) for kind in kinds))
        assert list(source.ids(query)) == found
        assert source.count(query) == len(found)
        assert [row.id for row in source.first_page(query, 2)] == found[:2]

    def test_lines_that_are_gone_are_left_out(self):
        rows = ReportRows(LINES).rows([3, 4, 99])
        assert list(rows) == [3] and rows[3].line is LINES[3]
        assert ReportRows([]).first_page(Query(), 5) == []

    def test_every_kind_has_a_segment_and_a_tone(self):
        assert [key for key, _, _ in SEGMENTS] == ["all", *KINDS_OF_LINE]
        assert set(TONES) == set(KINDS_OF_LINE)

    def test_the_cells_of_a_line(self, each_language):
        cells = {column.key: column.cell(ReportRow(2, LINES[2])) for column in COLUMNS}
        assert (cells["product"].text, cells["product"].second) == ("1005001", "Ash Lamp")
        assert cells["field"].text.endswith("· LM4402-WH") and cells["after"].text == "28.99"
        assert cells["why"].text and cells["kind"].text
        bare = {
            column.key: column.cell(ReportRow(0, line(field="", code="X", why="no.such.key"))) for column in COLUMNS
        }
        assert (bare["field"].text, bare["why"].text) == ("X", "no.such.key")


def store(number, name):
    return StoreRecord(number, name, "", 0, "http://x", "vault:1", "operate", "ok", False, None, None, None)


class TestCells:
    def test_what_is_unknown_is_left_out_and_never_zero(self, each_language):
        code, member, first, second = columns([store(1, "One"), store(2, "Two")])
        cell = StoreCell(7, "live", None, None, "USD", "11", None)
        row = CoverageRow(1, "AB1", "AB1", "", {1: cell})
        assert (code.cell(row).text, member.cell(row).text) == ("AB1", "")
        shown = first.cell(row)
        assert "0" not in shown.text and shown.text == shown.tip  # its state alone
        gap = second.cell(row)
        assert (gap.text, gap.is_excluded) == ("", True) and gap.tip

    def test_price_stock_and_last_sale(self):
        *_, column = columns([store(1, "One")])
        cell = StoreCell(7, "live", 1890, 0, "USD", "11", 400 * DAY_MS, more=2)
        shown = column.cell(CoverageRow(1, "AB1", "AB1", "Ann", {1: cell}))
        price, stock, sold = shown.text.split(" · ")
        assert price == "18.90" and "0" in stock and sold.endswith("1971")
        assert "2" in shown.tip.splitlines()[-1]

    def test_two_stores_of_one_name_stay_apart(self):
        keys = [column.key for column in columns([store(1, "Same"), store(2, "Same")])]
        assert len(keys) == len(set(keys)) == 4


class TestIds:
    @pytest.fixture
    def box(self, qtbot):
        made = IdsBox()
        qtbot.addWidget(made)
        yield made
        made.stop()

    def test_ids_of_files_go_below_what_stands_there(self, box):
        box.lines.setPlainText("1005001\n\n")
        box.add_ids(["1005002", "1005003"], [Junk(4, "rubbish", "no_id")])
        assert box.text == "1005001\n1005002\n1005003"
        box.add_ids([])
        assert box.text == "1005001\n1005002\n1005003"

    def test_what_was_read_is_said_with_the_first_lines_that_are_none(self, box, each_language):
        junk = tuple(Junk(number, "x", "no_id") for number in range(1, 6))
        box.show_ids(ProductIds(("1005001",), 2, junk))
        said = box.told.text()
        assert len(said.split(" · ")) == 3 and "1, 2, 3…" in said
        box.show_unusable("Too many.")
        assert (box.wanted.ids, box.told.text()) == ((), "Too many.")
        box.show_ids(read_ids("1005001"))
        assert len(box.told.text().split(" · ")) == 1

    def test_junk_of_a_file_stays_said_while_typing_goes_on(self, box):
        box.add_ids(["1005001"], [Junk(9, "rubbish", "no_id")])
        box.show_ids(read_ids(box.text))
        assert [one.line for one in box.wanted.junk] == [9]

    def test_files_are_taken_whole_and_texts_as_usual(self, box, qtbot):
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        files, words = QMimeData(), QMimeData()
        files.setUrls([QUrl.fromLocalFile("/tmp/ids.txt")])
        words.setText("1005009")
        with qtbot.waitSignal(box.files_wanted) as told:
            box.lines.dropEvent(QDropEvent(QPointF(5, 5), copy, files, Qt.MouseButton.LeftButton, none))
        assert told.args[0] == [Path("/tmp/ids.txt")]
        assert box.text == ""
        box.lines.dropEvent(QDropEvent(QPointF(5, 5), copy, words, Qt.MouseButton.LeftButton, none))
        assert "1005009" in box.text

    def test_files_by_name(self):
        assert names_of([Path("/a/ids.txt"), Path("b.csv")]) == "ids.txt, b.csv"


class TestAssigning:
    def test_a_blank_name_gives_nobody_anything(self, window, qtbot):
        dialog = AssignDialog(3, ["Ann", "Bea"], window)
        named = []
        dialog.named.connect(named.append)
        assert dialog.member.currentText() == "" and not dialog.primary.isEnabled()
        dialog.member.setEditText("   ")
        assert not dialog.primary.isEnabled()
        dialog.member.setEditText("x" * (LONGEST + 5))
        assert len(dialog.member.currentText()) <= LONGEST + 5 and dialog.member.lineEdit().maxLength() == LONGEST
        dialog.member.setEditText("Ann")
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
        assert named == ["Ann"]

    def test_taking_back_needs_no_name(self, window, qtbot):
        dialog = AssignDialog(1, [], window)
        with qtbot.waitSignal(dialog.named) as told:
            qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
        assert told.args == [""]


THINGS = Things({"71": "小件普货"}, {"51": "Standard"}, {"91": "Lighting", "92": "Mugs"})


class TestRules:
    @pytest.fixture
    def form(self, qtbot):
        made = RulesForm()
        qtbot.addWidget(made)
        return made

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("stock", "-1"),
            ("stock", "1e3"),
            ("stock", "٣"),
            ("stock", "1000000"),
            ("factor", "NaN"),
            ("factor", "0"),
            ("factor", "one"),
            ("plus", "1e9"),
            ("price", "stock * 2"),
            ("price", "price *"),
            ("price", "__import__('os')"),
            ("words", " = new"),
            ("add_prefix", "A B"),
            ("remove_suffix", "x" * 21),
        ],
    )
    def test_what_cannot_be_used_is_said_below_its_field(self, form, field, typed):
        control = form.affixes.get(field) or getattr(form, field)
        (control.setPlainText if field == "words" else control.setText)(typed)
        assert form.read() is None
        said = [name for name, one in form.fields.items() if one.problem.text()]
        assert said == [field]
        (control.setPlainText if field == "words" else control.setText)("")
        assert form.read() == CoverRules()
        assert not form.fields[field].problem.text()

    def test_words_are_pairs_a_line_and_may_be_taken_out(self, form):
        form.words.setPlainText("Northlane = Chenfan\n\n  brand =\nplain\na=b=c")
        assert form.read().words == (("Northlane", "Chenfan"), ("brand", ""), ("plain", ""), ("a", "b=c"))

    def test_a_mapping_of_what_is_not_shown_is_kept(self, form):
        rules = CoverRules(templates={"71": "800", "99": "801"}, groups={"91": "-"})
        form.show_rules(rules)
        form.show_things(THINGS, Things({"800": "Small"}, {}, {"5": "Lamps"}))
        assert form.read().templates == {"71": "800", "99": "801"}
        assert form.read().groups == {"91": "-"}
        form.maps["templates"]["71"].choose("")
        assert form.read().templates == {"99": "801"}

    def test_nothing_is_told_while_rules_are_shown(self, form):
        told = []
        form.changed.connect(lambda: told.append(1))
        form.show_rules(CoverRules(brand="A", stock=3, inches=True, words=(("a", "b"),)))
        form.show_things(THINGS, THINGS)
        assert told == []
        form.brand.setText("B")
        assert told == [1]

    def test_lines_of_a_store_without_things_are_none(self, form):
        form.show_things(Things({}, {}, {}), THINGS)
        assert all(not form.maps[name] for name in MAPPED)
        language.set_language("zh")
        assert form.read() == CoverRules()
