"""The Warehouse templates tab and its builder over a real database; the worker's functions run on a thread."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from app.services.listings.bulk_edit import session
from app.services.warehouses.desk import WarehouseDesk
from app.services.warehouses.overseas.desk import OverseasDesk
from app.services.warehouses.records import PriceSource, WarehouseTemplateRecord
from app.services.warehouses.source import WarehouseTemplateSource
from app.services.warehouses.templates import country_record, save_template
from tests.unit.conftest import db, empty_database, make_listing
from tests.unit.warehouses.overseas.conftest import package, sheet
from tests.views.listings.bulk_edit.conftest import Lane

__all__ = ["db", "empty_database", "make_listing", "package", "sheet"]

TEMPLATE = WarehouseTemplateRecord(
    None,
    "ES+US",
    handling_days=5,
    countries=(country_record("ES", stock=35, surcharge_minor=600), country_record("US", surcharge_minor=800)),
    price_source=PriceSource.SURCHARGE,
)


@pytest.fixture
def lane():
    """Where the builder's heavy work is done."""
    made = Lane()
    yield made
    made.close()
    session.close_all()


@pytest.fixture
def template(db):
    """A stored template."""
    return save_template(db, TEMPLATE).template


@pytest.fixture
def services(db, lane, template):
    """What page and builder are given."""
    app = SimpleNamespace(db=db, database_path=db.path, worker=lane, settings=SimpleNamespace(code_separator=""))
    return SimpleNamespace(
        warehouses=WarehouseDesk(app),
        overseas=OverseasDesk(app),
        warehouse_source=lambda: WarehouseTemplateSource(db),
        stores=lambda: [SimpleNamespace(id=1, name="晨帆数码")],
    )


@pytest.fixture
def ready(context, services, lane):
    """The context with these services."""
    context.services = services
    context.runner.heavy = lane
    return context


@pytest.fixture
def window(qtbot):
    """What dialogs lie over."""
    made = QWidget()
    made.resize(1440, 900)
    made.show()
    yield made
    made.close()
    made.deleteLater()
