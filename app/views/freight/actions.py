"""The actions of the Freight templates tab."""

from __future__ import annotations

from app.views.actions import ActionSpec

ON_CURRENT = "palette.on_current"
ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("freight_trial", "freight.action.trial", "calculator", ("Ctrl+T",)),
    ActionSpec("new_template", "freight.action.new_template", "plus"),
    ActionSpec("new_tariff", "freight.action.new_tariff", "plus"),
    ActionSpec("edit_freight", "freight.action.edit", "edit", acts_on=ON_CURRENT),
    ActionSpec("copy_template", "freight.action.copy", "copy", acts_on=ON_CURRENT),
    ActionSpec("compare_templates", "freight.action.compare", "columns-3"),
    ActionSpec("replace_template", "freight.action.replace", "replace", acts_on=ON_CURRENT),
    ActionSpec("template_listings", "freight.action.listings", "tags", acts_on=ON_CURRENT),
    ActionSpec("freight_channels", "freight.action.channels", "adjustments-horizontal"),
    ActionSpec("match_templates", "freight.action.match", "wand"),
    ActionSpec("import_freight", "freight.action.import", "table-import"),
    ActionSpec("export_freight", "freight.action.export", "table-export"),
    ActionSpec("freight_table", "freight.action.table", "table-export"),
    ActionSpec("remove_freight", "freight.action.remove", "trash", acts_on=ON_CURRENT),
)
