"""What ids are called in a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.services.compliance import load_context


@dataclass(slots=True)
class Names:
    """What ids are called in one store, as far as the name leads back to the id."""

    categories: dict[str, str]
    templates: dict[str, str]
    groups: dict[str, str]
    units: dict[str, str]
    services: dict[str, str]

    @classmethod
    def of(cls, session: Session, store_id: int) -> Names:
        """The names of a store."""
        context = load_context(session, store_id)
        rows = session.connection().exec_driver_sql(
            "SELECT category_id, path_en FROM category JOIN store USING (gateway) WHERE store.id = ?",
            (store_id,),
        )
        return cls(
            _leading_back({row[0]: row[1] for row in rows}, context.resolve_category),
            _leading_back(context.templates, context.resolve_freight_template),
            _leading_back(context.groups, context.resolve_group),
            {number: label.en for number, label in context.units.items()},
            _leading_back(context.services, context.resolve_service_template),
        )

    def by_column(self) -> dict[str, dict[str, str]]:
        """The names of each column that has ids, by the key of the column."""
        return {
            "category": self.categories,
            "freight_template": self.templates,
            "group": self.groups,
            "unit": self.units,
            "service_template": self.services,
        }


def _leading_back(names: dict[str, str], resolve: Callable[[str], str | None]) -> dict[str, str]:
    return {number: name for number, name in names.items() if resolve(name) == number}
