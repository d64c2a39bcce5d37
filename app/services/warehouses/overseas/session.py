"""Overseas builds as they run in the worker process: work one out, show pages of its grid, write it, let it go.

Builds are named by tokens; the newest few are kept. All functions are called by import path through
`app.services.worker`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from uuid import uuid4

from app.messages import Language, messages
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.bulk_edit.session import opened_database
from app.services.packages import Package, PackageReport, read_package
from app.services.paging import Query
from app.services.pricing.inputs import InputReader
from app.services.tasks import TaskContext
from app.services.warehouses.overseas.building import Place, Product
from app.services.warehouses.overseas.grid import GridLine, Spot, lines, spots_of
from app.services.warehouses.overseas.heading import CountryColumn, LinePlaces, country_columns
from app.services.warehouses.overseas.listing_build import (
    ListingsBuilt,
    apply_to_listings,
    listing_products,
    only_store,
)
from app.services.warehouses.overseas.listing_margins import earn_as_listed
from app.services.warehouses.overseas.margins import Terms
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.package_build import products_of
from app.services.warehouses.overseas.package_file import PackageBuilt, save_built
from app.services.warehouses.overseas.records import Finding, Offer
from app.services.warehouses.overseas.running import Built, prices_of, run_build
from app.services.warehouses.overseas.upload_sheet import write_upload_sheet
from app.services.workbooks import CellError

KEPT = 2
TOLD = 300
"""So many reports of one kind go to the window; their numbers are exact."""
CODES = 5_000
"""So many codes are offered where a person puts a row of the sheet right."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What is to be built: a data package, or listings (ids, or the filter they are chosen by)."""

    options: BuildOptions
    package: Path | None = None
    listings: tuple[int, ...] | Query = ()
    separator: str = ""


@dataclass(frozen=True, slots=True)
class BuildHead:
    """A build as the window knows it.

    Attributes:
        token: names it.
        name: of the package, "" for listings.
        counts: `products`, `variants` (home ones), `added`, `removed`, `missing`, `unmatched`, `errors`, `findings`,
            `changed` products, `virtual` codes, `blocked` products.
        checks: the eight checks, how often each found something.
        removed, missing, unmatched, findings, errors: the first of each.
        codes: what a row of the sheet may mean.
        columns: what stands above each country; `template`: the name of the template, "" without one.
        finding_lines, missing_lines: where each of those stands in the grid, None for nowhere.
    """

    token: str
    name: str
    countries: tuple[str, ...]
    counts: dict[str, int]
    checks: dict[str, int]
    removed: list[Place] = field(default_factory=list)
    missing: list[Place] = field(default_factory=list)
    unmatched: list[Offer] = field(default_factory=list)
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    columns: tuple[CountryColumn, ...] = ()
    template: str = ""
    finding_lines: list[int | None] = field(default_factory=list)
    missing_lines: list[int | None] = field(default_factory=list)


@dataclass(slots=True)
class _Kept:
    """A build with what it is written to; `store_id`: of all its listings, None for several or a package; `reader` of
    what listings are reckoned with, once it is needed."""

    db: Database
    built: Built
    terms: Terms
    spots: list[Spot]
    package: Package | None
    hashes: dict[int, str]
    store_id: int | None = None
    reader: InputReader | None = None


_builds: OrderedDict[str, _Kept] = OrderedDict()


def prepare(database: Path, request: BuildRequest, *, ctx: TaskContext) -> BuildHead:
    """Read and merge, and keep the result. Nothing is written.

    Raises:
        NothingToOffer, WorkbookError: it makes no sense.
        TaskCancelled: stopped.
    """
    db, options = opened_database(database), request.options
    package, hashes, store_id = None, dict[int, str](), None
    if request.package is not None:
        package = read_package(request.package, ctx, separator=request.separator)
        products = products_of(package)
    else:
        ids = _ids(db, request.listings, ctx)
        store_id = only_store(db, ids)
        products, hashes = listing_products(db, ids, ctx)
    head = _keep(db, products, replace(options, store_id=options.store_id or store_id), package, hashes, ctx)
    _builds[head.token].store_id = store_id
    return head


def again(token: str, options: BuildOptions, *, ctx: TaskContext) -> BuildHead:
    """The same products with other options, as a new build.

    Raises: as `prepare`; NotFound where the build is gone.
    """
    old = _kept(token)
    products = [
        Product(one.number, one.name, one.variants, one.problem, one.remarks) for one in old.built.build.products
    ]
    options = replace(options, store_id=options.store_id or old.store_id)
    head = _keep(old.db, products, options, old.package, old.hashes, ctx)
    _builds[head.token].store_id = old.store_id
    discard(token, ctx=ctx)
    return head


def page(token: str, first: int, count: int, *, ctx: TaskContext) -> list[GridLine]:
    """Lines of the grid by position. Raises: NotFound."""
    kept = _kept(token)
    if kept.package is not None:
        return lines(kept.built, kept.spots, first, count, kept.terms)
    found = lines(kept.built, kept.spots, first, count)
    with kept.db.reader.connect() as connection:
        kept.reader = kept.reader or InputReader.of(connection)
        earn_as_listed(kept.reader, connection, found, kept.spots, kept.built.options.template)
    return found


def write(token: str, out: str, *, ctx: TaskContext) -> PackageReport:
    """Write the package. Raises: as `save_built`, NotFound."""
    kept = _kept(token)
    assert kept.package is not None
    fresh = read_package(kept.package.path, ctx)  # the one in memory stays as it was, for another build
    return save_built(kept.db, PackageBuilt(fresh, kept.built), Path(out), ctx)


def apply(token: str, *, ctx: TaskContext) -> ListingsBuilt:
    """Store the listings' variants as one change. Raises: as `apply_to_listings`, NotFound."""
    kept = _kept(token)
    return apply_to_listings(kept.db, kept.built, kept.hashes, ctx)


def upload(token: str, out: str, language: Language, *, ctx: TaskContext) -> int:
    """Write the upload sheet. Returns: how many rows. Raises: as `write_upload_sheet`, NotFound."""
    kept, before = _kept(token), messages.language
    messages.language = language
    try:
        with kept.db.bulk() as connection:
            kept.built.book.keep(connection)
        return write_upload_sheet(kept.built, Path(out), ctx)
    finally:
        messages.language = before


def discard(token: str, *, ctx: TaskContext) -> None:
    """Let a build go. Safe to call twice."""
    _builds.pop(token, None)


def _ids(db: Database, wanted: Sequence[int] | Query, ctx: TaskContext) -> Sequence[int]:
    if not isinstance(wanted, Query):
        return wanted
    from app.services.listings.source import ListingSource

    return list(ListingSource(db).ids(wanted, ctx))


def _keep(
    db: Database,
    products: list[Product],
    options: BuildOptions,
    package: Package | None,
    hashes: dict[int, str],
    ctx: TaskContext,
) -> BuildHead:
    built = run_build(db, products, options, ctx)
    with db.reader.connect() as connection:
        terms = Terms.of(connection, None if options.template is None else options.template.discount_bp)
        built.prices = built.prices or prices_of(connection, products, built.coder)
    token, spots = uuid4().hex, spots_of(built)
    _builds[token] = _Kept(db, built, terms, spots, package, hashes)
    while len(_builds) > KEPT:
        _builds.popitem(last=False)
    return _head(token, built, spots, "" if package is None else package.name)


def _head(token: str, built: Built, spots: Sequence[Spot], name: str) -> BuildHead:
    build = built.build
    removed, missing, findings = list(build.removed()), list(build.missing()), list(build.findings())
    counts = {
        "products": len(build.products),
        "variants": len(spots),
        "added": build.added,
        "changed": len(build.changed),
        "removed": len(removed),
        "missing": len(missing),
        "unmatched": len(build.unmatched),
        "errors": len(build.errors),
        "findings": len(findings),
        "virtual": len(built.virtual),
        "problems": sum(bool(product.problem) for product in build.products),
    }
    codes = (build.products[place].variants[at].code for place, at in spots)
    places = LinePlaces(built, spots)
    template = built.options.template
    return BuildHead(
        token,
        name,
        build.countries,
        counts,
        build.checks(),
        removed[:TOLD],
        missing[:TOLD],
        build.unmatched[:TOLD],
        [(product.name, one) for product, one in findings[:TOLD]],
        build.errors[:TOLD],
        list(dict.fromkeys(islice(codes, CODES))),
        country_columns(built),
        "" if template is None else template.name,
        [places.line(product.number, one.code) for product, one in findings[:TOLD]],
        [places.line(one.product, one.code) for one in missing[:TOLD]],
    )


def _kept(token: str) -> _Kept:
    try:
        return _builds[token]
    except KeyError:
        raise NotFound("overseas.build_gone", noun="overseas_build", name=token) from None
