"""The search for similar listings over one store or all of them: reads columns, compares, puts pairs into groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from app.services.codes.known import virtual_codes
from app.services.codes.rules import CodeRules
from app.services.compliance.alike import tones_near
from app.services.compliance.image_facts import is_remote
from app.services.db import Database
from app.services.images.stored_looks import refresh_looks
from app.services.listings.apart import pairs_apart
from app.services.listings.chosen import Chosen, chosen_ids
from app.services.listings.loading import chunks, id_list
from app.services.listings.similar.codes import Items, shared_codes, too_many_packs
from app.services.listings.similar.grouping import grouped
from app.services.listings.similar.looks import near_looks
from app.services.listings.similar.pairing import Pairing
from app.services.listings.similar.records import Pair, SimilarGroup, SimilarOptions, SimilarResult, Why
from app.services.listings.similar.titles import near_titles
from app.services.tasks import TaskContext

READING = "similar.reading"
_LISTINGS = "SELECT id, store_id, title_folded, product_id IS NOT NULL FROM listing WHERE status <> 'off'{stores}"
_CODES = (
    "SELECT listing_id, match_key FROM sku WHERE match_key <> '' "
    "AND listing_id IN (SELECT id FROM listing WHERE status <> 'off'{stores})"
)
_PICTURES = """
SELECT image.listing_id, image.source, coalesce(nullif(file.sha256, ''), uploaded.sha256, ''), look.dhash, look.tone
FROM listing JOIN image ON image.listing_id = listing.id AND image.position = 0
LEFT JOIN image_file AS file ON file.source = image.source
LEFT JOIN uploaded_image AS uploaded ON uploaded.store_id = listing.store_id AND uploaded.url = image.source
LEFT JOIN image_look AS look ON look.sha256 = coalesce(nullif(file.sha256, ''), uploaded.sha256)
WHERE listing.status <> 'off'{stores}
"""

_SOURCES = (
    "SELECT DISTINCT source FROM image WHERE position = 0 "
    "AND listing_id IN (SELECT id FROM listing WHERE status <> 'off'{stores})"
)


@dataclass(slots=True)
class _Shop:
    """What is compared, by listing."""

    store: dict[int, int] = field(default_factory=dict)
    title: dict[int, str] = field(default_factory=dict)
    live: set[int] = field(default_factory=set)
    codes: dict[int, frozenset[str]] = field(default_factory=dict)
    picture: dict[int, str] = field(default_factory=dict)
    look: dict[int, int] = field(default_factory=dict)
    tone: dict[int, str] = field(default_factory=dict)
    unseen: int = 0


def search(
    database: Path,
    options: SimilarOptions,
    chosen: Chosen | None = None,
    looks_first: bool = False,
    *,
    ctx: TaskContext,
) -> SimilarResult:
    """`find_similar` for the worker process, which opens the database itself.

    Args:
        chosen: the listings in focus, ids or the filter itself; None for none in particular.
        looks_first: look into main pictures nobody looked into, so that copies in another size are found, too.

    Raises:
        TaskCancelled: stopped.
    """
    db = Database(database)
    try:
        if chosen is not None:
            ids = chosen_ids(db, chosen, ctx)
            if not len(ids):
                return SimilarResult((), 0, 0)
            options = _focused(db, options, ids)
        if looks_first:
            look_at_main_pictures(db, options.store_ids, ctx)
        return find_similar(db, options, ctx)
    finally:
        db.dispose()


def _focused(db: Database, options: SimilarOptions, ids: Sequence[int]) -> SimilarOptions:
    """*options* about these listings; without looking across, only their own stores are read."""
    stores = options.store_ids
    if not options.is_across:
        with db.reader.connect() as connection:
            sql = "SELECT DISTINCT store_id FROM listing WHERE id IN ({})"
            asked = [connection.exec_driver_sql(sql.format(id_list(chunk))).scalars() for chunk in chunks(ids)]
            stores = tuple(sorted({number for found in asked for number in found}))
    return replace(options, store_ids=stores, focus=frozenset(ids))


def find_similar(db: Database, options: SimilarOptions, ctx: TaskContext | None = None) -> SimilarResult:
    """Groups of listings that look like the same item; those off sale and pairs told apart are left out.

    Raises:
        TaskCancelled: stopped.
    """
    ctx = ctx or TaskContext()
    with db.read() as session:
        connection = session.connection()
        shop = _read(connection, options, ctx)
        apart = pairs_apart(connection)
        items = Items(CodeRules(virtual=virtual_codes(connection)))
    wanted = _Wanted(shop, options, apart)
    pairs = [pair for pair in _pairs(shop, options, items, ctx) if wanted(pair)]
    return SimilarResult(tuple(_titled(db, grouped(pairs, shop.live))), len(shop.store), shop.unseen)


def _titled(db: Database, groups: Sequence[SimilarGroup]) -> list[SimilarGroup]:
    """The groups with the titles of their heads."""
    titles: dict[int, str] = {}
    with db.reader.connect() as connection:
        for chunk in chunks(group.head for group in groups):
            sql = f"SELECT id, title FROM listing WHERE id IN ({id_list(chunk)})"
            titles.update(map(tuple, connection.exec_driver_sql(sql)))
    return [replace(group, title=titles.get(group.head, "")) for group in groups]


def look_at_main_pictures(db: Database, store_ids: Sequence[int], ctx: TaskContext) -> None:
    """Look into main pictures nobody looked into yet, so that copies in another size are found, too.

    Raises:
        TaskCancelled: stopped; what was looked at until then is stored.
    """
    inside = ",".join(str(int(number)) for number in store_ids)
    stores = f" AND store_id IN ({inside})" if inside else ""
    with db.read() as session:
        sources = list(session.connection().exec_driver_sql(_SOURCES.format(stores=stores)).scalars())
    refresh_looks(db, sources, ctx)


def _read(connection: Connection, options: SimilarOptions, ctx: TaskContext) -> _Shop:
    inside = ",".join(str(int(number)) for number in options.store_ids)
    stores = f" AND store_id IN ({inside})" if inside else ""
    shop = _Shop()
    ctx.report(0, None, note=READING)
    for number, store_id, title, is_live in connection.exec_driver_sql(_LISTINGS.format(stores=stores)):
        shop.store[number], shop.title[number] = store_id, title
        if is_live:
            shop.live.add(number)
    ctx.checkpoint()
    keys: dict[int, list[str]] = {}
    for number, key in connection.exec_driver_sql(_CODES.format(stores=stores)):
        keys.setdefault(number, []).append(key)
    shop.codes = {number: frozenset(found) for number, found in keys.items()}
    ctx.checkpoint()
    of_listing = stores.replace("store_id", "listing.store_id")
    for number, source, sha256, dhash, tone in connection.exec_driver_sql(_PICTURES.format(stores=of_listing)):
        shop.picture[number] = sha256 or source
        if dhash:
            shop.look[number], shop.tone[number] = int(dhash, 16), tone
        shop.unseen += dhash is None and not is_remote(source)
    ctx.checkpoint()
    return shop


def _pairs(shop: _Shop, options: SimilarOptions, items: Items, ctx: TaskContext) -> Iterator[Pair]:
    places = dict.fromkeys(shop.store, 0) if options.is_across else shop.store
    pairing = Pairing(places, shop.live)
    whys = options.whys
    if Why.CODES in whys:
        for one, other, share in shared_codes(shop.codes, pairing):
            yield Pair(one, other, Why.CODES, share)
    if Why.PACKS in whys:
        for numbers in too_many_packs(shop.codes, places, items):
            yield from (Pair(one, other, Why.PACKS, 1.0) for one, other in pairing.among(numbers))
    ctx.checkpoint()
    yield from _alike_pictures(shop, options, pairing)
    if Why.TITLE in whys:
        for ones, others, score in near_titles(shop.title, options.title_share, ctx, options.focus):
            for one, other in pairing.between(ones, others) if others else pairing.among(ones):
                yield Pair(one, other, Why.TITLE, score)


def _alike_pictures(shop: _Shop, options: SimilarOptions, pairing: Pairing) -> Iterator[Pair]:
    whys = options.whys
    if Why.PICTURE in whys:
        same: dict[str, list[int]] = {}
        for number, picture in shop.picture.items():
            same.setdefault(picture, []).append(number)
        for numbers in same.values():
            yield from (Pair(one, other, Why.PICTURE, 1.0) for one, other in pairing.among(numbers))
    if Why.LOOK in whys:
        for ones, others, score in near_looks(shop.look, options.picture_bits, options.focus):
            for one, other in pairing.between(ones, others) if others else pairing.among(ones):
                if shop.picture[one] != shop.picture[other] and tones_near(shop.tone[one], shop.tone[other]):
                    yield Pair(one, other, Why.LOOK, score)


class _Wanted:
    """Whether a pair counts."""

    def __init__(self, shop: _Shop, options: SimilarOptions, apart: set[tuple[int, int]]) -> None:
        self._shop, self._options, self._apart = shop, options, apart

    def __call__(self, pair: Pair) -> bool:
        focus = self._options.focus
        if (pair.one, pair.other) in self._apart:
            return False
        if not focus:
            return True
        return any(
            one in focus and (self._options.with_drafts or other in focus or other in self._shop.live)
            for one, other in ((pair.one, pair.other), (pair.other, pair.one))
        )
