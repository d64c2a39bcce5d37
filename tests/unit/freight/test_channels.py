"""Which carrier's tariff a parcel goes with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.messages import messages
from app.services.db import Database
from app.services.freight.channels import ChannelRule, Channels, NoChannel, read_channels
from app.services.freight.keeping import TariffDraft, save_tariff
from app.services.freight.starting_tariffs import rule_file, starting_tariffs
from app.services.freight.tariff_store import StoredTariff, stored_tariffs
from tests.new_database import new_database

TARIFFS = {
    key: StoredTariff(number, key, f"Line {key}", tariff, "", "", 0)
    for number, (key, tariff) in enumerate(starting_tariffs().items())
}
RULES = (
    ChannelRule("CN", "post_packet"),
    ChannelRule("CN", "post_battery", attribute="battery"),
    ChannelRule("CN", "line_fr", country="FR"),
    ChannelRule("ES", "line_es"),
    ChannelRule("BR", "gone"),
    ChannelRule("", "express", country="US"),
)


def chosen(*asked, allowed=None, **named):
    found = Channels(TARIFFS, RULES, allowed or {}).choose(*asked, **named)
    assert (found.tariff is None) == (found.reason is not None)
    return found.reason or found.key


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (("", ()), "post_packet"),
        (("CN", ("battery",)), "post_battery"),
        (("CN", ("battery",), "FR"), "post_battery"),
        (("CN", (), "fr"), "line_fr"),
        (("CN", (), "US"), "express"),
        (("CN", ("liquid",), "US"), "post_packet"),
        (("ES", ()), "line_es"),
        (("ES", (), "FR"), NoChannel.COUNTRY),
        (("GB", ()), NoChannel.NO_RULE),
        (("BR", ()), NoChannel.NO_TARIFF),
        (("JP", ("battery",), "US"), NoChannel.EXCLUDED),
    ],
)
def test_the_rule_that_names_most_wins_and_says_why_none_does(asked, key):
    assert chosen(*asked) == key


def test_the_companys_table_is_respected():
    only_battery_line = {"battery": {"linepost_battery": True, "express": True}, "magnet": {"post_packet": False}}
    assert chosen("CN", ("battery",), allowed=only_battery_line) == "post_battery"
    assert chosen("CN", ("magnet",), allowed=only_battery_line) == NoChannel.FORBIDDEN
    assert chosen("CN", ("magnet",), "FR", allowed=only_battery_line) == "line_fr"
    assert chosen("ES", ("battery",), allowed=only_battery_line) == NoChannel.FORBIDDEN
    assert chosen("CN", ("powder",), allowed=only_battery_line) == "post_packet"


def test_goods_nobody_described_go_as_plain_ones_and_it_is_said():
    channels = Channels(TARIFFS, RULES)
    assert not channels.choose("CN", None).is_sure
    assert channels.choose("CN", ()).is_sure


def test_a_new_database_starts_with_the_tariffs_and_channels_of_the_rule_file(tmp_path):
    db: Database = new_database(tmp_path / "new.db")
    with db.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO channel_rule (attribute, channel, is_allowed) VALUES ('x', '邮 A', 1)")
        channels = read_channels(connection)
    db.dispose()
    assert {key: stored.tariff for key, stored in channels.tariffs.items()} == starting_tariffs()
    assert channels.choose("CN", ("battery",)).key == "post_battery"
    assert channels.choose("BR").tariff.ranges[0].base == Decimal(25)
    assert channels.allowed == {"x": {"邮a": True}}
    assert all(stored.source and stored.as_of and stored.name for stored in channels.tariffs.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_starting_tariff_says_where_it_is_from_in_the_language_in_force(db, monkeypatch, language):
    """A database of an older version, or made in the other language, still tells it in plain words."""
    raw = rule_file()
    stored = (raw["source"], raw["told"]["zh"], raw["told"]["en"], "offer of May")
    with db.bulk() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM carrier_tariff ORDER BY id LIMIT 4").scalars().all()
        for id, source in zip(ids, stored, strict=True):
            connection.exec_driver_sql("UPDATE carrier_tariff SET source = ? WHERE id = ?", (source, id))
        monkeypatch.setattr(messages, "language", language)
        told = [one.told_source for one in stored_tariffs(connection).values()][:4]
    assert told == [raw["told"][language]] * 3 + ["offer of May"]
    assert not any("domain" in text for text in told)
    with db.reader.connect() as connection:
        first = next(iter(stored_tariffs(connection).values()))
    draft = TariffDraft(first.name, first.tariff, first.told_source, first.as_of)
    assert save_tariff(db, draft, first.id) is None, "told in other words it is the same source"
