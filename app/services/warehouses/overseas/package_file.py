"""A build on a data package: read, merged, written as a new package. The package that was read stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.services.codes.records import Component
from app.services.collection import without_collection
from app.services.db import Database
from app.services.errors import InputError
from app.services.packages import Package, PackageReport, read_package, save_package
from app.services.tasks import TaskContext
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.package_build import products_of, write_back
from app.services.warehouses.overseas.running import Built, run_build
from app.services.workbooks import check_kind


class SameFile(InputError):
    """The new package would be written over the one that was read (domain.md 8.3 step 1): `file`."""

    code = "overseas.same_file"


@dataclass(slots=True)
class PackageBuilt:
    """A package and the build over its products."""

    package: Package
    built: Built

    @property
    def virtual(self) -> dict[str, Sequence[Component]]:
        """Virtual codes that are new."""
        return dict(self.built.book.new)


def build_package(
    db: Database, path: Path, options: BuildOptions, *, separator: str = "", ctx: TaskContext | None = None
) -> PackageBuilt:
    """Read a package and merge its products. Nothing is written.

    Raises:
        NothingToOffer: neither sheet nor template.
        WorkbookError: package or sheet cannot be read.
        TaskCancelled: stopped.
    """
    ctx = ctx or TaskContext()
    package = read_package(path, ctx, separator=separator)
    with without_collection():
        products = products_of(package)
    return PackageBuilt(package, run_build(db, products, options, ctx))


def save_built(db: Database, one: PackageBuilt, out: Path, ctx: TaskContext | None = None) -> PackageReport:
    """Write the package with the merged products, and keep the virtual codes that are in it.

    Raises:
        SameFile: *out* is the package that was read.
        UnknownKind: *out* has another ending than a package has.
        BadVirtualCode: a new code was given to other goods meanwhile; nothing was written.
        WorkbookError: it cannot be written.
        TaskCancelled: stopped.
    """
    if out.resolve() == one.package.path.resolve():
        raise SameFile(file=out.name)
    check_kind(out, (".zip",))
    with without_collection():
        write_back(one.package, one.built.build, one.built.value_ids)
    with db.bulk() as connection:
        one.built.book.keep(connection)
        return save_package(one.package, out, ctx)
