"""The actions of the Listings tab; the shared ones (publish, export, fix) are in the window's table."""

from __future__ import annotations

from app.views.actions import SELECTION, ActionSpec, action_spec

ACTIONS: tuple[ActionSpec, ...] = (
    action_spec("publish"),
    ActionSpec("bulk_edit", "listings.action.bulk_edit", "edit", ("Ctrl+E",), acts_on=SELECTION),
    ActionSpec("replace_text", "listings.action.replace_text", "replace", ("Ctrl+H",), acts_on=SELECTION),
    ActionSpec("levels", "listings.action.levels", "list-check", ("F7",)),
    ActionSpec("groups", "listings.action.groups", "folder", ("Ctrl+G",), checkable=True),
    ActionSpec("put_into_group", "listings.action.put_into_group", "folder-open", ("Ctrl+Shift+G",), acts_on=SELECTION),
    action_spec("export"),
    ActionSpec("open_in_excel", "listings.action.open_in_excel", "file-spreadsheet", acts_on=SELECTION),
    action_spec("fix"),
    ActionSpec("save_template", "listings.action.save_template", "download"),
    ActionSpec("recheck", "listings.action.recheck", "shield-check", acts_on=SELECTION),
    ActionSpec("cover", "listings.action.cover", "copy"),
    ActionSpec("coverage", "listings.action.coverage", "list-check"),
    ActionSpec("findings", "listings.action.findings", "flag", ("Ctrl+Shift+K",), acts_on=SELECTION),
    ActionSpec("similar", "listings.action.similar", "copy", acts_on=SELECTION),
    ActionSpec("images", "listings.action.images", "photo", acts_on=SELECTION),
    ActionSpec("words", "listings.action.words", "list-check"),
    ActionSpec("tables", "listings.action.tables", "file-spreadsheet", ("Ctrl+Shift+T",)),
    ActionSpec("delist", "listings.action.delist", "ban"),
    ActionSpec("explain_price", "listings.action.explain_price", "calculator", ("Ctrl+Shift+P",)),
    ActionSpec("rates", "listings.action.rates", "currency-dollar"),
    ActionSpec("charts", "listings.action.charts", "activity"),
    ActionSpec("match_freight", "listings.action.match_freight", "truck-delivery", acts_on=SELECTION),
    ActionSpec("try_freight", "listings.action.try_freight", "calculator", acts_on="palette.on_current"),
    ActionSpec("virtual_codes", "listings.action.virtual_codes", "barcode"),
    ActionSpec("overseas", "listings.action.overseas", "building-warehouse", acts_on=SELECTION),
    ActionSpec("quarantine", "listings.action.quarantine", "shield-check"),
    ActionSpec("simulate", "listings.action.simulate", "list-check", acts_on=SELECTION),
    ActionSpec("price_rules", "listings.action.price_rules", "edit", acts_on=SELECTION),
    ActionSpec("hold", "listings.action.hold", "player-pause", acts_on=SELECTION),
    ActionSpec("release_hold", "listings.action.release_hold", "player-play", acts_on=SELECTION),
    ActionSpec("take_off_sale", "listings.action.take_off_sale", "ban", acts_on=SELECTION),
    ActionSpec("put_on_sale", "listings.action.put_on_sale", "upload", acts_on=SELECTION),
    ActionSpec("scheduled", "listings.action.scheduled", "alarm"),
    ActionSpec("publish_results", "listings.action.publish_results", "info-circle"),
)

CODE_AND_PRICE = ("virtual_codes", "explain_price", "rates", "charts", "quarantine", "simulate", "price_rules")
"""Actions about codes and prices, in the "…" menu."""
SALE = ("take_off_sale", "put_on_sale")
HOLD = ("hold", "release_hold")
ON_ROWS = (
    "publish",
    "bulk_edit",
    "put_into_group",
    "replace_text",
    "overseas",
    *SALE,
    *HOLD,
    "export",
    "open_in_excel",
    "recheck",
    "findings",
    "similar",
    "images",
)
"""Actions on rows, in the context menu."""
SELDOM = (
    "levels",
    "groups",
    "put_into_group",
    "open_in_excel",
    "replace_text",
    "similar",
    "images",
    "words",
    "cover",
    "coverage",
    "tables",
    "delist",
    "overseas",
    *SALE,
    *HOLD,
    "scheduled",
    "match_freight",
    "try_freight",
    *CODE_AND_PRICE,
    "save_template",
    "publish_results",
)
"""Actions of the "…" menu."""
