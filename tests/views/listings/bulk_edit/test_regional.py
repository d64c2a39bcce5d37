"""Prices by country, from the user's side: chosen, seen before, applied."""

from app.services.listings.loading import load_listings


def test_a_percentage_for_two_countries(open_edit, lamps, db):
    user = open_edit(lamps)
    user.chooses(user.card().field, "regional_prices")
    user.chooses(user.card().way, "percentage")
    user.types(user.field("percentage"), "-10")
    user.types(user.field("countries"), "RU, 西班牙")
    user.waits_for_preview()
    assert len(user.rows) == len(lamps)
    assert all(row[3] == "ES −10%, RU −10%" for row in user.rows)
    user.applies()
    with db.read() as session:
        found = [record.regional_prices for record in load_listings(session, lamps)]
    assert found == [{"type": "percentage", "countries": {"ES": -10, "RU": -10}}] * len(lamps)
