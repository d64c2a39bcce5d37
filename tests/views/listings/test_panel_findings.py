"""The side panel when something goes wrong, and what it says about a listing: findings, locks, problems, history."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.services.errors import AppError
from app.services.listings.editing import ListingEdit
from app.views.language import language

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
TOO_LONG = ("Bedside Table Lamp " * 9).strip()


class TestFailures:
    def test_a_failed_save_is_told_kept_and_stored_later(
        self, open_panel, make_sellable, services, loaded, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        save, problems = services.listings.save, []
        panel.problem.connect(problems.append)

        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        panel.saver._save = fail
        type_into(panel.editor.title, "Walnut Lamp")
        panel.saver.flush()
        qtbot.waitUntil(lambda: panel.saver.has_failed)
        assert len(problems) == 1
        assert panel.saved_note.text() == "Not saved"
        assert panel.again_button.isVisible()
        panel.saver._save = save
        panel.again_button.click()
        settle()
        assert loaded(record.id).title == "Walnut Lamp"
        assert panel.again_button.isHidden()
        assert "Saved" in panel.saved_note.text()

    def test_what_could_not_be_stored_is_still_there_after_a_look_at_another_row(
        self, open_panel, make_sellable, qtbot, type_into, settle
    ):
        first, second = make_sellable(), make_sellable()
        panel = open_panel(first.id)

        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        panel.saver._save = fail
        type_into(panel.editor.title, "Walnut Lamp")
        panel.show_listing(second.id)
        qtbot.waitUntil(lambda: panel.saver.has_failed)
        settle()
        panel.show_listing(first.id)
        settle()
        assert panel.editor.title.text() == "Walnut Lamp"
        panel.saver._queue.clear()


class TestChoices:
    def test_a_template_is_chosen_and_stored_as_one_step(
        self, open_panel, make_sellable, services, loaded, write, settle
    ):
        write(
            "INSERT INTO freight_template (store_id, template_id, name, synced_ms, is_default) "
            "VALUES (1, '77', '家居', 0, 0)"
        )
        record = make_sellable()
        panel = open_panel(record.id)
        box = panel.editor.freight_template_id
        assert [box.itemText(at) for at in range(box.count())] == ["小件普货", "家居"]
        box.setCurrentIndex(1)
        box.activated.emit(1)
        settle()
        assert loaded(record.id).freight_template_id == "77"
        assert len(services.listings.history()) == 1

    def test_a_template_of_nobody_stays_visible_with_its_finding(self, open_panel, make_sellable):
        panel = open_panel(make_sellable(freight_template_id="700999999").id)
        assert panel.editor.freight_template_id.currentText() == "700999999"
        assert "700999999" in panel.editor.fields["freight_template_id"].problem.text()

    def test_the_wheel_never_changes_a_choice(self, open_panel, make_sellable, services, qtbot, settle):
        panel = open_panel(make_sellable().id)
        box = panel.editor.unit
        before = box.currentIndex()
        box.setFocus()
        middle = box.rect().center()
        wheel = QWheelEvent(
            middle,
            box.mapToGlobal(middle),
            middle * 0,
            middle * 0 + box.rect().topLeft() - box.rect().bottomLeft(),
            Qt.MouseButton.NoButton,
            Mod.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, wheel)
        settle()
        assert box.currentIndex() == before
        assert services.listings.history() == []

    def test_a_group_can_be_taken_away(self, open_panel, make_sellable, loaded, write, settle):
        write(
            "INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (1, '51', '', '灯具', 0)"
        )
        record = make_sellable(group_id="51")
        panel = open_panel(record.id)
        assert panel.editor.group_id.currentText() == "灯具"
        panel.editor.group_id.setCurrentIndex(0)
        panel.editor.group_id.activated.emit(0)
        settle()
        assert loaded(record.id).group_id == ""

    def test_units_are_named_in_the_users_language(self, open_panel, make_sellable, each_language):
        panel = open_panel(make_sellable().id)
        assert panel.editor.unit.currentText() == ("件/个" if each_language == "zh" else "piece")


class TestFindings:
    def test_findings_stand_at_their_fields_and_the_worst_as_a_banner_with_its_fix(
        self, open_panel, make_sellable, loaded, services, settle
    ):
        record = make_sellable(title=TOO_LONG, keywords="")
        panel = open_panel(record.id)
        sentence = panel.editor.fields["title"].problem.text()
        assert "128" in sentence
        assert panel.editor.title.property("bad")
        assert panel.worst.isVisible()
        assert panel.worst.text.text() == sentence
        panel.worst.fix.click()
        settle()
        assert len(loaded(record.id).title) <= 128
        assert not panel.editor.title.property("bad")
        assert services.listings.history()[0].listing_count == 1
        services.listings.undo()
        assert loaded(record.id).title == TOO_LONG

    def test_a_code_that_is_too_long_gets_its_virtual_code_by_the_button(
        self, open_panel, make_sellable, loaded, services, settle
    ):
        record = make_sellable(skus=(("AB1234*2+CD5678*3_CUS", 1890, 5),))
        panel = open_panel(record.id)
        assert panel.worst.fix.text() == "Use new code CB000001_CUS"
        assert panel.worst.fix.sizeHint().width() <= panel.worst.fix.width(), "nothing of it is cut"
        panel.worst.fix.click()
        settle()
        assert loaded(record.id).skus[0].code == "CB000001_CUS"
        assert not any(one.code == "sku.code_too_long" for one in panel._detail.findings)
        services.listings.undo()
        assert loaded(record.id).skus[0].code == record.skus[0].code

    def test_a_fix_is_made_for_what_stands_there_now_not_for_what_stood_there(
        self, open_panel, make_sellable, loaded, type_into, settle
    ):
        record = make_sellable(title=TOO_LONG)
        panel = open_panel(record.id)
        other = ("Walnut Desk Lamp " * 10).strip()
        type_into(panel.editor.title, other)
        panel.apply_first_fix()
        settle()
        assert loaded(record.id).title.startswith("Walnut Desk Lamp")
        assert len(loaded(record.id).title) <= 128

    def test_a_fix_that_is_not_needed_any_more_is_not_made(self, open_panel, make_sellable, loaded, type_into, settle):
        panel = open_panel(make_sellable(title=TOO_LONG).id)
        type_into(panel.editor.title, "Walnut Lamp")
        panel.apply_first_fix()
        settle()
        assert loaded(panel.listing_id).title == "Walnut Lamp"

    def test_the_list_of_findings_leads_to_the_field(self, open_panel, make_sellable, qtbot):
        panel = open_panel(make_sellable(title=TOO_LONG, weight_g=None).id)
        panel.show_tab("findings")
        panel.findings.field_wanted.emit(next(one for one in panel._detail.findings if one.field == "weight_g"))
        assert panel.tabs.current == "edit"
        qtbot.waitUntil(panel.editor.weight_g.hasFocus)

    def test_a_finding_in_a_folded_section_unfolds_it(self, open_panel, make_sellable, qtbot):
        panel = open_panel(make_sellable(detail_html="").id)
        assert panel.editor.sections["detail_html"].is_folded
        panel.go_to_field("detail_html")
        assert not panel.editor.sections["detail_html"].is_folded
        assert panel.editor.notes["detail_html"].text()
        qtbot.waitUntil(panel.editor.detail_html.hasFocus)

    def test_checking_again_counts_anew(self, open_panel, make_sellable, services, write, settle):
        record = make_sellable()
        write("UPDATE listing SET weight_g = NULL WHERE id = ?", record.id)
        panel = open_panel(record.id)
        heard = []
        panel.checked.connect(heard.append)
        panel.recheck_button.click()
        settle()
        assert heard == [record.id]
        assert services.listings.source().rows([record.id])[record.id].block_count == 1

    def test_f8_in_a_field_asks_for_the_next_row(self, open_panel, make_sellable, qtbot):
        panel = open_panel(make_sellable().id)
        panel.editor.title.setFocus()
        for modifier, step in ((Mod.NoModifier, 1), (Mod.ShiftModifier, -1)):
            with qtbot.waitSignal(panel.step_wanted) as told:
                qtbot.keyClick(panel.editor.title, Key.Key_F8, modifier)
            assert told.args == [step]


class TestLocked:
    @pytest.mark.parametrize(
        ("status", "access", "why"), [("sending", "operate", "being sent"), ("ready", "read_only", "only be read")]
    )
    def test_nothing_can_be_changed_and_the_reason_is_said(
        self, open_panel, make_sellable, services, write, qtbot, settle, status, access, why
    ):
        record = make_sellable(status=status)
        write("UPDATE store SET access = ?", access)
        panel = open_panel(record.id)
        assert why in panel.worst.lock.text()
        qtbot.keyClicks(panel.editor.title, "x")
        qtbot.keyClicks(panel.editor.unit, "s")
        panel.editor.unit.showPopup()
        assert not panel.editor.unit.view().isVisible()
        assert not panel.editor.grid.edit(
            panel.editor.grid.skus.index(0, 2), panel.editor.grid.EditTrigger.AllEditTriggers, None
        )
        panel.editor.images.setCurrentRow(0)
        panel.editor.images.remove_current()
        settle()
        assert services.listings.history() == []
        assert panel.editor.title.text() == record.title

    def test_what_was_typed_just_before_it_was_sent_is_stored_all_the_same(
        self, open_panel, make_sellable, loaded, write, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.title, "Typed in time")
        write("UPDATE listing SET status = 'sending' WHERE id = ?", record.id)
        panel.refresh()
        settle()
        assert panel.editor.title.isReadOnly()
        panel.saver.flush()
        settle()
        assert loaded(record.id).title == "Typed in time"

    def test_the_lock_goes_with_its_reason(self, open_panel, make_sellable, write, settle):
        record = make_sellable(status="sending")
        panel = open_panel(record.id)
        write("UPDATE listing SET status = 'live' WHERE id = ?", record.id)
        panel.refresh()
        settle()
        assert not panel.editor.title.isReadOnly()
        assert not panel.worst.lock.isVisible()


class TestProblem:
    def refuse(self, write, listing_id, code, params="{}", field="", text="", state="failed"):
        write("INSERT INTO publish_batch (id, store_id, state, total, created_ms) VALUES (1, 1, 'done', 1, 0)")
        write(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, error_code, error_params, error_text, error_field) VALUES "
            "(1, 1, ?, 'create', ?, 'h', '', '', 1, '', ?, ?, ?, ?)",
            listing_id,
            state,
            code,
            params,
            text,
            field,
        )

    def test_the_platforms_refusal_comes_first_with_its_own_words_small(self, open_panel, make_sellable, write):
        record = make_sellable(status="failed")
        self.refuse(write, record.id, "publishing.image_missing", '{"file": "lamp.jpg"}', "images", "F00-00 no image")
        panel = open_panel(record.id)
        assert "lamp.jpg" in panel.worst.text.text()
        assert "F00-00 no image" in panel.worst.raw.text()

    def test_a_code_nobody_has_words_for_is_named(self, open_panel, make_sellable, write):
        record = make_sellable(status="failed")
        self.refuse(write, record.id, "marketplace.never_heard_of")
        assert "marketplace.never_heard_of" in open_panel(record.id).worst.text.text()

    def test_an_unconfirmed_listing_that_could_be_several_asks_for_a_decision(
        self, open_panel, make_sellable, write, qtbot
    ):
        record = make_sellable(status="unknown")
        self.refuse(write, record.id, "publishing.several_found", '{"n": 2}', state="unknown")
        panel = open_panel(record.id)
        with qtbot.waitSignal(panel.decide_wanted) as told:
            panel.worst.fix.click()
        assert told.args == [record.id]


class TestHistoryAndRest:
    def test_history_offers_the_way_back(self, open_panel, make_sellable, services, qtbot, settle):
        one, other = make_sellable(), make_sellable()
        edits = [ListingEdit(record.id, fields={"keywords": "lamp"}) for record in (one, other)]
        services.listings.save(edits, "both")
        services.listings.save([ListingEdit(one.id, fields={"title": "Walnut Lamp"})], one.title)
        panel = open_panel(one.id)
        panel.show_tab("history")
        texts = [
            button.text() for button in panel.history.findChildren(type(panel.recheck_button)) if button.isVisible()
        ]
        assert texts == ["Undo", "Undo here only", "Undo all"]
        with qtbot.waitSignal(panel.undo_here_wanted) as told:
            next(
                b for b in panel.history.findChildren(type(panel.recheck_button)) if b.text() == "Undo here only"
            ).click()
        assert told.args[1] == one.id

    def test_folded_sections_tell_what_is_in_them(self, open_panel, make_sellable, write):
        record = make_sellable(detail_html='<p>x</p><img src="a.jpg">')
        write(
            "UPDATE listing_body SET attributes = ?, extra = ? WHERE id = ?",
            '[{"name_id":"200000137","value_id":"1","name":"","value":""}]',
            '{"Supplier":"North","Row":["1","2"]}',
            record.id,
        )
        panel = open_panel(record.id)
        states = {name: section.state.text() for name, section in panel.editor.sections.items()}
        assert states["detail_html"] == "25 characters · 1 images"
        assert states["attributes"] == "1 · required complete"
        assert states["extra"] == "2 columns · written back on export"
        assert panel.editor.extra_list.lines == [("Supplier", "North"), ("Row", "1 · 2")]
        panel.editor.sections["attributes"].fold(False)
        assert [(str(line.name), str(line.shown)) for line in panel.editor.attributes.lines] == [("Lamp base", "E27")]

    def test_the_language_switches_with_a_listing_in_view(self, open_panel, make_sellable, settle):
        panel = open_panel(make_sellable(title=TOO_LONG).id)
        language.set_language("zh")
        settle()
        assert "128" in panel.worst.text.text()
        assert "字符" in panel.worst.text.text()
        assert panel.editor.category_id.text() == "灯具 > 台灯"
        assert panel.editor.fields["title"].label.text() == "标题"

    def test_without_a_row_the_panel_says_so(self, open_panel):
        panel = open_panel()
        assert panel.card.name.text() == "No listing selected"
        assert panel.editor.isHidden()
        assert panel.worst.isHidden()

    def test_several_chosen_rows_are_named(self, open_panel, make_sellable):
        panel = open_panel(make_sellable().id)
        panel.show_chosen(3)
        assert "3" in panel.several.text()
        assert panel.several.isVisible()
        panel.show_chosen(1)
        assert panel.several.isHidden()
