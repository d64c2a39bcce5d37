"""`conflicts`: shown, decided by field or as a whole, taken back."""

from __future__ import annotations

import pytest

from app.models import Store
from app.services.application import Application
from app.services.clock import now_ms
from app.services.listings.loading import load_listing
from app.services.stores.sync.conflicts import keep_theirs
from tests.listing_rows import add_listing


@pytest.fixture
def clash(own_data_folder):
    """A listing whose title and weight the platform has otherwise. Returns: its id."""
    with Application(own_data_folder) as app:
        moment = now_ms()
        with app.db.write() as session:
            session.add(Store(name="Chenfan", gateway="http://127.0.0.1:1", credential_ref="x", created_ms=moment))
            session.flush()
            values = {"title": "Ours", "weight_g": 900, "status": "live", "product_id": "1005001"}
            number = add_listing(session, store_id=1, created_ms=moment, updated_ms=moment, **values).id
        with app.db.read() as session:
            theirs = load_listing(session, number)
        theirs.title, theirs.weight_g = "Theirs", 840
        with app.db.bulk() as connection:
            keep_theirs(connection, number, theirs)
        return number


def test_shown_decided_and_taken_back(cli, clash):
    said = cli("--json", "conflicts", "--store", "Chenfan")
    assert said.code == 1
    (found,) = said.json["conflicts"]
    assert found["listing"] == clash
    assert {part["field"]: (part["ours"], part["theirs"]) for part in found["differences"]} == {
        "title": ("Ours", "Theirs"),
        "weight_g": (900, 840),
    }
    assert "Ours ↔ Theirs" in cli("conflicts", "--store", "Chenfan").out

    first = cli("--json", "conflicts", "--store", "Chenfan", "--take", "theirs", "--field", "title")
    assert (first.code, first.json["settled"], first.json["open"]) == (1, 0, 1)
    rest = cli("--json", "conflicts", "--store", "Chenfan", "--take", "ours", "--listing", str(clash))
    assert (rest.code, rest.json["settled"], rest.json["change"]) == (0, 1, None)
    assert cli("--json", "conflicts", "--store", "Chenfan").json["conflicts"] == []
    assert cli("--json", "undo", first.json["change"]).json["restored"] == 1


def test_another_listing_is_left_alone(cli, clash):
    said = cli("--json", "conflicts", "--store", "Chenfan", "--take", "theirs", "--listing", str(clash + 1))
    assert (said.json["settled"], said.json["change"]) == (0, None)
    assert len(cli("--json", "conflicts", "--store", "Chenfan").json["conflicts"]) == 1
