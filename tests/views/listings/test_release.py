"""A listing that is held as a second one of the same item is released in the side panel."""

from PySide6.QtWidgets import QPushButton

from app.services.listings.apart import pairs_apart
from app.views.listings.finding_list import FindingList


def test_a_held_listing_is_released_and_undo_holds_it_again(open_panel, make_sellable, services, qtbot, settle):
    skus = (("SAME-1", 1890, 5),)
    first, second = make_sellable(skus=skus), make_sellable(skus=skus)
    services.listings.recheck([first.id, second.id])
    panel = open_panel(second.id)
    panel.show_tab("findings")
    (release,) = [one for one in panel.findings.findChildren(QPushButton) if one.text() == "Not the same, release"]
    release.click()
    settle()
    qtbot.waitUntil(lambda: "listing.twice" not in {one.code for one in services.listings.detail(second.id).findings})
    with services.listings.db.read() as session:
        assert pairs_apart(session.connection()) == {(first.id, second.id)}
    services.listings.undo()
    assert "listing.twice" in {one.code for one in services.listings.detail(second.id).findings}


def test_a_locked_listing_cannot_be_released(qtbot, services, make_sellable):
    skus = (("SAME-1", 1890, 5),)
    first, second = make_sellable(skus=skus), make_sellable(skus=skus)
    services.listings.recheck([first.id, second.id])
    shown = FindingList()
    qtbot.addWidget(shown)
    shown.show_findings(services.listings.detail(second.id).findings, can_fix=False)
    assert "Not the same, release" not in {one.text() for one in shown.findChildren(QPushButton)}
