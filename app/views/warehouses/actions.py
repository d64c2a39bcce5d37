"""Actions of the Warehouse templates tab."""

from __future__ import annotations

from app.views.actions import ActionSpec

CURRENT = "palette.on_current"

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("overseas_build", "warehouses.action.build", "wand", acts_on=CURRENT),
    ActionSpec("new_warehouse", "warehouses.action.new", "plus"),
    ActionSpec("copy_warehouse", "warehouses.action.copy", "copy", acts_on=CURRENT),
    ActionSpec("delete_warehouse", "warehouses.action.delete", "trash", acts_on=CURRENT),
    ActionSpec("export_warehouses", "warehouses.action.export", "table-export"),
    ActionSpec("import_warehouses", "warehouses.action.import", "table-import"),
)
