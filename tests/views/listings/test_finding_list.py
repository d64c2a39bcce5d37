"""The list of findings in the side panel: each of its buttons, pressed as a user presses it."""

import pytest
from PySide6.QtCore import QPoint, Qt

from app.views.widgets.buttons import Button

TOO_LONG = ("Bedside Table Lamp " * 9).strip()


@pytest.fixture
def panel(open_panel, make_sellable):
    """A listing with a title that is too long, its findings in view."""
    made = open_panel(make_sellable(title=TOO_LONG, keywords="").id)
    made.show_tab("findings")
    return made


def buttons(panel, text):
    """Those that begin so, from above; the worst finding is the first."""
    found = [one for one in panel.findings.findChildren(Button) if one.isVisible() and one.text().startswith(text)]
    return sorted(found, key=lambda one: one.mapTo(panel, QPoint()).y())


def press(qtbot, panel, text):
    qtbot.mouseClick(buttons(panel, text)[0], Qt.MouseButton.LeftButton)


def test_the_remedy_is_done(qtbot, panel, loaded, settle):
    press(qtbot, panel, "Cut at a word")
    settle()
    assert len(loaded(panel.listing_id).title) <= 128
    assert not buttons(panel, "Cut at a word")


def test_the_field_is_gone_to(qtbot, panel, settle):
    press(qtbot, panel, "Go to the field")
    settle()
    assert panel.editor.title.hasFocus() and panel.editor.title.isVisible()


def test_a_hold_is_let_go(qtbot, panel, services, settle):
    services.listings.hold([panel.listing_id], "A licence is asked for")
    panel.show_listing(panel.listing_id)
    settle()
    assert "listing.held" in codes(services, panel)
    press(qtbot, panel, "Release")
    settle()
    assert "listing.held" not in codes(services, panel)


def codes(services, panel):
    return [one.code for one in services.listings.detail(panel.listing_id).findings]
