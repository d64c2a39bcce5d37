"""Variants are called by the names of their category, in the user's language; what nobody knows stays as it was."""

from __future__ import annotations

import orjson

from app.messages import messages
from app.services.history.undo import undo
from app.services.listings.cells import CellEdit, plan_cells
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.listings.source import CHILD_ID_OFFSET, ListingSource
from app.services.listings.variant_names import MOST_KEPT, VariantNames, label_of
from app.services.listings.variant_source import VariantSource
from tests.unit.compliance.examples import LAMPS
from tests.unit.compliance.stored import GATEWAY, seed_categories


def part(value, name="Color", name_id="14", value_id=""):
    return {"name": name, "value": value, "name_id": name_id, "value_id": value_id, "image": ""}


def test_known_values_are_shown_in_the_users_language(db, make_listing, monkeypatch):
    with db.write() as session:
        seed_categories(session, GATEWAY)
        session.connection().exec_driver_sql("UPDATE store SET gateway = ?", (GATEWAY,))
    with db.reader.connect() as connection:
        attribute, zh, en, values = connection.exec_driver_sql(
            "SELECT attribute_id, name_zh, name_en, json_extract(\"values\", '$[0]') FROM category_attribute "
            "WHERE is_sku AND category_id = ? ORDER BY position LIMIT 1",
            (LAMPS,),
        ).one()
    value = orjson.loads(values)
    record = make_listing(skus=(("A1", 900, 5), ("A2", 900, 5), ("A3", 900, 5), ("A4", 900, 5)))
    ways = (
        part(value["en"], en, attribute),
        part(value["zh"], zh, ""),
        part("", en, attribute, str(value["id"])),
        part("Ocean mist", en, attribute, str(value["id"])),
    )
    with db.read() as session:
        skus = load_listing(session, record.id).skus
    edit = ListingEdit(
        record.id, {"category_id": LAMPS}, {sku.id: {"properties": [way]} for sku, way in zip(skus, ways, strict=True)}
    )
    change = edit_listings(db, [edit], label="edit")
    listings, variants = ListingSource(db), VariantSource(db)
    for language in ("zh", "en", "zh"):
        listings.language = variants.names.language = language
        wanted = [value[language]] * 3 + ["Ocean mist"]
        assert [row.label for row in listings.children(record.id)] == wanted
        assert [row.label for row in variants.rows([sku.id for sku in skus]).values()] == wanted
        monkeypatch.setattr(messages, "language", language)
        cells = [CellEdit(CHILD_ID_OFFSET + sku.id, "stock", 77) for sku in skus]
        assert [one.name.rpartition(" · ")[2] for one in plan_cells(db, cells).changes] == wanted
    renamed = orjson.dumps([{**value, "zh": "Renamed"}]).decode()
    with db.bulk() as connection:  # the platform is asked anew
        connection.exec_driver_sql(
            'UPDATE category_attribute SET fetched_ms = fetched_ms + 1, "values" = ? WHERE attribute_id = ?',
            (renamed, attribute),
        )
    assert listings.children(record.id)[2].label == "Renamed"
    undo(db, change.uid)
    assert listings.children(record.id)[0].label == record.skus[0].properties[0]["value"]


def test_without_a_category_the_sheet_has_the_word():
    assert label_of([part("Red"), part("XL", "Size", "5"), part("")], {}) == "Red · XL"
    names = {"red": "红色", "10": "红色"}
    assert label_of([part("RED"), part("", value_id="10")], {"14": names}) == "红色 · 红色"
    assert label_of([part("Red", "颜色分类", "")], {"14": names}) == "红色"


def test_names_that_are_read_while_the_language_changes_are_kept_under_their_own(db, make_listing, monkeypatch):
    with db.write() as session:
        seed_categories(session, GATEWAY)
        session.connection().exec_driver_sql("UPDATE store SET gateway = ?", (GATEWAY,))
    record = make_listing(category_id=LAMPS)
    names, read = VariantNames(), VariantNames._read

    def changed_meanwhile(*args):
        found = read(*args)
        names.language = "zh"
        return found

    monkeypatch.setattr(names, "_read", changed_meanwhile)
    with db.reader.connect() as connection:
        name, value = connection.exec_driver_sql(
            "SELECT name_en, json_extract(\"values\", '$[0]') FROM category_attribute "
            "WHERE is_sku AND category_id = ? ORDER BY position LIMIT 1",
            (LAMPS,),
        ).one()
        value = orjson.loads(value)
        ways = {record.skus[0].id: [part(value["en"], name, "")]}
        shown = [list(names.labels(connection, ways).values()) for _ in range(2)]
    assert shown == [[value["en"]], [value["zh"]]]


def test_little_is_kept_in_memory(db):
    names = VariantNames()
    columns = "gateway, category_id, attribute_id, name_zh, name_en, is_required, is_sku, allows_custom_name, show_type"
    row = "'g', ?, '1', '', '', 0, 1, 0, ''"
    with db.bulk() as connection:
        for number in range(MOST_KEPT + 2):
            connection.exec_driver_sql(
                f'INSERT INTO category_attribute ({columns}, position, "values", fetched_ms) '
                f"VALUES ({row}, 0, '[]', 1)",
                (str(number),),
            )
            names._table(connection, ("g", str(number)))
    assert len(names._known) <= MOST_KEPT
