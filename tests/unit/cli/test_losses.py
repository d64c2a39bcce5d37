"""`publish`: what an edit would lose is told and asked about. Against the practice market over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.services.application import Application
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.stores.practice import reachable
from app.services.stores.reading import list_stores
from tests.benchmarks.market import change_faults


@pytest.fixture
def synced(cli, store):
    """A connected store as the market has it now: tests of this file change what the market has."""
    assert cli("store", "sync", store).code == 0
    return store


@pytest.fixture
def live(own_data_folder, market, synced):
    """Two live listings with variants and attributes, product by id; the market reviews at once."""
    change_faults(market["gateway"], {"audit_delay_s": 0})
    with Application(own_data_folder) as app, app.db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, product_id FROM listing JOIN listing_body USING (id) "
            "WHERE status = 'live' AND block_count + hold_count = 0 "
            "AND json_array_length(attributes) > 2 AND sku_count > 2 ORDER BY id LIMIT 2"
        )
        return dict(map(tuple, rows))


def edit(folder, *edits: ListingEdit) -> None:
    with Application(folder) as app:
        edit_listings(app.db, list(edits), label="change.edit")


def local(folder, listing_id: int) -> Any:
    with Application(folder) as app, app.db.read() as session:
        return load_listing(session, listing_id)


def on_the_platform(folder, product_id: str) -> Any:
    async def read() -> Any:
        with Application(folder) as app:
            store = await reachable(app, list_stores(app.db)[0])
            async with app.connected(store) as marketplace:
                found = await marketplace.read_listing(product_id)
            await app.disconnect()
            return found.content

    return asyncio.run(read())


def journal(folder, sql: str) -> list[Any]:
    with Application(folder) as app, app.db.reader.connect() as connection:
        return list(connection.exec_driver_sql(sql))


def test_an_edit_that_would_lose_something_is_not_sent_until_exactly_that_is_accepted(
    cli, synced, live, own_data_folder
):
    (first, product_id), (second, other_id) = live.items()
    record = local(own_data_folder, first)
    gone, kept = record.attributes[-1], record.attributes[:-1]
    edit(
        own_data_folder,
        ListingEdit(first, fields={"attributes": kept, "weight_g": 777}),
        ListingEdit(second, fields={"weight_g": 888}),
    )

    said = cli("--json", "publish", "--store", synced)

    assert (said.code, said.json["failed"]) == (1, 1)
    assert on_the_platform(own_data_folder, other_id).weight_g == 888  # what loses nothing is sent unasked
    assert on_the_platform(own_data_folder, product_id).weight_g != 777
    (reason,) = said.json["reasons"]
    (of,) = reason["losses"]
    assert (reason["code"], reason["count"], of["listing"]) == ("marketplace.would_lose", 1, first)
    (lost,) = of["lost"]
    assert lost["field"] == "attribute" and lost["path"].endswith(f"[{gone['name_id']}]")
    assert lost["value"] in of["text"] and of["text"].startswith("Not sent, would lose: attribute ")

    again = cli("publish", "--store", synced)
    assert again.code == 1 and "--accept-losses" in again.out  # asked as often as it is tried
    assert len(on_the_platform(own_data_folder, product_id).attributes) == len(record.attributes)

    done = cli("--json", "publish", "--store", synced, "--accept-losses")
    assert (done.code, done.json["attempts"], done.json["reasons"]) == (0, 1, [])
    after = on_the_platform(own_data_folder, product_id)
    assert (after.weight_g, len(after.attributes)) == (777, len(record.attributes) - 1)
    ((accepted,),) = journal(own_data_folder, "SELECT accepted FROM publish_task WHERE accepted <> '[]'")
    assert lost["path"] in accepted


def test_accepting_covers_what_was_told_and_nothing_more(cli, synced, live, own_data_folder):
    listing_id, product_id = next(iter(live.items()))
    record = local(own_data_folder, listing_id)
    edit(own_data_folder, ListingEdit(listing_id, fields={"attributes": record.attributes[:-1]}))
    assert cli("--json", "publish", "--store", synced).json["failed"] == 1
    edit(own_data_folder, ListingEdit(listing_id, fields={"attributes": record.attributes[:-2]}))

    said = cli("--json", "publish", "--store", synced, "--accept-losses")

    assert (said.code, said.json["failed"]) == (1, 1)
    (lost,) = said.json["reasons"][0]["losses"][0]["lost"]
    assert lost["path"].endswith(f"[{record.attributes[-2]['name_id']}]")
    assert len(on_the_platform(own_data_folder, product_id).attributes) == len(record.attributes)


def test_a_variant_taken_out_here_goes_without_a_question(cli, synced, live, own_data_folder):
    listing_id, product_id = next(iter(live.items()))
    record = local(own_data_folder, listing_id)
    edit(own_data_folder, ListingEdit(listing_id, removed_skus=(record.skus[-1].id,)))

    said = cli("--json", "publish", "--store", synced)

    assert (said.code, said.json["reasons"]) == (0, [])
    assert [sku.code for sku in on_the_platform(own_data_folder, product_id).skus] == [
        sku.code for sku in record.skus[:-1]
    ]


def test_a_variant_the_platform_got_meanwhile_is_not_taken_out_unasked(cli, synced, live, own_data_folder):
    listing_id, product_id = next(iter(live.items()))
    record = local(own_data_folder, listing_id)
    with Application(own_data_folder) as app, app.db.bulk() as connection:  # as if it had never been here
        connection.exec_driver_sql("DELETE FROM sku WHERE id = ?", (record.skus[-1].id,))
        connection.exec_driver_sql(
            "UPDATE listing_synced SET skus = json_remove(skus, '$.\"' || ? || '\"') WHERE id = ?",
            (record.skus[-1].code, listing_id),
        )
    edit(own_data_folder, ListingEdit(listing_id, fields={"weight_g": 777}))

    said = cli("--json", "publish", "--store", synced)

    (lost,) = said.json["reasons"][0]["losses"][0]["lost"]
    assert (lost["field"], lost["name"]) == ("variant", record.skus[-1].code)
    assert len(on_the_platform(own_data_folder, product_id).skus) == len(record.skus)
