"""The names the Listings table can be narrowed to, as they are handed about; `choices` reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.listings.details import Choice


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Values in use, by name; a text nothing matched stands for itself."""

    categories: tuple[Choice, ...] = ()
    templates: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    import_runs: tuple[Choice, ...] = ()
    stores: tuple[Choice, ...] = ()
    tags: tuple[Choice, ...] = ()
    marketing_groups: tuple[Choice, ...] = ()
    services: tuple[Choice, ...] = ()
