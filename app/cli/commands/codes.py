"""`sku` explains codes; `code` keeps what is known of them: virtual bundle codes, and how stores write theirs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, table
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.errors import InputError

if TYPE_CHECKING:
    from app.services.codes.explaining import Explanation
    from app.services.codes.records import Component
    from app.services.codes.rules import StoreMarks
    from app.services.codes.tables import BadLine


def add_to(commands: Commands) -> None:
    """Add `sku` and `code`."""
    _explains(commands.add("sku", explain))
    group = commands.group("code")
    _explains(group.add("explain", explain))
    group.add("list", list_table)
    parser = group.add("import", import_table)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=tr("cli.help.code.file"))
    parser = group.add("remove", remove_codes)
    parser.add_argument("codes", nargs="+", metavar="CODE", help=tr("cli.help.code.code"))
    parser = group.add("store", store_writes)
    parser.add_argument("name", metavar="NAME", help=tr("cli.help.store.name"))
    _add_marks(parser)


def _explains(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("codes", nargs="+", metavar="CODE", help=tr("cli.help.sku.codes"))
    parser.add_argument("--items", type=Path, metavar="FILE", help=tr("cli.help.sku.items"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.sku.store"))
    parser.add_argument("--propose", action="store_true", help=tr("cli.help.sku.propose"))
    _add_marks(parser)


def _add_marks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prefix", metavar="TEXT", help=tr("cli.help.code.prefix"))
    parser.add_argument("--suffix", metavar="TEXT", help=tr("cli.help.code.suffix"))
    parser.add_argument("--mark", action="append", default=[], metavar="DIGITS=COUNTRY", help=tr("cli.help.code.mark"))


def explain(desk: Desk, options: argparse.Namespace) -> Outcome:
    """What codes stand for. Codes that cannot be read make the exit code 1.

    Raises:
        InputError: the list of items, the store or a mark makes no sense.
    """
    from app.services.codes.explaining import explain_codes
    from app.services.codes.known import code_rules
    from app.services.codes.rules import CodeRules
    from app.services.codes.tables import read_code_table
    from app.services.codes.virtual import propose, with_entries

    given = read_code_table(options.items) if options.items is not None else None
    store = desk.store(options.store).id if options.store else None
    rules = code_rules(desk.app.db, store, texts=options.codes)
    if given is not None:
        rules = with_entries(CodeRules(frozenset(given.items), rules.virtual, rules.store), given.virtual)
    rules = CodeRules(rules.known, rules.virtual, _marks(options, rules.store))
    found = explain_codes(desk.app.db, options.codes, rules)
    readings = [one.reading for one in found]
    told = [_object(one) for one in found]
    lines = [line for one in found for line in _lines(desk, one)]
    if options.propose:
        for reading, one in zip(readings, told, strict=True):
            proposal = propose(desk.app.db, reading, keeps=True)
            one["proposal"] = None if proposal is None else {"code": proposal.code, "virtual": proposal.virtual}
            if proposal is not None:
                lines.append(tr("cli.codes.proposed", code=reading.code, short=proposal.code))
    bad = given.bad if given is not None else []
    wrong = any(reading.error for reading in readings) or bool(bad)
    result = {"codes": told} | ({"bad_lines": [_bad(line) for line in bad]} if bad else {})
    return Outcome(result, lines + [_bad_text(line) for line in bad], Exit.SOME_REFUSED if wrong else Exit.DONE)


def list_table(desk: Desk, options: argparse.Namespace) -> Outcome:
    """All virtual codes, and how stores write theirs."""
    from app.services.codes.known import store_marks
    from app.services.codes.virtual import list_virtual
    from app.services.stores.reading import list_stores

    virtual = list_virtual(desk.app.db)
    with desk.app.db.reader.connect() as connection:
        marks = store_marks(connection)
    names = {store.id: store.name for store in list_stores(desk.app.db)}
    rows = [(code, " + ".join(map(str, items))) for code, items in virtual.items()]
    told = {
        "virtual": [{"code": code, "components": _components(items)} for code, items in virtual.items()],
        "stores": [_store_object(names[number], one) for number, one in marks.items()],
    }
    return Outcome(told, table(rows) if rows else [tr("cli.codes.none")])


def import_table(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Put the virtual codes of files into the table.

    Raises:
        InputError: a file cannot be read; nothing was changed.
    """
    from app.services.codes.tables import read_code_table
    from app.services.codes.virtual import save_virtual

    tables = [read_code_table(path) for path in options.files]
    entries = {code: items for one in tables for code, items in one.virtual.items()}
    bad = [line for one in tables for line in one.bad]
    if not entries:
        if bad:
            raise InputError("code.none_right", file=options.files[0].name, n=len(bad), first=_bad_text(bad[0]))
        raise InputError("code.no_virtual", file=options.files[0].name)
    changed = save_virtual(desk.app.db, entries)
    told = {"codes": len(entries), "changed": changed, "errors": [_bad(line) for line in bad]}
    lines = [tr("cli.codes.imported", n=len(entries), changed=changed), *(_bad_text(line) for line in bad)]
    return Outcome(told, lines, Exit.SOME_REFUSED if bad else Exit.DONE)


def remove_codes(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Forget virtual codes."""
    from app.services.codes.virtual import remove_virtual

    removed = remove_virtual(desk.app.db, options.codes)
    code = Exit.DONE if removed == len(options.codes) else Exit.SOME_REFUSED
    return Outcome({"removed": removed}, [tr("cli.codes.removed", n=removed)], code)


def store_writes(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Keep how a store writes its codes; without options, say it. Raises: BadStoreMarks, NotFound."""
    from app.services.codes.known import code_rules, write_store_marks

    store = desk.store(options.name)
    marks = code_rules(desk.app.db, store.id).store
    wanted = _marks(options, marks)
    if wanted is not marks:
        write_store_marks(desk.app.db, store.id, wanted)
    told = _store_object(store.name, wanted)
    shown = " ".join(f"-{digits}={country}" for digits, country in wanted.countries.items())
    line = tr("cli.codes.store", store=store.name, prefix=wanted.prefix or "–", suffix=wanted.suffix or "–")
    return Outcome(told, [line, *([shown] if shown else [])])


def _marks(options: argparse.Namespace, kept: StoreMarks) -> StoreMarks:
    """What the options say, and else what is kept."""
    from app.services.codes.known import checked_marks

    if options.prefix is None and options.suffix is None and not options.mark:
        return kept
    prefix = kept.prefix if options.prefix is None else options.prefix
    suffix = kept.suffix if options.suffix is None else options.suffix
    pairs = dict(tuple(text.strip().lstrip("-").partition("=")[::2]) for text in options.mark)
    return checked_marks(prefix, suffix, pairs if options.mark else kept.countries)


def _object(found: Explanation) -> dict[str, Any]:
    from app.services.codes.wording import doubt_text, error_text

    reading = found.reading
    return {
        "code": reading.code,
        "components": _components(reading.components),
        "ships_from": reading.ships_from or None,
        "kind": str(reading.kind),
        "match_key": reading.match_key or None,
        "warnings": [doubt.code for doubt in reading.warnings],
        "error": reading.error or None,
        "messages": [*map(doubt_text, reading.warnings), *filter(None, [error_text(reading)])],
    } | _goods_object(found)


def _goods_object(found: Explanation) -> dict[str, Any]:
    """Cost and weight of the whole and of each item, as decimal text; None is unknown. Nothing without a product
    table."""
    from app.services.amounts import decimal_text
    from app.services.codes.goods_wording import MICRO, MILLI

    told: dict[str, Any] = {}
    if found.goods is not None:
        told["cost_cny"] = decimal_text(found.goods.cost_micro, MICRO, 2)
        told["weight_g"] = decimal_text(found.goods.weight_mg, MILLI)
        told["picture"] = found.picture or None
        told["items"] = [
            {
                "base": line.component.base,
                "quantity": line.component.quantity,
                "name": line.item.name if line.item else None,
                "cost_cny": decimal_text(line.item.cost_micro, MICRO, 2) if line.item else None,
                "weight_g": decimal_text(line.item.weight_mg, MILLI) if line.item else None,
                "attributes": sorted(line.item.attributes) if line.item and line.item.attributes is not None else None,
                "source": line.item.source if line.item else None,
                "as_of": (line.item.as_of or None) if line.item else None,
            }
            for line in found.lines
        ]
    verdicts = {line.verdict.key: line.verdict for line in found.lines if line.verdict}
    if verdicts:
        told["verdicts"] = [
            {"item": one.key, "table": str(one.kind), "severity": one.severity, "reason": one.reason}
            for one in verdicts.values()
        ]
    return told


def _components(items: tuple[Component, ...]) -> list[dict[str, Any]]:
    return [{"base": one.base, "quantity": one.quantity} for one in items]


def _lines(desk: Desk, found: Explanation) -> list[str]:
    from app.services.codes.goods_wording import cost_text, missing_text, verdict_text, weight_text
    from app.services.codes.wording import country_text, doubt_text, error_text, items_text, kind_text

    reading, goods = found.reading, found.goods
    if reading.error:
        return [f"{reading.code}: {error_text(reading)}"]
    country = country_text(reading, desk.language)
    said = f"{reading.code}: {items_text(reading.components)} · {country} · {kind_text(reading)}"
    if goods is not None:
        said += f" · {cost_text(goods.cost_micro)} · {weight_text(goods.weight_mg)}"
    notes = [*map(doubt_text, reading.warnings), *(missing_text(goods) if goods is not None else ())]
    notes += [f"{line.component.base}: {verdict_text(line)}" for line in found.lines if line.verdict]
    return [said, *(f"  {note}" for note in notes)]


def _store_object(name: str, marks: StoreMarks) -> dict[str, Any]:
    countries: Mapping[str, str] = marks.countries
    return {"store": name, "prefix": marks.prefix, "suffix": marks.suffix, "marks": dict(countries)}


def _bad(line: BadLine) -> dict[str, Any]:
    return {
        "row": line.number,
        "value": line.text,
        "code": line.code,
        "message": tr(f"error.{line.code}", **line.params),
    }


def _bad_text(line: BadLine) -> str:
    return tr("cli.codes.bad_row", row=line.number, why=tr(f"error.{line.code}", **line.params))
