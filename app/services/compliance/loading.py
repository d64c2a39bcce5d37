"""Reading what the checker has to know from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.models import Setting, Store
from app.services.codes.shortening import ShortCodes
from app.services.compliance.categories import CategoryFacts, CategoryTree
from app.services.compliance.context import AttributeReader, CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.image_facts import FactsReader, ImageFacts, host_of, is_remote
from app.services.compliance.leaf import AttributeFacts
from app.services.compliance.rule_data import rule_data
from app.services.compliance.twins import TwinReader, Twins, read_twins
from app.services.compliance.verdict_book import verdict_book
from app.services.compliance.word_lists import book_of
from app.services.errors import NotFound
from app.services.listings.holds import Hold, HoldReader, read_holds
from app.services.price_guard.reading import guard_book

SETTING = "compliance"
"""Name of the stored setting with the user's own limits and severities."""

CHUNK = 500

_CATEGORIES = (
    "SELECT category_id, parent_id, name_en, name_zh, path_en, path_zh, is_leaf FROM category WHERE gateway = :gateway"
)
_ATTRIBUTES = (
    "SELECT attribute_id, name_zh, name_en, is_required, is_sku, allows_custom_name, show_type, position, "
    '"values" FROM category_attribute WHERE gateway = :gateway AND category_id = :category_id'
)
_TEMPLATES = (
    "SELECT store_id, template_id, freight_template.name, store.name FROM freight_template "
    "JOIN store ON store.id = store_id"
)
_GROUPS = (
    "SELECT store_id, group_id, parent_id, product_group.name, store.name FROM product_group "
    "JOIN store ON store.id = store_id"
)
_SERVICES = "SELECT template_id, name FROM service_template WHERE store_id = :store_id"
_IMAGE_FACTS = (
    "SELECT source, image_file.sha256, width, height, byte_count, format, problem, modified_ms, dhash, tone, colours, "
    "orientation FROM image_file LEFT JOIN image_look ON image_look.sha256 = image_file.sha256"
)


def load_context(session: Session, store_id: int, settings: Mapping[str, Any] | None = None) -> CheckContext:
    """Everything `check` needs for listings of one store.

    Attributes of a category and facts about a picture are read when they are first asked for, also after *session*
    has ended; for many listings `learn_images` asks for all pictures at once.
    *settings* are the user's limits and severities; None takes the stored ones.

    Raises:
        NotFound: no such store.
        BadRuleSetting: a limit or severity that does not exist.
    """
    store = session.get(Store, store_id)
    if store is None:
        raise NotFound(noun="store", name=str(store_id))
    if settings is None:
        stored = session.get(Setting, SETTING)
        settings = stored.value if stored is not None else None
    templates, foreign_templates = _templates(session, store_id)
    groups, paths, foreign_groups = _groups(session, store_id)
    return CheckContext(
        store_id=store_id,
        store_name=store.name,
        templates=templates,
        foreign_templates=foreign_templates,
        groups=groups,
        group_paths=paths,
        foreign_groups=foreign_groups,
        services=dict(map(tuple, session.execute(text(_SERVICES), {"store_id": store_id}))),
        categories=load_categories(session, store.gateway),
        read_attributes=_attribute_reader(session, store.gateway),
        read_images=_image_reader(session),
        read_twins=_twin_reader(session),
        read_holds=_hold_reader(session),
        image_hosts=filter(None, [host_of(store.gateway)]),
        rules=(rules := rule_data(settings)),
        guard=guard_book(session, _Later(session), rules.limits.far_below_share),
        words=book_of(session, store_id),
        verdicts=verdict_book(session.connection(), store_id),
        short_codes=ShortCodes(_Later(session), store_id),
    )


def load_categories(session: Session | Connection, gateway: str) -> CategoryTree:
    """The category tree of a marketplace, as far as it was read."""
    return CategoryTree(_category(row) for row in session.execute(text(_CATEGORIES), {"gateway": gateway}))


def _category(row: Any) -> CategoryFacts:
    return CategoryFacts._make((*row[:6], bool(row[6])))


def _templates(session: Session, store_id: int) -> tuple[dict[str, str], dict[str, str]]:
    own, foreign = {}, {}
    for owner_id, template_id, name, store_name in session.execute(text(_TEMPLATES)):
        if owner_id == store_id:
            own[template_id] = name
        else:
            foreign[template_id] = store_name
    return own, foreign


def _groups(session: Session, store_id: int) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Own groups by id, their paths by id, and owners of foreign ones."""
    own, parents, foreign = {}, {}, {}
    for owner_id, group_id, parent_id, name, store_name in session.execute(text(_GROUPS)):
        if owner_id == store_id:
            own[group_id], parents[group_id] = name, parent_id
        else:
            foreign[group_id] = store_name
    return own, {group_id: _group_path(group_id, own, parents) for group_id in own}, foreign


def _group_path(group_id: str, names: Mapping[str, str], parents: Mapping[str, str]) -> str:
    path: list[str] = []
    seen: set[str] = set()
    while group_id in names and group_id not in seen:
        seen.add(group_id)
        path.append(names[group_id])
        group_id = parents[group_id]
    return " > ".join(reversed(path))


class _Later:
    """Sessions for reading later: the caller's own while it has a transaction, else a new one on its engine.

    A writer's pool has one connection only, so that a second one must not be asked for within its transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session, self._engine = session, session.get_bind().engine

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        if self._session.in_transaction():
            yield self._session
        else:
            with Session(self._engine) as session:
                yield session


def _attribute_reader(session: Session, gateway: str) -> AttributeReader:
    later = _Later(session)

    def read(category_id: str) -> list[AttributeFacts]:
        with later() as reading:
            rows = reading.execute(text(_ATTRIBUTES), {"gateway": gateway, "category_id": category_id})
            return [_attribute(row) for row in rows]

    return read


def _image_reader(session: Session) -> FactsReader:
    later = _Later(session)

    def read(sources: list[str]) -> dict[str, ImageFacts]:
        with later() as reading:
            return load_image_facts(reading, sources)

    return read


def _twin_reader(session: Session) -> TwinReader:
    later = _Later(session)

    def read(listing_ids: Sequence[int]) -> Mapping[int, Twins]:
        with later() as reading:
            return read_twins(reading, listing_ids)

    return read


def _hold_reader(session: Session) -> HoldReader:
    later = _Later(session)

    def read(listing_ids: Sequence[int] | None) -> Mapping[int, Hold]:
        with later() as reading:
            return read_holds(reading.connection(), listing_ids)

    return read


def _attribute(row: Any) -> AttributeFacts:
    values = orjson.loads(row[8]) if isinstance(row[8], str | bytes) else row[8] or []
    return AttributeFacts(
        attribute_id=row[0],
        label=Label(zh=row[1], en=row[2]),
        is_required=bool(row[3]),
        is_sku=bool(row[4]),
        allows_custom_name=bool(row[5]),
        show_type=row[6],
        position=row[7],
        values={value["id"]: Label(zh=value.get("zh") or "", en=value.get("en") or "") for value in values},
    )


def load_image_facts(session: Session, sources: Iterable[str]) -> dict[str, ImageFacts]:
    """What is stored about *sources*; pictures nobody has read are left out."""
    wanted = list(dict.fromkeys(sources))
    run, found = session.connection().exec_driver_sql, dict[str, ImageFacts]()
    for start in range(0, len(wanted), CHUNK):
        chunk = tuple(wanted[start : start + CHUNK])
        marks = ", ".join("?" * len(chunk))  # named ones, which have to be compiled, take longer than the answer
        found |= {row[0]: _image_facts(row) for row in run(f"{_IMAGE_FACTS} WHERE source IN ({marks})", chunk)}
    return found


def _image_facts(row: Any) -> ImageFacts:
    source, sha256, width, height, byte_count, kind, problem, modified_ms, dhash, tone, colours, orientation = row
    facts = ImageFacts(source, sha256, width, height, byte_count, kind, problem, modified_ms)
    if dhash is None:
        return facts
    return replace(facts, dhash=dhash, tone=tone, colours=orjson.loads(colours), orientation=orientation)


def learn_images(session: Session, context: CheckContext, sources: Iterable[str]) -> None:
    """Let *context* know what is stored about *sources*, all at once: before checking many listings."""
    wanted = [source for source in dict.fromkeys(sources) if not is_remote(source)]
    context.images.learn({**dict.fromkeys(wanted), **load_image_facts(session, wanted)})


def learn_twins(session: Session, context: CheckContext, listing_ids: Sequence[int]) -> None:
    """Let *context* know the twins of *listing_ids*, all at once: before checking many listings."""
    context.twins.learn(listing_ids, read_twins(session, listing_ids))
