"""Taking out the tags the platform removes, as a user does it: chosen, looked at, applied, undone."""

from app.services.history.undo import undo
from tests.unit.listings.bulk_edit.test_stripping import TAGS, UNWRAPPED

PAGE = '<p class="a">A</p>' + "".join(f"<{tag.upper()} x='>'>{tag}</{tag}>" for tag in TAGS) + "<script>"


def test_all_of_them_go_from_the_pages_that_have_them(open_edit, lamps, loaded, write, db):
    pages = {lamps[0]: PAGE, lamps[1]: "<p>Nothing to take out</p>", lamps[2]: "<pre>Two years</pre>"}
    for number, page in pages.items():
        write("UPDATE listing_body SET detail_html = ? WHERE id = ?", page, number)
    user = open_edit(lamps)
    user.chooses(user.card().field, "detail_html")
    user.chooses(user.card().way, "strip")
    user.waits_for_preview()
    cleaned = f'<p class="a">A</p>{"".join(UNWRAPPED)}'
    assert (user.counts["changed"], user.counts["refused"]) == (2, 0)
    shown = {row[0]: row[2:4] for row in user.rows}
    assert shown["Coffee Mug"] == ("<pre>Two years</pre>", "Two years")
    before, after = shown["Bedside Table Lamp"]
    assert "A</p><SCRIPT x='>'>script" in before and after.endswith("A</p>inputprebutton")
    user.applies()
    assert [loaded(number).detail_html for number in lamps] == [cleaned, pages[lamps[1]], "Two years"]
    assert user.toasts[0].startswith("Changed 2 listings")
    with db.reader.connect() as connection:
        (uid,) = connection.exec_driver_sql("SELECT uid FROM change").scalars()
    undo(db, uid)
    assert [loaded(number).detail_html for number in lamps] == list(pages.values())
