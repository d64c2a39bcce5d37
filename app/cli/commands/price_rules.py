"""`rule`: the team's own price rules, kept under a name and applied as a bulk edit (domain.md 10.3)."""

from __future__ import annotations

import argparse

from app.cli.commands.editing import edited
from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk, table
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

TYPED = ("formula", "margin", "discount", "steps")


def add_to(commands: Commands) -> None:
    """Add the group `rule`."""
    group = commands.group("rule")
    group.add("list", list_rules)
    parser = group.add("keep", keep_rule)
    parser.add_argument("name", metavar="RULE", help=tr("cli.help.rule.name"))
    parser.add_argument("--kind", default="formula", metavar="KIND", help=tr("cli.help.rule.kind"))
    for name in TYPED:
        parser.add_argument(f"--{name}", default="", metavar=name.upper(), help=tr(f"cli.help.rule.{name}"))
    parser = group.add("remove", remove)
    parser.add_argument("name", metavar="RULE", help=tr("cli.help.rule.name"))
    parser = group.add("apply", apply)
    parser.add_argument("name", metavar="RULE", help=tr("cli.help.rule.name"))
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))


def list_rules(desk: Desk, options: argparse.Namespace) -> Outcome:
    """All rules, as they are typed and as formulas."""
    from app.services.pricing.own_rules import own_rules, typed_of

    rules = own_rules(desk.app.db)
    told = [{"name": name, **typed_of(rule), "text": rule.text} for name, rule in rules.items()]
    rows = [(one["name"], tr(f"price_rule.{one['kind']}"), one["text"]) for one in told]
    return Outcome({"rules": told}, table(rows) if rows else [tr("cli.rule.none")])


def keep_rule(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Keep a rule; one of the same name is replaced.

    Raises:
        BadOwnRule, BadPriceInput, NoPriceReaches, FormulaError.
    """
    from app.services.pricing.own_rules import own_rule, save_rule

    rule = own_rule(options.kind, **{name: getattr(options, name) for name in TYPED})
    name = save_rule(desk.app.db, options.name, rule)
    return Outcome({"rule": name, "text": rule.text}, [tr("cli.rule.kept", name=name, text=rule.text)])


def remove(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Forget a rule. Raises: NotFound."""
    from app.services.pricing.own_rules import remove_rule

    remove_rule(desk.app.db, options.name)
    return Outcome({"rule": options.name}, [tr("cli.rule.removed", name=options.name)])


def apply(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Set the prices of the listings the condition holds for, as one change. Raises: NotFound, as `edit`."""
    from app.services.listings.bulk_edit.edits import BulkEdit
    from app.services.listings.bulk_edit.operations import ChangeNumber
    from app.services.pricing.own_rules import own_rule_called

    store = desk.store(options.store)
    rule = own_rule_called(desk.app.db, options.name)
    wanted = BulkEdit((ChangeNumber("price_minor", "formula", formula=rule.text),))
    return edited(desk, wanted, matching_ids(desk, store.id, options.where), is_dry=options.dry_run)
