"""Fees of all variants at once: the same as one by one, nothing where nothing is known."""

from __future__ import annotations

from app.services.freight.channels import ChannelRule, read_channels
from app.services.freight.keeping import save_channels
from app.services.freight.mass import export_table, lines_of
from app.services.freight.tariffs import MICRO
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import open_workbook


def test_every_variant_to_every_country(db, goods, tmp_path):
    with db.reader.connect() as connection:
        rules = [
            *read_channels(connection).rules,
            ChannelRule("CN", "express", "JP"),
            ChannelRule("CN", "line_ru", "RU"),
        ]
    save_channels(db, rules)
    large = goods("LA1000", length_cm=40, width_cm=30, height_cm=20)
    goods("BL1850", item={"attributes": ["battery"]})
    goods("NO1000", item={"weight_mg": None}, weight_g=None)
    goods("HE1000", item={"weight_mg": 900_000})
    targets = ("US", "JP", "RU")
    with db.reader.connect() as connection:
        found = {line.code: line for line in lines_of(connection, [1, 2, 3, 4], targets, TaskContext())}
    assert found["LA1000"].fees == (16_538_400, 332 * MICRO, 25 * MICRO)
    assert found["BL1850"].fees == (27_404_000, 27_404_000, 27_404_000)
    assert found["NO1000"].fees == (None, None, None)
    assert found["HE1000"].fees[2] is None
    path = tmp_path / "fees.xlsx"
    assert export_table(db.path, path, Query(), targets, "en", ctx=TaskContext()) == 4
    with open_workbook(path) as opened:
        head, *rows = opened.grid(opened.sheets[0].name).rows()
    assert list(head) == ["SKU code", "Listing", "Ships from", "Weight g", *targets]
    by_code = {row[0]: list(row) for row in rows}
    assert by_code["LA1000"][1] == str(large.id)
    assert by_code["LA1000"][3:] == [200, 16.5384, 332, 25]
    assert by_code["NO1000"][3:] == ["", "", "", ""]
