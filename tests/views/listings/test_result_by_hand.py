"""The result of a batch in a person's hands: what the platform refused is marked, what went through is not offered."""

from PySide6.QtCore import Qt

from app.views.language import language
from app.views.listings.result_rows import FIELD, NOW
from app.views.theme import current_theme
from tests.views.listings.test_publish_result import NO_FIELD, TITLE, batch, open_result, put, shown

__all__ = ["batch", "open_result"]
LEFT = Qt.MouseButton.LeftButton
GROUND, INK = Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole


class TestMarks:
    def test_what_the_platform_refused_is_marked_until_it_is_changed(
        self, batch, open_result, make_sellable, loaded, settle
    ):
        """The checker passes it: only the platform's own rule is against it."""
        dialog = open_result(batch([make_sellable(), make_sellable()], TITLE, TITLE))
        field, now, red = dialog.model.index(0, FIELD), dialog.model.index(0, NOW), current_theme().tone("red")
        assert (field.data(GROUND), field.data(INK), now.data(INK)) == (red.ground, red.text, red.text)
        assert now.data() == "Refused as it is, not changed yet"
        put(dialog, "Walnut Lamp")
        settle()
        assert field.data(GROUND) == current_theme().color("chg") and now.data() == "Fixed, can be sent"
        other = dialog.model.index(1, FIELD)
        assert other.data(GROUND) == red.ground
        language.set_language("zh")
        assert shown(dialog, 1, NOW) == "平台拒收了，还没有改"

    def test_what_was_fixed_and_sent_is_not_offered_again(
        self, batch, open_result, make_sellable, loaded, write, settle
    ):
        """The result of the first batch, opened again after a second one sent what was put right here."""
        dialog = open_result(batch([make_sellable(), make_sellable()], TITLE, TITLE))
        first = dialog.model.group.rows[0].listing_id
        put(dialog, "Walnut Lamp")
        settle()
        assert dialog.again_ids() == [first]
        write("UPDATE listing SET sent_hash = content_hash, product_id = '1', status = 'live' WHERE id = ?", first)
        dialog._context.changes.tell({"listing"})
        settle()
        assert shown(dialog, 0, NOW) == "As on the platform, nothing to send"
        assert dialog.model.index(0, NOW).data(INK) == current_theme().color("text")
        assert dialog.progress.text() == "1 fixed, 1 to go"
        assert first not in dialog.again_ids()
        language.set_language("zh")
        assert shown(dialog, 0, NOW) == "与平台一致，不用再发"

    def test_without_a_field_there_is_nothing_to_mark(self, batch, open_result, make_sellable):
        dialog = open_result(batch([make_sellable()], NO_FIELD))
        assert shown(dialog, 0, NOW) == "Passes the checks"
        assert dialog.model.index(0, FIELD).data(GROUND) is None
