"""What a bulk edit is for: listings, or single variants of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.db import Database
from app.services.listings.chosen import Chosen, chosen_ids
from app.services.listings.variant_source import VariantSource
from app.services.paging import Query
from app.services.tasks import TaskContext


@dataclass(frozen=True, slots=True)
class ChosenVariants:
    """Variants by id, or the filter of the table of variants: prices and stocks of no others change. What belongs to
    a listing is changed in every listing that has one of them."""

    skus: Sequence[int] | Query


Target = Chosen | ChosenVariants


def variant_ids(db: Database, chosen: ChosenVariants, ctx: TaskContext | None = None) -> Sequence[int]:
    """The variants of *chosen*. Raises: TaskCancelled, UnknownField, BadValue."""
    return VariantSource(db).ids(chosen.skus, ctx) if isinstance(chosen.skus, Query) else chosen.skus


def target_ids(db: Database, target: Target, ctx: TaskContext) -> tuple[Sequence[int], Sequence[int] | None]:
    """Listings of *target*, and of a target of variants these instead. Raises: as `variant_ids`."""
    if isinstance(target, ChosenVariants):
        return (), variant_ids(db, target, ctx)
    return chosen_ids(db, target, ctx), None
