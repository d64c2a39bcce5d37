"""`freight list/import/export/table/match`: what there is, the workbooks, and proposals for listings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, table
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.freight.matching import Match


def add_to(group: Commands) -> None:
    """Add them to the group `freight`."""
    group.add("list", list_all)
    parser = group.add("import", import_file)
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("cli.help.freight.file"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
    parser = group.add("export", export_file)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("cli.help.freight.out"))
    parser.add_argument("--template", action="append", default=[], metavar="NAME", help=tr("cli.help.freight.also"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.freight.store"))
    parser = group.add("table", write_table)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--countries", default="", metavar="A,B", help=tr("cli.help.freight.countries"))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("cli.help.freight.out"))
    parser = group.add("match", match)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--apply", action="store_true", help=tr("cli.help.freight.apply"))


def list_all(desk: Desk, options: argparse.Namespace) -> Outcome:
    """All templates, tariffs and channels by name."""
    from app.services.freight.desk import FreightDesk
    from app.services.freight.keeping import route_text

    freight = FreightDesk(desk.app)
    names, channels = freight.names(), freight.channels()
    templates = [{"name": one.name, "kind": one.kind, "store": one.store or None} for one in names if not one.tariff]
    tariffs = [
        {
            "key": one.key,
            "name": one.name,
            "currency": one.tariff.currency,
            "source": one.told_source,
            "as_of": one.as_of,
        }
        for one in channels.tariffs.values()
    ]
    routes = [
        {"ships_from": one.ships_from, "country": one.country, "attribute": one.attribute, "tariff": one.tariff_key}
        for one in channels.rules
    ]
    lines = table([(one.key or "–", one.name, tr(f"freight.named.{one.kind}"), one.store or "–") for one in names])
    lines += table([(route_text(one.ships_from, one.country, one.attribute), one.tariff_key) for one in channels.rules])
    return Outcome({"templates": templates, "tariffs": tariffs, "channels": routes}, lines)


def import_file(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Tariffs, channels and local templates out of a workbook, as one change. Raises: InputError."""
    from app.services.freight.sheet_storing import import_freight
    from app.services.tasks import TaskContext

    found = import_freight(desk.app.database_path, options.file, options.dry_run, ctx=TaskContext())
    told = {
        "new": found.count("new"),
        "changed": found.count("changed"),
        "unchanged": found.count("same"),
        "parts": [{"kind": one.kind, "name": one.name, "what": one.what} for one in found.parts],
        "errors": [
            {
                "file": one.file,
                "sheet": one.sheet,
                "row": one.row,
                "column": one.column,
                "value": one.value,
                "code": one.code,
                "message": one.sentence(),
            }
            for one in found.errors
        ],
        "change": None if found.change is None else found.change.uid,
    }
    counts = {"new": told["new"], "changed": told["changed"], "same": told["unchanged"]}
    lines = [tr("freight.imported", **counts), *(one.sentence() for one in found.errors)]
    if found.errors and not found.parts:
        return Outcome(told, lines, Exit.NOTHING_DONE)
    return Outcome(told, lines, Exit.SOME_REFUSED if found.errors else Exit.DONE)


def export_file(desk: Desk, options: argparse.Namespace) -> Outcome:
    """All tariffs, channels and local templates to a workbook, stores' templates by name with them.

    Raises: InputError.
    """
    from app.services.freight.finding import find_named
    from app.services.freight.sheet_storing import export_freight
    from app.services.tasks import TaskContext

    store_id = desk.store(options.store).id if options.store else None
    with desk.app.db.reader.connect() as connection:
        ids = [find_named(connection, name, store_id).id for name in options.template]
    n = export_freight(desk.app.database_path, options.out, desk.language, ids, ctx=TaskContext())
    return Outcome({"parts": n, "file": str(options.out)}, [tr("freight.exported", n=n, file=options.out.name)])


def write_table(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Carriers' fees of all variants of listings to several countries, as a sheet. Raises: InputError."""
    from app.cli.commands.listings import matching_ids
    from app.services.freight.finding import country_of
    from app.services.freight.mass import export_table
    from app.services.tasks import TaskContext

    targets = [country_of(part) for part in options.countries.split(",") if part.strip()]
    ids = matching_ids(desk, desk.store(options.store).id, options.where)
    n = export_table(desk.app.database_path, options.out, list(ids), targets, desk.language, ctx=TaskContext())
    return Outcome({"skus": n, "file": str(options.out)}, [tr("freight.mass.done", n=n, file=options.out.name)])


def match(desk: Desk, options: argparse.Namespace) -> Outcome:
    """The template and channel proposed for each listing of a store. Raises: InputError."""
    from app.cli.commands.listings import matching_ids
    from app.services.freight.matching import apply_matches, by_template, match_listings
    from app.services.tasks import TaskContext

    ids, ctx = matching_ids(desk, desk.store(options.store).id, options.where), TaskContext()
    found = match_listings(desk.app.database_path, ids, ctx=ctx)
    done = apply_matches(desk.app.database_path, by_template(found), ctx=ctx) if options.apply else []
    refused = sum(len({*one.refused, *one.moved}) for one in done)
    result = {
        "matches": [_match_told(one) for one in found],
        "proposed": sum(one.changes for one in found),
        "changed": sum(one.changed for one in done),
        "refused": refused,
        "changes": [one.change.uid for one in done if one.change is not None],
    }
    rows = [
        (
            one.title[:40],
            one.template[1] or "–",
            one.proposed[1] or "–",
            tr(f"freight.match.{one.reason}"),
            one.channel,
            tr("freight.and").join(tr(f"freight.flag.{flag}") for flag in one.flags),
        )
        for one in found
    ]
    return Outcome(result, table(rows) if rows else [], Exit.SOME_REFUSED if refused else Exit.DONE)


def _match_told(one: Match) -> dict[str, Any]:
    from app.services.freight.quoting import shown_cny
    from app.services.freight.trial import shown_cents

    return {
        "id": one.id,
        "title": one.title,
        "template": one.template[0],
        "proposed": one.proposed[0] or None,
        "reason": one.reason,
        "country": one.country,
        "channel": one.channel or None,
        "channel_cny": shown_cny(one.channel_cny),
        "cheaper_channel": one.cheaper or None,
        "cheaper_cny": shown_cny(one.cheaper_cny),
        "worst_profit_cny": shown_cents(one.worst_cny),
        "losing": list(one.losing),
        "flags": list(one.flags),
    }
