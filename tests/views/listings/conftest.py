"""The Listings page over real services: a database file, the checker, a publish queue and a marketplace in memory."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from app.services.codes.desk import CodesDesk
from app.services.company_tables.desk import TablesDesk
from app.services.images.desk import ImageDesk
from app.services.listings.delisting.desk import DelistDesk
from app.services.listings.desk import ListingDesk
from app.services.listings.loading import load_listing
from app.services.listings.similar.desk import SimilarDesk
from app.services.listings.source import ListingSource
from app.services.price_guard.desk import GuardDesk
from app.services.pricing.desk import PricingDesk
from app.services.publishing.desk import PublishDesk
from app.services.publishing.doubles import take_off
from app.services.publishing.preview import publish_preview
from app.services.publishing.run import publish
from app.services.settings import Settings
from app.services.stores.reading import get_store
from app.views.listings.page import ListingsPage
from app.views.listings.panel import ListingPanel
from app.views.listings.pictures import ListingPictures
from tests.unit.conftest import db, empty_database, make_listing
from tests.unit.publishing.conftest import FAST, make_sellable, market, pictures, store
from tests.views.listings.lane import Lane

__all__ = ["db", "empty_database", "make_listing", "make_sellable", "market", "pictures", "store"]


class Publishing(PublishDesk):
    """The real queue; what is sent goes to a marketplace in memory, on a worker thread with a loop of its own."""

    def __init__(self, db, market):
        super().__init__(SimpleNamespace(db=db))
        self.market, self.settings, self.parallel = market, FAST, 8

    def run(self, store_id, batch_id, ctx):
        waits = batch_id is not None
        options = {"settings": self.settings, "parallel": self.parallel, "waits_for_time": waits}
        return asyncio.run(publish(self._app.db, self.market, store_id, batch_id, ctx, **options))

    def take_off_doubles(self, store_id, batch_id, ctx):
        off, failed = asyncio.run(take_off(self._app.db, self.market, store_id, batch_id))
        return off, sorted(failed)


@pytest.fixture
def lane(runner):
    """The runner's worker process."""
    made = runner.heavy = Lane()
    yield made
    made.close()


@pytest.fixture
def services(db, store, market, lane, tmp_path):
    """What the page is given."""
    written = []
    app = SimpleNamespace(db=db, database_path=db.path, data_dir=tmp_path)
    return SimpleNamespace(
        listings=ListingDesk(lambda: db),
        listing_source=lambda: ListingSource(db),
        delisting=DelistDesk(SimpleNamespace(db=db)),
        codes=CodesDesk(SimpleNamespace(db=db)),
        pricing=PricingDesk(lambda: db),
        tables=TablesDesk(SimpleNamespace(db=db, settings=Settings())),
        guard=GuardDesk(SimpleNamespace(db=db, settings=SimpleNamespace(role="supervisor"))),
        publishing=Publishing(db, market),
        similar=SimilarDesk(app),
        images=ImageDesk(app),
        publish_preview=lambda ids: publish_preview(db, ids),
        store_name=lambda id: get_store(db, id).name,
        export_call=lambda *args: ("app.services.listings.exporting:export_file", db.path, *args),
        save_template=lambda path: written.append(Path(path)),
        written=written,
    )


@pytest.fixture
def loaded(db):
    """Read a listing as it is stored."""

    def load(listing_id):
        with db.read() as session:
            return load_listing(session, listing_id)

    return load


@pytest.fixture
def write(db):
    """Change something behind the window's back."""

    def run(sql, *params):
        with db.bulk() as connection:
            connection.exec_driver_sql(sql, params)

    return run


@pytest.fixture
def open_panel(qtbot, context, services, settle):
    """Show the side panel alone with a listing in it."""
    made = []

    def show(listing_id=0):
        context.services = services
        images = ListingPictures()
        panel = ListingPanel(context, images)
        panel.setFixedWidth(404)
        panel.resize(404, 900)
        qtbot.addWidget(panel)
        with qtbot.waitActive(panel):
            panel.show()
            panel.activateWindow()
        made.append(images)
        if listing_id:
            panel.show_listing(listing_id)
            qtbot.waitUntil(lambda: panel._detail is not None)
            settle()
        return panel

    yield show
    settle()  # the panels are closed by now
    for images in made:
        images.stop()


@pytest.fixture
def open_page(qtbot, context, services, settle):
    """Show the page, asked and filled."""

    def show(size=(1440, 820)):
        context.services = services
        page = ListingsPage(context)
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        page.activated()
        model = page.rows.paged
        qtbot.waitUntil(lambda: model.is_ordered)
        settle()
        return page

    yield show
    context.jobs.cancel_all()  # the pages are closed by now
    qtbot.waitUntil(lambda: not context.jobs.running)
    settle()


@pytest.fixture
def type_into(qtbot):
    """Click into a line, replace its text by typing, leave it focused."""

    def type_text(line, text):
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
        line.selectAll()
        if text:
            qtbot.keyClicks(line, text)
        else:
            qtbot.keyClick(line, Qt.Key.Key_Delete)

    return type_text


@pytest.fixture
def five(make_sellable, services):
    """Five checked listings, newest first when asked without more; Birch and Cedar have findings."""
    made = [
        make_sellable("Ash Bedside Lamp", status="live", created_ms=5_000),
        make_sellable("Birch Desk Lamp", status="ready", created_ms=4_000, skus=(("BI1", 500, 0),)),
        make_sellable("Cedar Floor Lamp", status="draft", created_ms=3_000, weight_g=None),
        make_sellable("Douglas Wall Lamp", status="rejected", created_ms=2_000),
        make_sellable("Elm Table Lamp", status="off", off_reason="expired", created_ms=1_000),
    ]
    services.listings.recheck(None)
    return made
