"""`freight …` on the command line: F1–F5 exact, exit codes, workbooks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.cli.outcome import Exit
from app.services.freight.keeping import TemplateDraft, save_template
from app.services.upgrade import open_database
from tests.unit.freight.test_quoting import SERVICE
from tests.unit.freight.test_sheets import write


@pytest.fixture
def quoted(cli, own_data_folder):
    """A data folder with a local template of every kind of zone."""
    own_data_folder.mkdir(parents=True, exist_ok=True)
    database = open_database(own_data_folder / "shangjia.db")
    save_template(database, TemplateDraft("Plan", (SERVICE,)))
    database.dispose()

    def ask(*arguments):
        said = cli("--json", "freight", *arguments)
        return said.code, said.json

    return ask


def test_f1_to_f5_are_exact(quoted):
    def quote(template, country, *more):
        code, told = quoted("quote", "--template", template, "--country", country, *more)
        assert code == Exit.DONE
        return [told[name] for name in ("buyer_usd", "carrier_cny", "chargeable_g", "served")]

    assert quote("Plan", "us", "--weight-g", "200") == ["1.70", "16.5384", 200, True]
    assert quote("Plan", "DE", "--weight-g", "50", "--pieces", "3")[0] == "4.50"
    assert quote("Plan", "BR", "--weight-g", "1050")[0] == "7.60"
    assert quote("express", "US", "--weight-g", "2100", "--size", "40x30x20") == [None, "332.00", 5000, True]
    custom = ("--weight-g", "400", "--pieces", "8", "--custom-weight", "3,2,250")
    assert quote("post_registered", "US", *custom) == [None, "176.5364", 1150, True]
    assert quote("Plan", "JP", "--weight-g", "200") == [None, None, 200, False]
    assert quote("Plan", "BR", "--weight-g", "10001") == [None, None, 10001, False]


def test_bad_input_is_named(quoted):
    for more, code in (
        (("--weight-g", "0"), "cli.limit"),
        (("--weight-g", "-5"), "cli.limit"),
        (("--weight-g", "1.5"), "cli.limit"),
        (("--weight-g", "1", "--size", "1x2"), "freight.no_size"),
        (("--weight-g", "1", "--country", "XX"), "freight.no_country"),
        (("--weight-g", "1", "--template", "nope"), "freight.no_template"),
        (("--weight-g", "1", "--service", "nope"), "freight.no_service"),
        (("--weight-g", "1", "--tariff", "nope"), "freight.no_tariff"),
        (("--weight-g", "1", "--rate", "0"), "cli.rate"),
        (("--weight-g", "1", "--attributes", "battry"), "freight.no_attribute"),
    ):
        said = quoted("quote", "--template", "Plan", "--country", "US", *more)
        assert (said[0], said[1]["error"]["code"]) == (Exit.NOTHING_DONE, code)


def test_trial_compare_list_and_workbook(quoted, tmp_path):
    code, told = quoted("trial", "--template", "Plan", "--weight-g", "200", "--sale", "6.99", "--cost", "18",
                        "--countries", "ES,JP", "--out", str(tmp_path / "trial.csv"))  # fmt: skip
    assert (code, [row["verdict"] for row in told["rows"]]) == (Exit.DONE, ["fine", "not_served"])
    assert Decimal(told["rows"][0]["carrier_cny"]) == Decimal("16.5384")
    assert quoted("trial", "--weight-g", "200")[0] == Exit.NOTHING_DONE
    assert quoted("trial", "--template", "Plan")[0] == Exit.NOTHING_DONE
    code, told = quoted("compare", "Plan", "Plan")
    assert (code, told["differences"]) == (Exit.DONE, [])
    code, told = quoted("compare", "Plan", "post_packet")
    assert (code, told["error"]["code"]) == (Exit.NOTHING_DONE, "freight.compare_tariff")
    _, told = quoted("list")
    assert [one["name"] for one in told["templates"]] == ["Plan"]
    assert len(told["tariffs"]) == 12
    file = tmp_path / "freight.xlsx"
    assert quoted("export", "--out", str(file))[1]["parts"] == 13
    code, told = quoted("import", str(file))
    assert (code, told["unchanged"], told["change"], told["errors"]) == (Exit.DONE, 14, None, [])
    (tmp_path / "bad.csv").write_text("Tariff key,Currency\nx,EUR\n")
    code, told = quoted("import", str(tmp_path / "bad.csv"))
    assert (code, told["errors"][0]["code"]) == (Exit.NOTHING_DONE, "freight.cell_currency")


def test_divisors_attributes_and_dispatch_countries_by_the_command_line(quoted, tmp_path):
    """F4 with a divisor of 6000 comes in by a workbook; the rest is what the trial in the window asks too."""
    file = tmp_path / "express.xlsx"
    rows = {
        "tariffs": [("express6000", "Express 6000", "CNY", 500, 6000)],
        "bands": [("express6000", None, 98, 500, 500, 26)],
    }
    write(file, rows)
    code, told = quoted("import", str(file))
    assert (code, told["new"], told["errors"]) == (Exit.DONE, 1, [])
    box = ("--weight-g", "2100", "--size", "40x30x20", "--country", "US", "--rate", "6.8")
    for key, fees in (("express", ("332.00", "48.82", 5000)), ("express6000", ("280.00", "41.18", 4000))):
        _, told = quoted("quote", "--template", key, *box)
        assert (told["carrier_cny"], told["carrier_usd"], told["chargeable_g"]) == fees
    by_template = ("trial", "--template", "Plan", "--weight-g", "200", "--countries", "ES")
    for more, tariff, reason in (
        ((), "post_packet", None),
        (("--attributes", "battery"), "post_battery", None),
        (("--ships-from", "ES"), "line_es", None),
        (("--ships-from", "PL"), "", "channel_no_rule"),
        (("--attributes", "battery", "--tariff", "express"), "express", "carrier_attribute"),
    ):
        _, told = quoted(*by_template, *more)
        (row,) = told["rows"]
        assert (row["tariff"], row["reason"], row["carrier_cny"] is None) == (tariff, reason, reason is not None)
    code, told = quoted(*by_template, "--attributes", "battry")
    assert (code, told["error"]["code"]) == (Exit.NOTHING_DONE, "freight.no_attribute")
    for wrong in ("1e80", "-1", "NaN", "1,5"):
        code, told = quoted(*by_template, "--sale", wrong, "--cost", "1")
        assert (code, told["error"]["code"]) == (Exit.NOTHING_DONE, "cli.number")
    spoilt = tmp_path / "spoilt.xlsx"
    write(spoilt, {"channels": [("CN", None, None, "express6000"), ("ES", None, None, "gone")]})
    code, told = quoted("import", str(spoilt))
    assert (code, [(one["row"], one["column"], one["code"]) for one in told["errors"]]) == (
        Exit.NOTHING_DONE,
        [(3, "D", "freight.cell_key")],
    )
    assert len(quoted("list")[1]["channels"]) == 10
