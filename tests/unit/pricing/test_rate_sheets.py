"""Sheets of rates and commissions: a cell that cannot be used is named with its place, and nothing is half kept."""

from __future__ import annotations

import pytest

from app.messages import Messages
from app.services.pricing.rate_sheets import BadRateSheet, import_rates
from app.services.pricing.rates import commission_of, exchange_rate


@pytest.fixture
def sheet(tmp_path):
    def write(text):
        path = tmp_path / "rates.csv"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("币种,汇率,日期\nUSD,7.1,2024-01-01\nEUR,abc,2024-01-01\n", "rate", (3, "B", "汇率", "abc")),
        ("币种,汇率,日期\nUSD,7.1,2024-01-01\nEUR,0,2024-01-01\n", "rate", (3, "B", "汇率", "0")),
        ("币种,汇率,日期\nUSD,7.1,\n\nEURO,7,2024-01-01\n", "currency", (4, "A", "币种", "EURO")),
        ("rate,date\n7.1,2024-99-01\n", "day", (2, "B", "date", "2024-99-01")),
        ("category,commission\n,8%\n5,150%\n", "share", (3, "B", "commission", "150%")),
        ("category,commission\n,8%\n5,-1\n", "share", (3, "B", "commission", "-1")),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(db, sheet, text, code, place):
    with pytest.raises(BadRateSheet) as caught:
        import_rates(db, sheet(text))
    error = caught.value
    assert error.error_code == f"pricing.cell.{code}"
    assert tuple(error.params[name] for name in ("row", "column", "header", "value")) == place
    for language in ("zh", "en"):
        said = Messages(language).text(error.message_key, **error.params)
        assert all(str(part) in said for part in ("rates.csv", *place))
    with db.reader.connect() as connection:
        assert str(exchange_rate(connection).rate) == "6.8"
        assert commission_of(connection).origin.source == ":default"


def test_a_right_sheet_is_kept(db, sheet):
    assert len(import_rates(db, sheet("category,commission\n5,0.055\n6,\n"))) == 1
    with db.reader.connect() as connection:
        assert str(commission_of(connection, "5").share) == "0.055"
