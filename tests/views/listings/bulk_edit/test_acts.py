"""The bulk edit by its buttons and menus, and what is said when something is stopped or fails."""

from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu
from shiboken6 import isValid

from app.services.errors import AppError
from app.services.worker import WorkerDied
from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.chip import Chip
from tests.views.file_choices import choose_files


def recipes(user):
    """The menu of the button "Recipes", open."""
    button = next(one for one in user.dialog.findChildren(Button) if one.text().startswith("Recipes"))
    user.presses(button)
    user.qtbot.waitUntil(lambda: any(menu.isVisible() for menu in button.findChildren(QMenu)))
    return next(menu for menu in button.findChildren(QMenu) if menu.isVisible())


def chooses(menu, text):
    """Choose what begins so."""
    next(one for one in menu.actions() if one.text().startswith(text)).trigger()
    menu.close()


class TestRecipes:
    def test_one_is_kept_under_a_name_and_put_in_again(self, open_edit, lamps):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        chooses(recipes(user), "Keep")
        asked = user.dialog.findChild(QInputDialog)
        asked.setTextValue("Ten more")
        asked.accept()
        user.settle()
        assert "Ten more" in user.dialog.hint.text()
        user.field("value").clear()
        user.waits_for_preview()
        chooses(recipes(user), "Ten more")
        user.waits_for_preview()
        assert user.field("value").text() == "10"
        assert ("LM1-WH", "20.79") in [(row[0], row[3]) for row in user.rows]

    def test_files_are_chosen_and_what_was_read_is_said(self, open_edit, lamps, tmp_path):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        chooses(recipes(user), "Keep")
        asked = user.dialog.findChild(QInputDialog)
        asked.setTextValue("Ten more")
        asked.accept()
        user.settle()
        chooses(recipes(user), "Export")
        choose_files(user.dialog, tmp_path / "ours.json")
        user.settle()
        assert "ours.json" in user.dialog.hint.text()
        chooses(recipes(user), "Import")
        choose_files(user.dialog, tmp_path / "gone.json")
        user.settle()
        assert "gone.json" in user.dialog.hint.text()

    def test_one_is_removed_by_its_name_in_the_menu(self, open_edit, lamps):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        user.dialog.recipes.keep("Ten & more")
        user.settle()
        menu = recipes(user)
        under = next(one for one in menu.findChildren(QMenu) if one.title() == "Remove")
        chooses(under, "Ten && more")
        menu.close()
        user.settle()
        assert user.dialog.hint.text() == "Forgot the recipe “Ten & more”"
        assert not any(one.text().startswith("Ten") for one in recipes(user).actions())


class TestWorking:
    def test_how_far_it_is_is_said(self, open_edit, lamps, lane, monkeypatch):
        user, run, may_end = open_edit(lamps[:2]), lane._run, Event()

        def slowly(function, args, ctx):
            if function.__name__ == "prepare":
                ctx.report(2, 4)
                assert may_end.wait(30)
            return run(function, args, ctx)

        monkeypatch.setattr(lane, "_run", slowly)
        user.types(user.field("value"), "10")
        user.qtbot.waitUntil(lambda: "2 of 4" in user.dialog.preview.state.texts[1])
        may_end.set()
        user.waits_for_preview()
        assert user.counts["changed"] == 3

    def test_a_checker_that_died_is_told_and_the_changes_can_be_stored(
        self, open_edit, lamps, lane, loaded, monkeypatch
    ):
        user, submit = open_edit(lamps[:2]), lane.submit

        def die(function, /, *args, **kwargs):
            if function.endswith(":check"):
                lane.error = WorkerDied(exit_code=9)
            return submit(function, *args, **kwargs)

        monkeypatch.setattr(lane, "submit", die)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        assert "9" in user.dialog.hint.text()
        assert not user.dialog.preview.outcome.checking.isVisible()
        user.applies()
        assert loaded(lamps[0]).skus[0].price_minor == 2079


class TestStopping:
    def test_stopped_while_it_is_stored(self, open_edit, lamps, lane, loaded):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        lane.gate.clear()
        user.presses(user.dialog.primary)
        user.page.context.jobs.cancel_all()
        lane.gate.set()
        user.settle()
        user.qtbot.waitUntil(lambda: not isValid(user.dialog))
        assert loaded(lamps[0]).skus[0].price_minor == 1890

    def test_reasons_that_cannot_be_written_are_told(self, open_edit, lamps, tmp_path):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        page = user.page
        user.applies()
        (job,) = page.context.jobs
        next(offer for offer in job.offers if offer.text.startswith("Save why")).do()
        choose_files(page.window(), tmp_path / "no" / "such" / "why.xlsx")
        user.settle()
        assert "such" in user.toasts[0]


def test_a_change_is_moved_down(open_edit, lamps):
    user = open_edit(lamps, "replace_text")
    user.types(user.field("find"), "Lamp")
    user.types(user.field("replacement"), "Light")
    user.dialog.changes.add_change("title", "case")
    user.chooses(user.field("case", 1), "upper")
    user.waits_for_preview()
    user.presses(user.card(0).down)
    user.waits_for_preview()
    assert [card.way.value for card in user.dialog.changes.cards] == ["case", "replace"]


def test_a_picture_that_cannot_be_read_stays_marked(open_edit, lamps, tmp_path):
    user = open_edit(lamps[:2])
    user.chooses(user.card().field, "images")
    user.chooses(user.card().way, "remove_same")
    form = user.card().form
    user.presses(next(one for one in form.findChildren(IconButton)))
    choose_files(user.dialog, tmp_path / "gone.jpg")
    user.qtbot.waitUntil(lambda: "gone.jpg" in user.problem())
    user.waits_for_preview()
    assert "gone.jpg" in user.problem()
    assert user.dialog.preview.state.texts[0] == "Correct what is marked at the left first"
    user.types(user.field("old_image"), str(tmp_path / "other.jpg"))
    user.qtbot.keyClick(user.field("old_image"), Qt.Key.Key_Tab)
    user.qtbot.waitUntil(lambda: "other.jpg" in user.problem())
    user.field("old_image").clear()
    user.waits_for_preview()
    assert user.problem() == ""


def test_a_path_that_is_typed_is_read_when_its_field_is_left(open_edit, lamps, tmp_path):
    (tmp_path / "old.jpg").write_bytes(b"old")
    user = open_edit(lamps[:2])
    user.chooses(user.card().field, "images")
    user.chooses(user.card().way, "remove_same")
    form, old = user.card().form, user.field("old_image")
    user.qtbot.waitUntil(user.dialog.isActiveWindow)
    user.types(old, str(tmp_path / "old.jpg"))
    assert old.hasFocus()
    user.settle()
    assert form.read() is None, "half a path is no file that is missing"
    assert not form.is_wrong
    user.qtbot.keyClick(old, Qt.Key.Key_Tab)
    user.qtbot.waitUntil(lambda: form.read() is not None)


class TestTold:
    def test_a_preview_that_cannot_be_written(self, open_edit, lamps, tmp_path):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        user.presses(user.dialog.preview.export)
        choose_files(user.dialog, tmp_path / "no" / "such" / "preview.csv")
        user.settle()
        assert "such" in user.dialog.hint.text()

    def test_templates_and_groups_that_cannot_be_read(self, open_edit, lamps, services, monkeypatch):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services.bulk_edit, "choices", fail)
        user = open_edit(lamps[:2])
        assert "disk full" in user.dialog.preview.state.texts[1]
        monkeypatch.undo()
        user.presses(user.dialog.preview.state.button)
        user.settle()
        user.chooses(user.card().field, "freight_template_id")
        assert user.field("choice").findData("7001") >= 0
        assert user.dialog.windowTitle() == "Bulk edit · 2 listings in 晨帆数码"


class TestForms:
    def test_a_name_is_put_into_the_formula_where_the_cursor_is(self, open_edit, lamps):
        user = open_edit(lamps[:2])
        user.chooses(user.card().way, "formula")
        user.types(user.field("formula"), "2 * ")
        chip = next(one for one in user.card().form.formula.names.findChildren(Chip) if one.accessibleName() == "stock")
        user.presses(chip)
        user.waits_for_preview()
        assert user.field("formula").text() == "2 * stock"
        assert user.rows[0][3] == "240.00"

    def test_what_is_ticked_or_chosen_is_worked_out_at_once(self, open_edit, lamps):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        user.chooses(user.field("rounding"), "end_99")
        user.waits_for_preview()
        assert ("LM1-WH", "20.99") in [(row[0], row[3]) for row in user.rows]
        user.presses(user.card().form.per_listing)
        assert not user.dialog.primary.isEnabled()
        user.waits_for_preview()
        assert user.dialog.primary.isEnabled() and user.dialog.head.counts.changed == 2

    def test_a_direction_is_asked_for_once_there_is_a_rounding(self, open_edit, lamps):
        user = open_edit(lamps[:2])
        direction = user.card().form.fields["direction"]
        assert not direction.isVisible()
        for rounding, is_shown in (("end_99", True), ("none", False)):
            user.chooses(user.field("rounding"), rounding)
            assert direction.isVisible() is is_shown

    def test_no_line_of_a_kind_shows_the_way_back_to_all(self, open_edit, lamps):
        user = open_edit([lamps[2]])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        user.chooses_segment("changed")
        user.presses(user.dialog.preview.nothing.button)
        user.waits_for_preview()
        assert user.dialog.preview.segments.current == "all"
        assert [row[0] for row in user.rows] == ["MG1-RD"]

    def test_both_pictures_of_a_replacement_are_chosen(self, open_edit, lamps, tmp_path):
        user = open_edit(lamps[:2])
        user.chooses(user.card().field, "images")
        user.chooses(user.card().way, "replace_same")
        for at, name in enumerate(("old_image", "new_image")):
            (tmp_path / f"{name}.jpg").write_bytes(name.encode())
            user.presses(user.card().form.findChildren(IconButton)[at])
            choose_files(user.dialog, tmp_path / f"{name}.jpg")
            user.qtbot.waitUntil(lambda: not user.dialog.findChildren(QFileDialog))
            assert user.field(name).text().endswith(f"{name}.jpg")
        user.qtbot.waitUntil(lambda: user.card().form.read() is not None)
        user.waits_for_preview()
