"""Warehouse templates for the window. Everything here touches the disk: call it through the task runner."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.history.records import ChangeRecord
from app.services.warehouses.records import WarehouseTemplateRecord
from app.services.warehouses.template_sheet import TemplatesRead, read_templates, write_templates
from app.services.warehouses.templates import (
    TemplateAct,
    copy_template,
    delete_template,
    make_template,
    save_template,
)

if TYPE_CHECKING:
    from app.services.application import Application


@dataclass(frozen=True, slots=True)
class StoreChoices:
    """A store, and the freight templates its listings may take: (the platform's id, name)."""

    store_id: int
    name: str
    templates: list[tuple[str, str]] = field(default_factory=list)


class WarehouseDesk:
    """Reads and changes templates; each act is a change that can be undone."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def save(self, template: WarehouseTemplateRecord) -> TemplateAct:
        """Store a template. Raises: as `save_template`."""
        return save_template(self._app.db, template)

    def make(self, template: WarehouseTemplateRecord) -> TemplateAct:
        """Store a new template, by a free name. Raises: as `make_template`."""
        return make_template(self._app.db, template)

    def copy(self, template_id: int, name: str) -> TemplateAct:
        """A new template, else as another one. Raises: as `copy_template`."""
        return copy_template(self._app.db, template_id, name)

    def delete(self, template_id: int) -> ChangeRecord:
        """Remove a template. Raises: NotFound."""
        return delete_template(self._app.db, template_id)

    def export(self, path: Path) -> int:
        """Write all templates to a sheet. Raises: as `write_templates`."""
        return write_templates(self._app.db, path)

    def take(self, path: Path) -> TemplatesRead:
        """Store the templates of a sheet. Raises: as `read_templates`."""
        return read_templates(self._app.db, path)

    def stores(self) -> list[StoreChoices]:
        """The stores, with their freight templates."""
        with self._app.db.reader.connect() as connection:
            found = {
                number: StoreChoices(number, name)
                for number, name in connection.exec_driver_sql("SELECT id, name FROM store ORDER BY id")
            }
            for store_id, template_id, name in connection.exec_driver_sql(
                "SELECT store_id, template_id, name FROM freight_template WHERE store_id IS NOT NULL ORDER BY name"
            ):
                found[store_id].templates.append((template_id, name))
        return list(found.values())
