"""`similar`: listings of a store that look like the same item, and telling them apart."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.errors import InputError, NotFound
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.listings.similar.records import SimilarResult
    from app.services.listings.similar.showing import SimilarListing

SHOWN_GROUPS = 30
"""Groups a person is shown; `--json` gives all."""


def add_to(commands: Commands) -> None:
    """Add `similar`."""
    parser = commands.add("similar", similar)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--across", action="store_true", help=tr("cli.help.similar.across"))
    parser.add_argument("--title-share", type=float, metavar="SHARE", help=tr("cli.help.similar.title_share"))
    parser.add_argument("--pictures", action="store_true", help=tr("cli.help.similar.pictures"))
    parser.add_argument("--not-same", nargs="+", metavar="KEY", help=tr("cli.help.similar.not_same"))


def similar(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Find groups of similar listings; with `--not-same`, remember that these listings are different items.

    Raises:
        NotFound: no such store or listing.
        InputError: a share that is none, or a single key.
    """
    from app.services.listings.similar.records import TITLE_SHARE, SimilarOptions
    from app.services.listings.similar.search import find_similar, look_at_main_pictures

    store = desk.store(options.store)
    if options.not_same:
        return _tell_apart(desk, store.id, options.not_same)
    share = TITLE_SHARE if options.title_share is None else options.title_share
    if not 0 < share <= 1:
        raise InputError("similar.bad_share", value=str(options.title_share))
    wanted = SimilarOptions(() if options.across else (store.id,), options.across, share)
    ctx = TaskContext()
    if options.pictures:
        look_at_main_pictures(desk.app.db, wanted.store_ids, ctx)
    result = find_similar(desk.app.db, wanted, ctx)
    return _outcome(desk, result)


def _tell_apart(desk: Desk, store_id: int, keys: Sequence[str]) -> Outcome:
    from app.services.compliance.recheck import recheck
    from app.services.listings.apart import MOST_LISTINGS, all_pairs, tell_apart

    ids = [_listing(desk, store_id, key) for key in dict.fromkeys(keys)]
    if not 2 <= len(ids) <= MOST_LISTINGS:
        raise InputError("similar.too_few", most=MOST_LISTINGS)
    change = tell_apart(desk.app.db, all_pairs(ids))
    recheck(desk.app.db, ids)
    told = {"listings": len(ids), "change": change.uid if change is not None else None}
    return Outcome(told, [tr("cli.similar.told_apart", n=len(ids))])


def _listing(desk: Desk, store_id: int, key: str) -> int:
    """The listing of a store by its key or product id."""
    with desk.app.db.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT id FROM listing WHERE store_id = ?1 AND (product_key = ?2 OR product_id = ?2) ORDER BY id LIMIT 1",
            (store_id, key),
        ).scalar()
    if found is None:
        raise NotFound(noun="listing", name=key)
    return int(found)


def _outcome(desk: Desk, result: SimilarResult) -> Outcome:
    from app.services.listings.similar.showing import listings_of

    ids = [number for group in result.groups for number in group.listing_ids]
    known = {one.id: one for one in listings_of(desk.app.db, ids)}
    groups: list[dict[str, Any]] = [
        {
            "why": [str(why) for why in group.whys],
            "score": round(group.score, 3),
            "shares": {str(why): round(share, 3) for why, share in zip(group.whys, group.shares, strict=True)},
            "live": group.live,
            "listings": [_object(known[number]) for number in group.listing_ids if number in known],
        }
        for group in result.groups
    ]
    told = {"looked_at": result.looked_at, "similar": result.listings, "unseen": result.unseen, "groups": groups}
    return Outcome(told, _lines(told))


def _object(one: SimilarListing) -> dict[str, Any]:
    return {
        "listing": one.key or one.product_id or str(one.id),
        "id": one.id,
        "store": one.store,
        "product_id": one.product_id,
        "title": one.title,
        "status": one.status,
        "codes": list(one.codes),
    }


def _lines(told: dict[str, Any]) -> list[str]:
    lines = []
    for group in told["groups"][:SHOWN_GROUPS]:
        whys = tr("table.list_separator").join(tr(f"similar.why.{why}") for why in group["why"])
        lines.append(f"{whys} · {group['score']:.0%}")
        for one in group["listings"]:
            status = tr(f"status.listing.{one['status']}")
            lines.append(f"  {one['listing']} · {status} · {one['title']}")
    if len(told["groups"]) > SHOWN_GROUPS:
        lines.append(tr("cli.more", n=len(told["groups"]) - SHOWN_GROUPS))
    lines.append(tr("cli.similar.found", n=told["looked_at"], groups=len(told["groups"]), similar=told["similar"]))
    return lines
