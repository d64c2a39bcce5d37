"""The parts of the dialog for pictures by themselves: rows, kinds, options, and the one repair that is under way."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester
from shiboken6 import isValid

from app.services.compliance.findings import Finding, Severity
from app.services.compliance.image_facts import ImageFacts
from app.services.images.checking import ImageFinding
from app.services.images.kinds import Kind
from app.services.images.repair_plans import Repaired, RepairLine, RepairPlan
from app.services.images.repairing import RepairOptions
from app.services.tasks import TaskCancelled
from app.services.worker import WorkerDied
from app.views.language import language
from app.views.listings.images.finding_rows import FindingCells, FindingRows, PictureRows, owner_text
from app.views.listings.images.kind_list import KindList, of_kind
from app.views.listings.images.repair_options import RepairOptionsBar
from app.views.listings.images.repair_rows import RepairCells, RepairRows, facts_text, outcome_text
from app.views.listings.images.repairing import Repairing
from app.views.listings.images.whole import paint_whole
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails

STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal
BEFORE = ImageFacts("/a/long.png", width=1300, height=850, byte_count=6_140_000, format="PNG")
AFTER = ImageFacts("/b/1.jpg", width=1300, height=1300, byte_count=231_400, format="JPEG")
GOOD = RepairLine("/a/long.png", BEFORE, (1, 2), "/b/1.jpg", AFTER)
GONE = RepairLine("/a/gone.jpg", ImageFacts("/a/gone.jpg", problem="missing"), (3,), why="missing")


def finding(code, listing_id=1, severity=Severity.BLOCK, sku="", **params):
    usual = {"number": 1, "file": "a.jpg", "width": 1, "height": 1, "side": 800, "max": "3", "size": "9", "first": 1}
    made = Finding(code, severity, "images", params={**usual, "ratio": "1:2", "limit": "1:1.3", "least": 800, **params})
    return ImageFinding(listing_id, f"K{listing_id}", "Ash Lamp", sku, "/a/a.jpg", made)


class TestRepairRows:
    def test_figures_of_a_picture(self, each_language):
        assert facts_text(BEFORE) == "1,300 × 850 · PNG · 6.1 MB"
        assert facts_text(AFTER) == "1,300 × 1,300 · JPEG · 231 kB"
        assert facts_text(ImageFacts("/x", byte_count=12)) == "– · – · 1 kB"
        assert facts_text(ImageFacts("/x")) == "– · – · –"
        refused = {"en": "the file is missing or cannot be opened", "zh": "文件找不到或打不开"}
        assert (outcome_text(GOOD), outcome_text(GONE)) == (facts_text(AFTER), refused[each_language])

    def test_what_cannot_be_repaired_stands_last_and_cannot_be_ticked(self, shown, blank_pictures, qtbot, each_theme):
        rows = RepairRows()
        tester = QAbstractItemModelTester(rows, STRICT)
        view = shown(PictureRows(rows, RepairCells(blank_pictures), blank_pictures, "images.lines_table"))
        view.setSelectionMode(PictureRows.SelectionMode.MultiSelection)
        rows.show_lines([GONE, GOOD])
        assert [rows.index(at).data() for at in range(2)] == ["long.png", "gone.jpg"]
        assert not rows.flags(rows.index(1)) & Qt.ItemFlag.ItemIsSelectable
        view.selectAll()
        assert [index.row() for index in view.selectionModel().selectedIndexes()] == [0]
        box = view.visualRect(rows.index(0))
        ticked = view.grab().toImage().pixelColor(14, box.center().y() + 5)
        view.setFocus()
        view.setCurrentIndex(rows.index(0))
        view.clearSelection()
        assert ticked != view.grab().toImage().pixelColor(14, box.center().y() + 5)
        qtbot.keyClick(view, Qt.Key.Key_Space)
        assert len(view.selectionModel().selectedIndexes()) == 1
        assert view.accessibleName() == "Pictures before and after" and tester

    def test_tips_name_file_before_and_after(self):
        rows = RepairRows()
        rows.show_lines([GOOD])
        tip = rows.index(0).data(Qt.ItemDataRole.ToolTipRole)
        assert tip.split("\n") == ["/a/long.png", facts_text(BEFORE), facts_text(AFTER)]
        assert rows.rowCount(rows.index(0)) == 0 and rows.data(rows.index(5)) is None


class TestFindings:
    LINES = (
        finding("image.missing"),
        finding("image.alike", severity=Severity.WARN),
        finding("sku.image_none", sku="AB1", value="Red"),
    )

    def test_rows_say_what_and_whose(self, shown, blank_pictures, each_theme):
        rows = FindingRows()
        tester = QAbstractItemModelTester(rows, STRICT)
        view = shown(PictureRows(rows, FindingCells(blank_pictures), blank_pictures, "images.found_table"))
        rows.show_lines(self.LINES[:2])
        assert [owner_text(line) for line in self.LINES] == ["Ash Lamp", "Ash Lamp", "Ash Lamp · variant AB1"]
        tip = rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole).split("\n")
        assert tip[1:] == ["Ash Lamp", "/a/a.jpg"] and "a.jpg" in tip[0]
        first, second = (view.visualRect(rows.index(at)) for at in range(2))
        assert second.top() == first.bottom() + 1
        view.setCurrentIndex(rows.index(1))
        picture = view.grab().toImage()
        grounds = [picture.pixelColor(rect.right() - 4, rect.center().y()) for rect in (first, second)]
        assert grounds == [current_theme().color("surface"), current_theme().color("sel")] and tester

    def test_kinds_are_counted_and_the_chosen_one_stays(self, shown):
        kinds = shown(KindList(), (230, 200))
        told = []
        kinds.currentRowChanged.connect(lambda _: told.append(kinds.current))
        kinds.show_counts(self.LINES)
        assert [kinds.item(at).text() for at in range(kinds.count())] == [
            "All", "Cannot be read", "Same picture twice", "Perhaps of another variant",
        ]  # fmt: skip
        assert kinds.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "All 3"
        kinds.setCurrentRow(2)
        kinds.show_counts(self.LINES[1:])
        assert kinds.current == Kind.TWICE and told[-1] == Kind.TWICE
        kinds.show_counts(self.LINES[:1])
        assert kinds.current == ""  # there is none of it any more
        language.set_language("zh")
        assert [kinds.item(at).text() for at in range(kinds.count())] == ["全部", "打不开"]
        assert of_kind(self.LINES, Kind.TWICE) == [self.LINES[1]]
        assert len(of_kind(self.LINES, "")) == 3


class TestOptions:
    def test_what_is_ticked_is_what_is_done(self, shown):
        bar = shown(RepairOptionsBar())
        told = []
        bar.changed.connect(lambda: told.append(bar.options))
        assert bar.options == RepairOptions()
        bar.squares.setChecked(True)
        bar.pad.choose("edge")
        bar.pad.choose("no")
        bar.enlarges.setChecked(False)
        assert told == [
            RepairOptions(squares=True),
            RepairOptions(pad="edge", squares=True),
            RepairOptions(pad="no"),  # nothing is padded, so nothing becomes square
            RepairOptions(enlarges=False, pad="no"),
        ]
        assert not bar.squares.isEnabled() and bar.pad.accessibleName()


def test_a_picture_is_shown_whole_in_the_middle(runner, qtbot):
    def wide(source, pixels):
        made = QImage(pixels, pixels // 2, QImage.Format.Format_RGB32)
        made.fill(QColor("#1030c0"))
        return made

    made = Thumbnails(runner, wide)
    with qtbot.waitSignal(made.arrived):
        made.get("/wide.jpg", 64)
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    paint_whole(painter, QRect(0, 0, 64, 64), made, "/wide.jpg")
    painter.end()
    assert picture.pixelColor(32, 32).name() == "#1030c0"
    assert picture.pixelColor(32, 6) == picture.pixelColor(32, 58) == current_theme().color("header")
    qtbot.waitUntil(lambda: runner.is_idle)


class Hands:
    """A worker process whose calls end when the test says so."""

    def __init__(self):
        self.calls = []

    def submit(self, function, /, *args, ctx):
        future = Future()
        self.calls.append(SimpleNamespace(name=function.partition(":")[2], args=args, ctx=ctx, future=future))
        return future

    @property
    def names(self):
        return [call.name for call in self.calls]


class Desk:
    def prepare_call(self, chosen, options):
        return "x:prepare", chosen, options

    def store_call(self, plan):
        return "x:store", plan

    def let_go_call(self, files):
        return "x:let_go", tuple(files)


class TestRepairing:
    PLAN = RepairPlan((GOOD,), 0, ("/b/1.jpg",))

    @pytest.fixture
    def hands(self, runner, context):
        """The worker process."""
        runner.heavy = Hands()
        context.services = SimpleNamespace(images=Desk())
        return runner.heavy

    @pytest.fixture
    def repairing(self, context, hands):
        """With what it told."""
        owner = QObject()
        made = Repairing(context, owner)
        made.told = []
        for name in ("prepared", "failed", "stored"):
            getattr(made, name).connect(lambda value, name=name: made.told.append((name, value)))
        yield made
        owner.deleteLater()

    def end(self, qtbot, runner, call, result=None, error=None):
        before = len(runner.heavy.calls)
        call.future.set_exception(error) if error is not None else call.future.set_result(result)
        qtbot.waitUntil(lambda: runner.is_idle or len(runner.heavy.calls) > before)

    def test_an_older_plans_files_go_before_the_next_is_made(self, repairing, hands, runner, qtbot):
        repairing.prepare([1], RepairOptions())
        assert repairing.is_preparing
        self.end(qtbot, runner, hands.calls[0], self.PLAN)
        assert repairing.told == [("prepared", self.PLAN)] and repairing.plan is self.PLAN
        repairing.prepare([1], RepairOptions(pad="no"))
        assert hands.names == ["prepare", "let_go"] and hands.calls[1].args == (("/b/1.jpg",),)
        self.end(qtbot, runner, hands.calls[1])
        assert hands.names == ["prepare", "let_go", "prepare"]
        self.end(qtbot, runner, hands.calls[2], RepairPlan((), 1))
        assert repairing.plan == RepairPlan((), 1)

    def test_a_plan_nobody_waits_for_any_more_is_let_go(self, repairing, hands, runner, qtbot):
        repairing.prepare([1], RepairOptions())
        repairing.prepare([1], RepairOptions(squares=True))
        assert hands.calls[0].ctx.stop.is_set()
        self.end(qtbot, runner, hands.calls[0], self.PLAN)  # it was done before it heard
        assert hands.names == ["prepare", "let_go"] and not repairing.told
        self.end(qtbot, runner, hands.calls[1])
        assert hands.names[2:] == ["prepare"]
        repairing.drop()
        self.end(qtbot, runner, hands.calls[2], error=TaskCancelled())
        assert not repairing.is_preparing and hands.names == ["prepare", "let_go", "prepare"]

    def test_a_preparation_that_is_cancelled_or_fails_does_not_begin_again(self, repairing, hands, runner, qtbot):
        repairing.prepare([1], RepairOptions())
        self.end(qtbot, runner, hands.calls[0], error=TaskCancelled())  # the window closes
        repairing.prepare([1], RepairOptions())
        error = WorkerDied(exit_code=9)
        self.end(qtbot, runner, hands.calls[1], error=error)
        assert hands.names == ["prepare", "prepare"] and repairing.told == [("failed", error)]
        assert not repairing.is_preparing

    def test_what_is_stored_is_not_stopped_and_its_files_are_looked_through(
        self, repairing, hands, runner, qtbot, context
    ):
        repairing.store(())  # nothing was prepared
        repairing.prepare([1], RepairOptions())
        self.end(qtbot, runner, hands.calls[0], self.PLAN)
        repairing.store({"/a/long.png"})
        assert hands.calls[1].args[0].replaced == {}
        repairing.store(())  # it is under way
        repairing.end()
        assert not hands.calls[1].ctx.stop.is_set() and hands.names == ["prepare", "store"]
        self.end(qtbot, runner, hands.calls[1], Repaired(None))
        assert repairing.told[-1] == ("stored", Repaired(None))
        assert hands.names == ["prepare", "store", "let_go"]
        self.end(qtbot, runner, hands.calls[2])
        qtbot.waitUntil(lambda: not isValid(repairing))  # nothing is left to be done
        assert [job.state for job in context.jobs] == ["done"]
