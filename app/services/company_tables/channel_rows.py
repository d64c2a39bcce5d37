"""Which channel may carry which goods (物流属性可发渠道表): listed in cells, or one column of marks a channel."""

from __future__ import annotations

from app.services.company_tables.columns import channels_in
from app.services.company_tables.item_codes import values_of
from app.services.company_tables.recognising import KnownTable
from app.services.company_tables.records import TableRead
from app.services.company_tables.rules import answer
from app.services.workbooks.columns import Column
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.tables import SheetTable

GENERAL = "general"
"""Goods without any logistics attribute."""


def channel_rows(read: TableRead, table: SheetTable, known: KnownTable) -> None:
    """Fill `channel_rule`: attribute, channel, whether it is allowed."""
    column = table.of("attributes")
    assert column is not None
    found: dict[tuple[str, str], bool] = {}
    for position, attributes in enumerate(column.values):
        if attributes is None:
            table.refuse(position, column.source, "attributes", "", Refusal("attribute_missing"))
            read.refused += 1
            continue
        rules = _of_row(table, known, position)
        if not rules:
            read.refused += 1
        for channel, is_allowed in rules:
            for attribute in attributes or (GENERAL,):
                if found.setdefault((attribute, channel), is_allowed) != is_allowed:
                    found[attribute, channel] = False
                    table.refuse(position, column.source, "attributes", channel, Refusal("channel_contradicts"))
    read.rows["channel_rule"] = [(*key, int(found[key])) for key in sorted(found)]


def _of_row(table: SheetTable, known: KnownTable, position: int) -> list[tuple[str, bool]]:
    """Channels of one row with the answer for each."""
    listed = [str(values_of(table, name)[position] or "") for name in ("channel", "barred", "allowed")]
    rules = [(name, False) for name in channels_in(listed[1])]
    if table.of("channel") is not None:
        allowed = table.of("allowed")
        is_allowed = answer(listed[2]) if allowed is not None and listed[2] else True
        if is_allowed is None and allowed is not None:
            table.refuse(position, allowed.source, "allowed", listed[2], Refusal("answer_unknown"))
        elif is_allowed is not None:
            rules += [(name, is_allowed) for name in channels_in(listed[0])]
    elif table.of("barred") is None:
        rules += _marked(table, known, position)
    return rules


def _marked(table: SheetTable, known: KnownTable, position: int) -> list[tuple[str, bool]]:
    """One column a channel; an empty cell says nothing."""
    by_index: dict[int, Column] = {column.source.index: column for column in table.columns}
    rules = []
    for source in known.channel_columns:
        text = by_index[source.index].values[position]
        is_allowed = answer(text) if text else None
        if is_allowed is not None:
            rules.append((source.header, is_allowed))
        elif text:
            table.refuse(position, source, "allowed", text, Refusal("answer_unknown"))
    return rules
