"""The Listings page with groups beside the table."""

from types import SimpleNamespace

import pytest

from app.models import ProductGroup
from app.services.clock import now_ms
from app.services.listings.groups.desk import GroupDesk


@pytest.fixture
def grouped(db, make_sellable):
    """Two groups, one of them with a child; three listings, two of them in groups."""
    with db.write() as session:
        for number, parent, name in (("71", "", "Lamps"), ("72", "71", "Table lamps"), ("73", "", "Mugs")):
            session.add(ProductGroup(store_id=1, group_id=number, parent_id=parent, name=name, synced_ms=now_ms()))
    return [
        make_sellable("Ash Lamp", created_ms=3_000, group_id="72"),
        make_sellable("Birch Lamp", created_ms=2_000, group_id="71"),
        make_sellable("Cedar Lamp", created_ms=1_000),
    ]


@pytest.fixture
def page(open_page, services, db, grouped, settle):
    services.groups = GroupDesk(SimpleNamespace(db=db, database_path=db.path))
    made = open_page()
    made.actions_of_page["groups"].trigger()
    settle()
    return made
