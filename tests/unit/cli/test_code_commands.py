"""`sku`, `code` and `delist` as a program sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.services.application import Application
from app.services.clock import now_ms
from app.services.codes.rekeying import rekey
from tests.listing_rows import add_listing
from tests.unit.cli.conftest import Cli

ITEMS = "AB1234\nCD5678\nCB000123=AB1234*10\n"


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.txt"
    path.write_text(ITEMS)
    return path


def test_sku_explains_codes(cli: Cli, items: Path) -> None:
    said = cli("--json", "sku", "AB1234x2", "CB000123*2_CDE", "ZZ9999*2", "AB1234+", "--items", str(items))
    assert said.code == 1  # one of them cannot be read
    first, second, third, fourth = said.json["codes"]
    assert first == {
        "code": "AB1234x2",
        "components": [{"base": "AB1234", "quantity": 2}],
        "ships_from": "CN",
        "kind": "multipack",
        "match_key": "AB1234*2",
        "warnings": [],
        "error": None,
        "messages": [],
    }
    assert (second["components"], second["ships_from"]) == ([{"base": "AB1234", "quantity": 20}], "DE")
    assert third["warnings"] == ["unknown_item"]
    assert (fourth["error"], fourth["kind"], fourth["match_key"]) == ("empty_component", "error", None)
    said = cli("sku", "HK#AB1234-148", "--prefix", "hk#", "--mark", "148=US")
    assert (said.code, said.out.strip()) == (0, "HK#AB1234-148: AB1234 × 1 · United States · single")
    assert cli("sku", "A", "--mark", "148=XX").code == 2


def test_virtual_codes_are_kept_and_used(cli: Cli, items: Path) -> None:
    assert cli("--json", "code", "import", str(items)).json == {"codes": 1, "changed": 1, "errors": []}
    assert cli("--json", "sku", "CB000123").json["codes"][0]["components"] == [{"base": "AB1234", "quantity": 10}]
    proposed = cli("--json", "sku", "AB1234*2+CD5678*3_CUS", "--propose").json["codes"][0]["proposal"]
    assert proposed == {"code": "CB000124_CUS", "virtual": "CB000124"}
    listed = cli("--json", "code", "list").json["virtual"]
    assert [one["code"] for one in listed] == ["CB000123", "CB000124"]
    assert cli("--json", "code", "remove", "CB000123", "CB000777").json == {"removed": 1}
    items.write_text("AB1234\n")
    assert cli("code", "import", str(items)).code == 2
    items.write_text("CB000123,AB1234*10\nCB000123,AB1234*9\n")
    refused = cli("--json", "code", "import", str(items))
    assert (refused.code, refused.json["error"]["code"]) == (2, "code.none_right")
    assert "CB000123 has AB1234 in row 1 already" in refused.json["error"]["message"]


@pytest.fixture
def shop(own_data_folder: Path) -> Path:
    """A store that is signed out, with one listing of two variants."""
    with Application(own_data_folder) as app, app.db.bulk() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
            "is_practice, is_shared, created_ms) "
            "VALUES (1, 'Lamps', '', '', 'http://127.0.0.1:1', '', '', 'operate', 'ok', 0, 0, 1)"
        )
        with Session(bind=connection) as session:
            product = {"title": "Lamp", "status": "live", "product_id": "77", "sku_count": 2}
            add_listing(session, id=1, store_id=1, created_ms=now_ms(), updated_ms=1, **product)
        for place, code in enumerate(("AB1234*2", "CD5678")):
            run(
                "INSERT INTO sku (listing_id, position, code, match_key, stock, ships_from, barcode, properties) "
                "VALUES (1, ?, ?, '', 5, '', '', '[]')",
                (place, code),
            )
        rekey(connection)
    return own_data_folder


def test_delist_says_what_it_did_and_what_it_could_not(cli: Cli, shop: Path, tmp_path: Path) -> None:
    codes = tmp_path / "gone.txt"
    codes.write_text("停产\nAB1234 old\nXX9999\n")
    told = cli(
        "--json", "delist", "--store", "Lamps", "--codes", str(codes), "--dry-run", "--out", str(tmp_path / "x.csv")
    )
    assert {name: told.json[name] for name in ("listings", "skus", "change", "unknown")} == {
        "listings": 1,
        "skus": 1,
        "change": None,
        "unknown": ["XX9999"],
    }
    assert (tmp_path / "x.csv").exists()
    assert told.json["junk"] == [{"row": 1, "value": "停产", "reason": "no_code"}]
    done = cli("--json", "delist", "--codes", str(codes), "--no-send")
    assert done.code == 1
    assert done.json["change"]
    assert done.json["skipped"] == {"1": "blocked"}  # it has no pictures: the checker lets nothing of it leave
    listed = cli("--json", "list", "--store", "Lamps").json["listings"][0]["skus"]
    assert [(sku["code"], sku["stock"]) for sku in listed] == [("AB1234*2", 0), ("CD5678", 5)]
    assert cli("--json", "undo", done.json["change"]).json["restored"] == 1
    off = cli("--json", "delist", "--codes", str(codes), "--off-sale", "--dry-run").json
    assert (off["off_sale"], off["zeroed"]) == (1, 0)


def test_undo_puts_whole_listings_on_sale_again(cli: Cli, shop: Path, tmp_path: Path) -> None:
    codes = tmp_path / "gone.txt"
    codes.write_text("AB1234\n")
    done = cli("--json", "delist", "--codes", str(codes), "--off-sale", "--no-send")
    change = done.json["change"]
    (listed,) = cli("--json", "history").json["changes"]
    assert (listed["id"], listed["listings"]) == (change, 1)
    assert listed["label"].startswith("Delisted codes: 1 listing off sale (")
    with Application(shop) as app, app.db.bulk() as connection:  # as if it were sent
        connection.exec_driver_sql("UPDATE publish_task SET state = 'live'")
        connection.exec_driver_sql("UPDATE listing SET status = 'off', off_reason = 'user'")
        connection.exec_driver_sql("UPDATE store SET access = 'read'")
    stuck = cli("undo", change)
    assert stuck.code == 1
    assert stuck.out.splitlines()[0].startswith("“Delisted codes: 1 listing off sale (")
    assert "was not undone: 1 listing: " in stuck.out and "Lamps" in stuck.out
    assert cli("--json", "undo").json["reasons"] == {"1": "publishing.read_only"}
    with Application(shop) as app, app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET access = 'operate'")
    back = cli("undo")
    assert back.code == 0
    assert back.out.splitlines()[1] == "1 listing is queued; publish sends it."
    with Application(shop) as app, app.db.reader.connect() as connection:
        tasks = connection.exec_driver_sql("SELECT action, state FROM publish_task ORDER BY id")
        assert [tuple(task) for task in tasks] == [("offline", "live"), ("online", "queued")]
    again = cli("--json", "delist", "--codes", str(codes), "--off-sale", "--no-send").json["change"]
    told = cli("--json", "undo", again, "--listing", "1", "--field", "sale").json
    assert (told["restored"], told["queued"], told["unsent"]) == (1, 1, [1])  # nothing of it was ever sent from here


def test_delist_leaves_codes_alone_that_come_instead(cli: Cli, shop: Path, tmp_path: Path) -> None:
    codes = tmp_path / "gone.csv"
    codes.write_text("SKU,名称,替代SKU\nAB1234,LED Lamp 12V 20W,CD5678\n", "utf-8")
    told = cli("--json", "delist", "--codes", str(codes), "--dry-run").json
    assert (told["codes"], told["skus"], told["columns"], told["unknown"]) == (1, 1, ["SKU"], [])
    said = cli("delist", "--codes", str(codes), "--dry-run").out
    assert "Of several columns only this one was read: SKU" in said


def test_delist_refuses_what_holds_no_codes(cli: Cli, shop: Path, tmp_path: Path) -> None:
    codes = tmp_path / "gone.txt"
    codes.write_text("nothing here\n")
    assert cli("delist", "--codes", str(codes)).code == 2
    assert cli("delist", "--codes", str(tmp_path / "none.txt")).code == 2
    assert cli("delist", "--store", "Nobody", "--codes", str(codes)).code == 2
