"""`fix`: the one-click remedy of a rule, for all listings of a store that break it."""

from __future__ import annotations

import argparse

from app.cli.commands.editing import edited
from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr


def add_to(commands: Commands) -> None:
    """Add `fix`."""
    parser = commands.add("fix", fix)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--rule", required=True, metavar="CODE", help=tr("cli.help.fix.rule"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))


def fix(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Fix what the last check found of a rule, as one change that can be undone.

    Raises:
        UsageError: no rule has this code, or it has no remedy that is clear.
        BadExpression, UnknownField, BadValue: the condition cannot be read.
    """
    from app.services.listings.bulk_edit.edits import BulkEdit
    from app.services.listings.bulk_edit.operations import FixFindings
    from app.services.listings.findings_overview import unsorted_listings, with_rule
    from app.services.listings.fixes import fixable_rules

    if options.rule not in fixable_rules():
        raise UsageError("cli.no_remedy", rule=options.rule, known=", ".join(sorted(fixable_rules())))
    store = desk.store(options.store)
    db = desk.app.db
    if old := unsorted_listings(db, (store.id,)):
        from app.services.compliance.recheck import recheck

        recheck(db, old)
    ids = with_rule(matching_ids(desk, store.id, options.where), options.rule, db)
    return edited(desk, BulkEdit((FixFindings(options.rule),)), list(ids), is_dry=options.dry_run)
