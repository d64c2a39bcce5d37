"""`tables`, `sku` with the company's goods, and `doctor` about old tables, as a program sees them."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.conftest import Cli


def write(folder: Path, name: str, *lines: str) -> str:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def test_tables_are_stored_listed_hit_and_undone(cli: Cli, tmp_path: Path) -> None:
    good = write(tmp_path, "统表.csv", "SKU,成本价,重量(g)", "AB1234,6.5,85", "CD5678,9.8,140")
    bad = write(tmp_path, "限价.csv", "SKU,最低限价", "AB1234,12.99", "CD5678,abc")
    said = cli("--json", "tables", "import", good)
    assert said.code == 0
    (stored,) = said.json["tables"]
    assert (stored["kind"], stored["new"], stored["changed"], stored["unchanged"]) == ("product_table", 2, 0, 0)
    assert cli("--json", "tables", "import", good).json["tables"][0]["same_file"] is True
    said = cli("--json", "tables", "import", bad, str(tmp_path / "nothing.csv"))
    assert said.code == 1
    (error,) = said.json["tables"][0]["errors"]
    assert (error["row"], error["column"], error["value"], error["code"]) == (3, "B", "abc", "price_not_number")
    assert [one["file"] for one in said.json["failed"]] == ["nothing.csv"]
    listed = {one["kind"]: one for one in cli("--json", "tables", "list").json["tables"]}
    assert (listed["product_table"]["rows"], listed["product_table"]["old"]) == (2, False)
    assert listed["feedback"]["source"] is None
    assert cli("--json", "tables", "hits", "--kind", "price_floors").json == {"hits": [], "listings": 0}
    found = cli("--json", "sku", "AB1234*2+CD5678_CUS").json["codes"][0]
    assert (found["cost_cny"], found["weight_g"]) == ("22.80", "310")
    assert found["items"][0]["source"] == "统表.csv"
    assert "22.80" in cli("code", "explain", "AB1234*2+CD5678_CUS").out
    assert cli("--json", "sku", "ZZ9999").json["codes"][0]["warnings"] == ["unknown_item"]
    (row,) = [line for line in cli("history").out.splitlines() if "限价" in line or "floor" in line]
    assert "1 listing" not in row and "1 entry" in row
    assert [one["listings"] for one in cli("--json", "history").json["changes"]] == [0, 0]
    said = cli("undo")
    assert (said.code, said.out.strip()) == (0, "Undid “Price-floor table: 1 entry”.")
    assert cli("--json", "undo").json["entries"] == 2
    assert cli("--json", "tables", "list").json["tables"][0]["source"] is None
    assert cli("--json", "tables", "list").json["tables"][1]["source"] is None


def test_files_that_are_none_and_tables_that_are_old(cli: Cli, tmp_path: Path) -> None:
    none = write(tmp_path, "x.csv", "Title,Price", "Lamp,5")
    said = cli("--json", "tables", "import", none)
    assert (said.code, said.json["error"]["code"]) == (2, "tables.not_known")
    unsure = write(tmp_path, "y.csv", "SKU,备注", "AB1234,x")
    assert cli("tables", "import", unsure).code == 2
    assert cli("tables", "import", "--kind", "feedback", unsure).code == 0
    old = write(tmp_path, "违禁 2020-01-02.csv", "SKU,违禁类型", "AB1234,x")
    assert cli("tables", "import", old).code == 0
    said = cli("--json", "doctor")
    assert said.json["tables"]["forbidden"].startswith("2020-01-03")
    assert said.code == 1 and len(said.json["problems"]) == 3  # it, and the two that were never stored
