"""What the Listings page shows in its rows, and narrowing them."""

from app.services.paging import Filter


def titles(page):
    model = page.rows.paged
    return [model.record(row).title for row in range(model.rowCount()) if model.place(row).kind == "row"]


def cell(page, row, column):
    return page.rows.paged.index(row, page.rows.column_at(column)).data()


def ask(page, settle, **filters):
    page.filters.set_filters([Filter(*one) for one in filters.pop("filters", ())], filters.pop("text", None))
    settle()
