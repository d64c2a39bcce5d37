"""What a table shows at its top when rows come in above."""

from app.services.paging import Query


def with_newer(source):
    """Two rows that stand above all others in the order by id, newest first."""
    for id in (9001, 9002):
        source.data[id] = source.data[1].__class__(id, "Lamp new", 5)


def test_new_rows_are_seen_by_who_is_at_the_top(build, fake_source, qtbot):
    source = fake_source(500)
    page = build(source)
    page.ask(Query(sort="id", descending=True))
    with_newer(source)
    with qtbot.waitSignal(page.model.ordered):
        page.model.reload()
    assert page.table.verticalScrollBar().value() == 0
    assert page.model.id_at(page.table.rowAt(0)) == 9002


def test_who_scrolled_down_keeps_the_place_and_can_be_brought_to_the_top(build, fake_source, qtbot):
    source = fake_source(500)
    page = build(source)
    page.ask(Query(sort="id", descending=True))
    page.table.go_to(200)
    top = page.model.id_at(page.table.rowAt(0))
    with_newer(source)
    with qtbot.waitSignal(page.model.ordered):
        page.model.reload()
    assert page.model.id_at(page.table.rowAt(0)) == top
    with qtbot.waitSignal(page.model.ordered):
        page.table.scrollToTop()
        page.model.reload()
    assert page.model.id_at(page.table.rowAt(0)) == 9002
