"""Templates of stores that may be proposed for goods (domain.md 9.1: one template a type of goods)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from app.services.freight.attributes import attributes, without_words
from app.services.freight.buyer_fee import zone_of
from app.services.freight.records import Service
from app.services.freight.settings import read_services
from app.services.freight.trial import usual_countries
from app.services.workbooks.fields import folded


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template of a store that may be proposed.

    Attributes:
        goods: logistics attributes its name speaks of.
        reach: how many of the usual countries it serves.
    """

    template_id: str
    name: str
    services: tuple[Service, ...]
    goods: frozenset[str]
    reach: int


def candidates(connection: Connection) -> dict[int, list[Candidate]]:
    """All templates whose settings were read, by store."""
    found = defaultdict[int, list[Candidate]](list)
    rows = connection.exec_driver_sql(
        "SELECT store_id, template_id, name, services FROM freight_template "
        "WHERE store_id IS NOT NULL AND services IS NOT NULL ORDER BY store_id, template_id"
    )
    for store_id, template_id, name, services in rows:
        found[store_id].append(_candidate(template_id, name, read_services(orjson.loads(services))))
    return dict(found)


def fitting(group: Sequence[Candidate], told: Sequence[frozenset[str] | None]) -> Sequence[Candidate]:
    """Templates for goods with these attributes. Where nobody told them all may be right; where no name of the store's
    speaks of them, those for plain goods."""
    if None in told:
        return group
    goods = frozenset[str]().union(*(one or () for one in told)) & attributes().keys()
    plain = [one for one in group if not one.goods]
    return [one for one in group if one.goods and one.goods <= goods] or plain


def _candidate(template_id: str, name: str, services: tuple[Service, ...]) -> Candidate:
    spoken = folded(name)
    for word in without_words():
        spoken = spoken.replace(word, "")
    goods = (key for key, words in attributes().items() if key in spoken or any(word in spoken for word in words))
    reach = sum(any(zone_of(one, country) for one in services) for country in usual_countries())
    return Candidate(template_id, name, services, frozenset(goods), reach)
