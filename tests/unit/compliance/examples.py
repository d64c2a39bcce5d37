"""A listing with nothing wrong, and the store it belongs to; tests break one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages import Messages
from app.services.compliance.categories import CategoryFacts, CategoryTree
from app.services.compliance.checker import check, findings_of
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding, Label, finding_text, fix_text, group_text
from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.leaf import AttributeFacts
from app.services.compliance.rule_data import rule_data
from app.services.compliance.rules import GROUPS
from app.services.listings.records import ListingRecord, SkuRecord

LAMPS, LAMP_PARTS, CLOCKS, LIGHTING = "1001", "1002", "1003", "100"
HOME = "10"


def node(
    category_id: str, parent_id: str, en: str, zh: str, *above: tuple[str, str], leaf: bool = True
) -> CategoryFacts:
    """A category below *above*, which are pairs of English and Chinese names."""
    path_en, path_zh = (" > ".join(names) for names in zip(*above, (en, zh), strict=True))
    return CategoryFacts(category_id, parent_id, en, zh, path_en, path_zh, leaf)


_HOME, _LIGHTING = ("Home", "家居"), ("Lighting", "灯具")
TREE = CategoryTree(
    [
        node(HOME, "0", *_HOME, leaf=False),
        node(LIGHTING, HOME, *_LIGHTING, _HOME, leaf=False),
        node(LAMPS, LIGHTING, "Table lamps", "台灯", _HOME, _LIGHTING),
        node(LAMP_PARTS, LIGHTING, "Lamp parts", "台灯配件", _HOME, _LIGHTING),
        node(CLOCKS, HOME, "Clocks", "钟", _HOME),
    ]
)

COLOUR = AttributeFacts(
    "14",
    Label("颜色", "Color"),
    is_sku=True,
    allows_custom_name=True,
    position=1,
    values={"193": Label("黑色", "Black"), "29": Label("白色", "White"), "691": Label("灰色", "Gray")},
)
SHADE = AttributeFacts(
    "5",
    Label("尺码", "Size"),
    is_sku=True,
    position=2,
    values={"4": Label("S", "S"), "361386": Label("M", "M"), "361385": Label("L", "L")},
)
PLUG = AttributeFacts("136", Label("插头", "Plug Type"), is_sku=True, position=3, values={"7": Label("欧规", "EU")})
SHIPS_FROM = AttributeFacts(
    "200007763",
    Label("发货地", "Ships From"),
    is_sku=True,
    position=9,
    values={"201336100": Label("", "CHINA"), "201336104": Label("", "SPAIN")},
)
MATERIAL = AttributeFacts(
    "10",
    Label("材质", "Material"),
    is_required=True,
    position=0,
    values={"100006063": Label("陶瓷", "Ceramic"), "4": Label("其他", "Other")},
)
MODEL = AttributeFacts("3", Label("型号", "Model Number"), show_type="input", position=0)
BASE = AttributeFacts("200000137", Label("灯头类型", "Lamp base"), position=0, values={"1": Label("E27", "E27")})

ATTRIBUTES: Mapping[str, list[AttributeFacts]] = {
    LAMPS: [MATERIAL, MODEL, BASE, COLOUR, SHADE, PLUG, SHIPS_FROM],
    LAMP_PARTS: [MATERIAL, MODEL, COLOUR],
}

IMAGES = {
    f"/pictures/{number}.jpg": ImageFacts(f"/pictures/{number}.jpg", f"{number:064x}", 1000, 1000, 200_000, "JPEG")
    for number in range(1, 8)
}


def context(overrides: Mapping[str, Any] | None = None, **changes: Any) -> CheckContext:
    """The store of the examples; *changes* replace arguments of `CheckContext`."""
    made = CheckContext(
        **{
            "store_id": 1,
            "store_name": "Chenfan Digital",
            "templates": {"700126548": "小件普货", "700126549": "家居带灯"},
            "foreign_templates": {"700999999": "Amber Isle Home"},
            "groups": {"51": "灯具", "52": "卧室灯具"},
            "group_paths": {"51": "灯具", "52": "灯具 > 卧室灯具"},
            "foreign_groups": {"99": "Amber Isle Home"},
            "categories": TREE,
            "read_attributes": lambda category_id: ATTRIBUTES.get(category_id, ()),
            "rules": rule_data(overrides),
            **changes,
        }
    )
    made.images.learn(IMAGES)
    return made


def part(name_id: str = "14", value_id: str = "193", value: str = "Black", **more: str) -> dict[str, str]:
    """A sale property of a variant."""
    names = {"14": "Color", "5": "Size", "200007763": "Ships From", "136": "Plug Type"}
    return {
        "name": names.get(name_id, ""),
        "value": value,
        "name_id": name_id,
        "value_id": value_id,
        "image": "",
        **more,
    }


def sku(code: str = "LM4402-BK", **changes: Any) -> SkuRecord:
    """A variant with nothing wrong."""
    return SkuRecord(**{"id": None, "code": code, "price_minor": 1890, "stock": 120, "properties": [part()], **changes})


def listing(**changes: Any) -> ListingRecord:
    """A listing with nothing wrong; *changes* replace fields."""
    values: dict[str, Any] = {
        "id": 1,
        "store_id": 1,
        "title": "Bedside Table Lamp Dimmable Touch Control with Ceramic Base",
        "category_id": LAMPS,
        "freight_template_id": "700126548",
        "group_id": "51",
        "unit": "100000015",
        "handling_days": 5,
        "weight_g": 840,
        "length_cm": 24,
        "width_cm": 24,
        "height_cm": 38,
        "detail_html": '<p>A lamp for the bedside.</p><img src="https://ae01.alicdn.com/kf/lamp.jpg">',
        "attributes": [
            {"name_id": "10", "value_id": "100006063", "name": "Material", "value": "Ceramic"},
            {"name_id": "3", "value_id": "", "name": "Model Number", "value": "LM"},
        ],
        "skus": [sku(), sku("LM4402-WH", properties=[part(value_id="29", value="White")])],
        "images": ["/pictures/1.jpg", "/pictures/2.jpg"],
    }
    return ListingRecord(**{**values, **changes})


def findings(
    record: ListingRecord | None = None, *, using: CheckContext | None = None, **changes: Any
) -> list[Finding]:
    """Findings of the good listing with *changes*, or of *record*. Every sentence is written in both languages, and
    the quick looks must not have hidden anything.
    """
    record, using = record or listing(**changes), using or context()
    found = check(record, using)
    assert found == without_looks(record, using)
    for finding in found:
        for language in ("zh", "en"):
            texts = Messages(language)  # type: ignore[arg-type]
            assert finding_text(finding, texts) and group_text(finding.code, texts)
            if finding.fix is not None:
                assert fix_text(finding.fix, texts)
    return found


def without_looks(record: ListingRecord, using: CheckContext) -> list[Finding]:
    """What all rules that run say, none of them spared by a quick look."""
    rules = [rule for group in GROUPS for rule in group.rules if rule.code in using.severities]
    return [finding for rule in rules for finding in findings_of(rule, record, using)]


def codes(record: ListingRecord | None = None, *, using: CheckContext | None = None, **changes: Any) -> list[str]:
    """Codes of `findings`."""
    return [finding.code for finding in findings(record, using=using, **changes)]


def only(record: ListingRecord | None = None, *, using: CheckContext | None = None, **changes: Any) -> Finding:
    """The one finding there is."""
    found = findings(record, using=using, **changes)
    assert len(found) == 1, [finding.code for finding in found]
    return found[0]
