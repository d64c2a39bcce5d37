"""Pictures as a person goes through them: what is wrong, by kind; repaired after a look; taken back."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.services.images.kinds import Kind
from app.services.worker import WorkerDied
from app.views.listings.images.dialog import ImagesDialog
from app.views.listings.images.finding_rows import FindingRows
from app.views.listings.images.repair_rows import RepairRows
from app.views.listings.images.whole import read_whole

STRICT = QAbstractItemModelTester.FailureReportingMode.Warning


def made_files(tmp_path):
    return sorted(tmp_path.glob("pictures/*/*.jpg"))


def counts(dialog):
    shown = [dialog.kinds.item(at) for at in range(dialog.kinds.count())]
    return {item.data(Qt.ItemDataRole.UserRole): item.data(Qt.ItemDataRole.UserRole + 1) for item in shown}


def test_findings_by_kind_a_repair_and_its_undo(
    open_dialog, make_listing, files, loaded, settle, qtbot, tmp_path, services
):
    first = make_listing("Ash Lamp", images=(files["long.jpg"], files["small.png"], files["gone.jpg"])).id
    other = make_listing("Birch Lamp", images=(files["fine.jpg"], files["bad.jpg"], files["small.png"])).id
    page, dialog = open_dialog()
    testers = [QAbstractItemModelTester(model, STRICT) for model in (dialog.found, dialog.lines)]
    assert [type(model) for model in (dialog.found, dialog.lines)] == [FindingRows, RepairRows]
    assert dialog.windowTitle() == "Pictures of 2 listings"
    found = counts(dialog)
    assert (found[Kind.UNREADABLE], found[Kind.RATIO], found[Kind.PIXELS], found[Kind.FORMAT]) == (2, 1, 2, 2)
    assert found[""] == len(dialog.report.findings) == dialog.found.rowCount()
    # by the keyboard: to a kind, to its rows, to the listing
    dialog.kinds.setCurrentRow(list(found).index(Kind.RATIO))
    assert dialog.found.rowCount() == 1 and "a ratio of" in dialog.found.index(0).data()
    assert dialog.show_button.text() == "Show 1 in Listings"
    dialog.found_view.setCurrentIndex(dialog.found.index(0))
    qtbot.keyClick(dialog.found_view, Qt.Key.Key_Return)
    assert list(page.selection().ids) == [first]
    # worked out, nothing changed
    assert not dialog.primary.isEnabled()
    dialog.preview.click()
    settle()
    assert dialog.summary.text() == "2 can be repaired, 1 in order, 2 cannot be repaired."
    names = [dialog.lines.index(at).data() for at in range(4)]
    assert set(names[:2]) == {"long.jpg", "small.png"} and set(names[2:]) == {"bad.jpg", "gone.jpg"}
    tips = [dialog.lines.index(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(4)]
    assert any("1,300 × 850 · JPEG" in tip and "1,300 × 1,300 · JPEG" in tip for tip in tips)
    assert any("the file is missing or cannot be opened" in tip for tip in tips)
    assert loaded(first).images[0] == files["long.jpg"] and len(made_files(tmp_path)) == 2
    dialog.view.choose("found")
    dialog.found_view.setCurrentIndex(dialog.found.index(0))
    qtbot.keyClick(dialog.found_view, Qt.Key.Key_Return)  # shows the listing; nothing is repaired out of sight
    assert not dialog.primary.isEnabled() and loaded(first).images[0] == files["long.jpg"]
    dialog.view.choose("repair")
    # one is left out: it keeps its file, ours goes
    dialog.lines_view.setFocus()
    dialog.lines_view.setCurrentIndex(dialog.lines.index(names.index("long.jpg")))
    dialog.lines_view.selectAll()
    qtbot.keyClick(dialog.lines_view, Qt.Key.Key_Space)
    assert dialog.primary.text() == "Repair 1 picture"
    dialog.primary.click()
    settle()
    assert loaded(first).images[0] == files["long.jpg"]
    assert loaded(first).images[1] == loaded(other).images[2] == str(made_files(tmp_path)[0])
    assert len(made_files(tmp_path)) == 1 and Path(files["small.png"]).exists()
    assert page.context.notices.kept[0].text == "1 picture repaired, listings: 2."
    assert dialog.hint.text() == "1 picture repaired, listings: 2. Undo takes it back."
    assert counts(dialog)[""] < found[""]  # looked into anew
    assert services.listings.undo().restored == 2
    assert loaded(other).images[2] == files["small.png"]
    assert testers
    dialog.close()
    settle()


def test_other_options_make_another_plan_and_closing_leaves_no_file(
    open_dialog, make_listing, files, settle, tmp_path, lane
):
    make_listing("Ash Lamp", images=(files["long.jpg"], files["small.png"]))
    page, dialog = open_dialog()
    dialog.prepare()
    settle()
    before = made_files(tmp_path)
    assert len(before) == 2
    dialog.options.enlarges.setChecked(False)
    settle()
    assert dialog.summary.text() == "1 can be repaired, 0 in order, 1 cannot be repaired."
    assert len(made_files(tmp_path)) == 1
    dialog.options.pad.choose("no")
    assert not dialog.options.squares.isEnabled()
    settle()
    assert not made_files(tmp_path) and not dialog.primary.isEnabled()
    assert lane.calls.count("let_go") == 2
    dialog.options.enlarges.setChecked(True)
    settle()
    assert len(made_files(tmp_path)) == 1
    _, newer = open_dialog(page)  # opening it again closes this one
    settle()
    assert not made_files(tmp_path) and newer is not dialog
    lane.gate.clear()
    newer.prepare()
    newer.close()
    lane.gate.set()
    settle()
    assert not made_files(tmp_path)


def test_a_repair_that_fails_is_offered_again_and_goes_on_without_its_dialog(
    open_dialog, make_listing, files, settle, tmp_path, lane, loaded
):
    number = make_listing("Ash Lamp", images=(files["long.jpg"],)).id
    page, dialog = open_dialog()
    dialog.prepare()
    settle()
    lane.error = WorkerDied(exit_code=1)
    dialog.primary.click()
    settle()
    assert dialog.state.texts[0] == "Not done" and loaded(number).images == [files["long.jpg"]]
    dialog.state.button.click()
    settle()
    lane.gate.clear()
    dialog.primary.click()
    dialog.close()
    lane.gate.set()
    settle()
    assert loaded(number).images == [str(path) for path in made_files(tmp_path)]
    assert page.context.notices.kept[0].text == "1 picture repaired, listings: 1."
    assert [job.state for job in page.context.jobs] == ["done", "interrupted"]


def test_a_stop_a_crash_and_nothing_wrong(open_dialog, make_listing, files, settle, lane):
    make_listing("Ash Lamp", (("AA1", 100, 1),), images=(files["fine.jpg"],))
    page, dialog = open_dialog()
    assert dialog.state.texts == ("Nothing is wrong", "1 picture looked at.")
    dialog.view.choose("repair")
    assert dialog.state.texts[0] == "Not worked out yet"
    dialog.state.button.click()
    settle()
    assert dialog.state.texts == ("Nothing to repair", "0 can be repaired, 1 in order, 0 cannot be repaired.")
    lane.gate.clear()
    dialog.prepare()
    dialog.view.choose("found")
    assert dialog.state.texts[0] == "Nothing is wrong"
    dialog.view.choose("repair")
    assert dialog.state.button.text() == "Stop"
    dialog.state.button.click()
    lane.gate.set()
    settle()
    assert dialog.state.texts[0] == "Not worked out yet"
    lane.error = WorkerDied(exit_code=1)
    dialog.prepare()
    settle()
    assert dialog.state.texts[0] == "Not done" and dialog.state.texts[1]
    dialog.state.button.click()
    settle()
    assert dialog.state.texts[0] == "Nothing to repair"
    lane.gate.clear()
    dialog.check()
    dialog.state.button.click()
    assert dialog.state.texts[0] == "Stopped"
    lane.gate.set()
    dialog.state.button.click()
    settle()
    assert dialog.state.texts[0] == "Nothing is wrong"
    page.acts.looks.show_images([make_listing("Birch Lamp", images=()).id], 1)  # without a picture
    settle()
    bare = next(one for one in page.findChildren(ImagesDialog) if one.isVisible())
    assert counts(bare) == {"": 1, Kind.NUMBER: 1}
    bare.close()
    settle()


def test_a_whole_picture_keeps_its_shape_however_heavy_it_is(files, monkeypatch):
    monkeypatch.setattr("app.services.listings.pictures.LARGEST", 10)
    shown = read_whole(files["long.jpg"], 130)
    assert (shown.width(), shown.height()) == (130, 85)
    assert read_whole(files["bad.jpg"], 64).isNull()
    assert read_whole(files["gone.jpg"], 64).isNull()
