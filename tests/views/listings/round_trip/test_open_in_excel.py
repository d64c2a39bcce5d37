"""Open in Excel as a user meets it: rows chosen, the workbook edited and saved, its changes seen, applied, undone."""

from __future__ import annotations

import shutil

from app.messages import tr
from app.views.language import language
from app.views.listings.round_trip.watching import SavedFiles
from app.views.theme import apply_theme

STOCKS = (("LM2-BK", "stock", "many"), ("MG1-RD", "stock", 9))


def test_a_saved_workbook_is_shown_applied_and_taken_back(excel, lamps, loaded, services):
    path = excel.opens(*lamps)
    assert path.parent.name == "excel" and path.suffix == ".xlsx"
    assert "Opened" in excel.page.context.notices.kept[0].text
    excel.types(path, ("LM1-WH", "price", 20.5), ("LM1-WH", "title", "Bedside Light"), *STOCKS)
    dialog = excel.sees()
    assert path.name in dialog.windowTitle()
    assert dialog.primary.text() == "Apply to 2 listings"
    assert len(dialog.problems.texts) == 1 and "Stock: “many” is not a whole number" in dialog.problems.texts[0]
    assert loaded(lamps[0]).title == "Bedside Table Lamp"  # nothing is stored before
    applied = excel.applies(dialog)
    assert applied.changed == 2
    record = loaded(lamps[0])
    assert (record.title, record.skus[0].price_minor, loaded(lamps[2]).skus[0].stock) == ("Bedside Light", 2050, 9)
    change = services.listings.history()[0]
    assert path.name in tr(change.label, **change.params) and change.source == path.name
    assert excel.page.context.notices.kept[0].offer.shortcut == "Ctrl+Z"
    services.listings.undo(change.uid)
    assert loaded(lamps[0]).title == "Bedside Table Lamp"


def test_saving_again_renews_the_dialog_and_after_applying_opens_another(excel, lamps, loaded):
    path = excel.opens(lamps[0])
    excel.types(path, ("LM1-WH", "price", 20))
    first = excel.sees()
    excel.types(path, ("LM1-WH", "price", 21), ("LM1-GY", "price", 22))
    excel.qtbot.waitUntil(lambda: first.head is None or first.head.plan.sections.total == 2)
    assert excel.sees() is first and first.head.plan.sections.total == 2
    excel.applies(first)
    assert [sku.price_minor for sku in loaded(lamps[0]).skus] == [2100, 2200]
    excel.types(path, ("LM1-WH", "price", 30))
    second = excel.sees()
    assert second is not first and second.head.plan.counts.changed == 1 and not second.head.report.errors
    second.close()


def test_a_workbook_without_changes_says_so(excel, lamps):
    path = excel.opens(lamps[1])
    excel.types(path)
    excel.page.excel.take_back(path)
    dialog = excel.sees()
    assert not dialog.primary.isEnabled()
    assert dialog.preview.state.isVisible() and dialog.problems.isHidden()


def test_a_file_that_cannot_be_read_is_told_and_read_again_when_it_can(excel, lamps, tmp_path):
    path = excel.opens(lamps[1])
    copy = tmp_path / "copy.xlsx"
    shutil.copyfile(path, copy)
    whole = copy.read_bytes()
    copy.write_bytes(b"PK\x03\x04 half of it")
    excel.page.excel.take_back(copy)
    dialog = excel.dialogs[0]
    excel.qtbot.waitUntil(lambda: not dialog.reading.is_busy)
    assert dialog.head is None and not dialog.primary.isEnabled()
    copy.write_bytes(whole)
    excel.types(copy, ("LM2-BK", "stock", 3))
    dialog.preview.state.button.click()
    assert excel.sees().primary.isEnabled()


def test_without_a_program_the_workbook_is_still_there(excel, lamps):
    excel.page.excel.open_file = lambda path: excel.files.append(path) or False
    path = excel.opens(lamps[0])
    assert path.is_file() and "no program" in excel.page.context.notices.kept[0].text


def test_the_dialog_in_chinese_dark_and_large(excel, lamps, qapp):
    path = excel.opens(*lamps)
    excel.types(path, ("LM1-WH", "price", 20.5), *STOCKS)
    dialog = excel.sees()
    english = dialog.problems.texts
    language.set_language("zh")
    apply_theme(qapp, "dark", body_px=16)
    qapp.processEvents()
    assert dialog.problems.texts != english and "{" not in "".join(dialog.problems.texts)
    for button in (dialog.primary, dialog.cancel):
        assert button.width() >= button.sizeHint().width()


class TestWatching:
    def test_a_file_renamed_over_the_old_one_counts_as_saved_once(self, qtbot, tmp_path):
        path = tmp_path / "a.xlsx"
        path.write_bytes(b"one")
        files = SavedFiles(quiet_ms=1)
        told = []
        files.saved.connect(told.append)
        files.watch(path)
        for number in range(2):
            new = tmp_path / "new.tmp"
            new.write_bytes(b"another" * (number + 1))
            new.replace(path)
            qtbot.waitUntil(lambda number=number: len(told) == number + 1)
        (tmp_path / "other.txt").write_text("nothing to do with it")
        files._look()
        assert told == [path, path]
        path.unlink()
        files._look()
        path.write_bytes(b"back again, longer than before")
        qtbot.waitUntil(lambda: len(told) == 3)
        files.stop()
        path.write_bytes(b"unseen")
        files._look()
        assert len(told) == 3
