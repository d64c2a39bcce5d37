"""`overseas`: its result, exit codes, and what it says to a person."""

from __future__ import annotations

from app.services.application import Application
from app.services.warehouses.records import WarehouseTemplateRecord
from app.services.warehouses.templates import country_record, save_template
from tests.unit.warehouses.overseas.conftest import LAMP_ROW, OTHER_ROW, SHEET, package, sheet

__all__ = ["package", "sheet"]


def test_a_package_and_a_sheet(cli, package, sheet, tmp_path):
    path, out = package([LAMP_ROW, OTHER_ROW]), tmp_path / "out.zip"
    said = cli("--json", "overseas", path, "--sheet", sheet(), "--out", out, "--upload-sheet", tmp_path / "up.csv")
    assert said.code == 1, "a row of the sheet was not written"
    told = said.json
    assert (told["variants"], told["added"], told["file"]) == (8, 4, str(out))
    assert [(one["code"], one["country"]) for one in told["removed"]] == [("AB1234-BK_CUS", "US")]
    assert [(one["row"], one["code"], one["country"]) for one in told["unmatched"]] == [(6, "XY0001", "ES")]
    missing = [(one["code"], one["country"]) for one in told["missing"]]
    assert missing == [("AB1234-WH", "FR"), ("AB1234-BK*2", "FR"), ("CD5678", "ES"), ("CD5678", "FR")]
    assert len((tmp_path / "up.csv").read_text("utf-8-sig").splitlines()) == 5

    clean = sheet(SHEET.replace("XY0001,ES,8.00,35\n", ""), "clean.csv")
    again = cli("overseas", out, "--sheet", clean, "--out", tmp_path / "again.zip", "--missing", "zero")
    assert again.code == 0, again.err
    assert "12 variants written, 8 of them overseas." in again.out
    assert "AB1234-WH (France)" in again.out

    dry = cli("--json", "overseas", path, "--sheet", clean, "--out", tmp_path / "dry.zip", "--dry-run")
    assert dry.json["file"] is None
    assert not (tmp_path / "dry.zip").exists()


def test_what_cannot_be_used(cli, package, sheet, tmp_path):
    path, out = package([LAMP_ROW]), tmp_path / "out.zip"
    for arguments, why in (
        ((), "cli.usage.overseas_offers"),
        (("--template", "none"), "warehouse.no_template"),
        (("--sheet", tmp_path / "gone.csv"), "workbook.not_found"),
        (("--sheet", sheet(), "--real", "Atlantis"), "cli.usage.overseas_country"),
        (("--sheet", sheet("国家,价格\nES,9\n", "bad.csv")), "workbook.overseas_column"),
    ):
        said = cli("--json", "overseas", path, *arguments, "--out", out)
        assert (said.code, said.json["error"]["code"]) == (2, why), said.err
    said = cli("--json", "overseas", path, "--sheet", sheet(), "--out", path)
    assert (said.code, said.json["error"]["code"]) == (2, "overseas.same_file")
    said = cli("--json", "overseas", path, "--sheet", sheet(), "--out", out.with_suffix(".pdf"))
    assert (said.code, said.json["error"]["code"]) == (2, "export.unknown_kind")
    assert not out.exists() and not out.with_suffix(".pdf").exists()


def test_a_template_alone_makes_the_prices(cli, package, own_data_folder, tmp_path):
    assert cli("doctor").code in (0, 1)
    with Application(own_data_folder) as app:
        entries = (country_record("ES", surcharge_minor=600), country_record("US"))
        save_template(
            app.db, WarehouseTemplateRecord(None, "By surcharge", countries=entries, price_source="surcharge")
        )
        save_template(
            app.db, WarehouseTemplateRecord(None, "Rule", countries=(country_record("ES"),), price_source="rule")
        )
    path, out = package([LAMP_ROW]), tmp_path / "out.zip"
    said = cli("--json", "overseas", path, "--template", "by surcharge", "--out", out)
    assert said.code == 1, "for the US there is no price"
    told = said.json
    assert (told["variants"], told["countries"]) == (6, ["ES", "US"])
    assert {one["reason"] for one in told["missing"]} == {"no_surcharge"}
    out.unlink()
    for dry in ((), ("--dry-run",)):
        said = cli("--json", "overseas", package([OTHER_ROW], "other.zip"), "--template", "rule", "--out", out, *dry)
        assert (said.code, said.json["error"]["code"]) == (2, "overseas.nothing_priced"), said.err
        assert "CD5678 is not in the company product table" in said.json["error"]["message"]
    assert not out.exists(), "nothing was done, so nothing was written"
