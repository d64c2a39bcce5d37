"""The practice listings: one row of `data/listings.json` becomes a product with variants and drawn pictures."""

from __future__ import annotations

from itertools import product as combinations
from random import Random
from typing import Any

from app.practice_market import categories
from app.practice_market.catalogue import load, stores
from app.practice_market.clock import DAY_MS, HOUR_MS
from app.practice_market.content.details import module_text
from app.practice_market.content.fields import cents, price_text
from app.practice_market.content.reading import DEFAULTS, MAIN_LOCALE, Record
from app.practice_market.pictures import SIDE, drawing_hash
from app.practice_market.products import Status, insert
from app.practice_market.storage import Storage

SEED = 20240611
VIEWS = 4
SHIPS = "ships"
OVERSEAS_FEE_CENTS = 260
LONG_REVIEW_MS = 3650 * DAY_MS
NO_VALUE = 201512802
ORIGIN_CHINA = 200100001
# Every n-th listing is not on sale, so that all four states occur.
STATES = {7: Status.OFF_SALE, 19: Status.IN_REVIEW, 26: Status.REJECTED}
PIECE, SET = 100000015, 100000017


def seed_listings(storage: Storage, moment_ms: int) -> None:
    """Create all practice listings in their states, some weeks old."""
    _seed(storage, moment_ms, load("listings")["rows"], Random(SEED))


def seed_neighbour(storage: Storage, moment_ms: int) -> None:
    """Create the listings of the colleague's store."""
    _seed(storage, moment_ms, load("neighbour")["rows"], Random(SEED + 1))


def _seed(storage: Storage, moment_ms: int, rows: list[list[Any]], dice: Random) -> None:
    data, all_stores = load("listings"), stores()
    for number, values in enumerate(rows, start=1):
        row = dict(zip(data["columns"], values, strict=True))
        store_id = all_stores[row["store"]]["store_id"]
        record = _record(row, data["marks"], dice)
        created_ms = moment_ms - dice.randint(20 * DAY_MS, 400 * DAY_MS) // 1000 * 1000
        _draw_later(storage, store_id, record.pop("drawings"), row["code"], created_ms)
        product_id = insert(storage, store_id, record, created_ms)
        _settle(storage, product_id, _status(number), moment_ms, dice)


def _status(number: int) -> Status:
    return next((status for step, status in STATES.items() if number % step == 0), Status.ON_SALE)


def _settle(storage: Storage, product_id: int, status: Status, moment_ms: int, dice: Random) -> None:
    """Put a listing into its state; one in review is held there as if a person had to look at it."""
    modified_ms = moment_ms - dice.randint(HOUR_MS, 20 * DAY_MS)
    is_off = status is Status.OFF_SALE
    storage.execute(
        "UPDATE product SET status = ?, review_from_ms = ?, modified_ms = ?, offline_ms = ?, offline_reason = ?"
        " WHERE product_id = ?",
        (
            status,
            moment_ms + LONG_REVIEW_MS if status is Status.IN_REVIEW else modified_ms,
            modified_ms,
            modified_ms if is_off else moment_ms + dice.randint(1, 29) * DAY_MS,
            dice.choice(("user_offline", "expire_offline")) if is_off else "",
            product_id,
        ),
    )


def _record(row: dict[str, Any], marks: dict[str, dict[str, str]], dice: Random) -> Record:
    colours = [marks["color"][mark] for mark in row["options"].get("color", ["GY"])]
    drawings = [f"{row['drawing']}:{colours[view % len(colours)]}:{view}" for view in range(VIEWS)]
    length, width, height = row["sides"]
    return {
        **DEFAULTS,
        "locale": MAIN_LOCALE,
        "category_id": row["category"],
        "subject_list": [{"locale": MAIN_LOCALE, "value": row["title"]}],
        "detail_source_list": [{"locale": MAIN_LOCALE, "web_detail": module_text(_detail(row)), "mobile_detail": ""}],
        "image_urls": [f"kf/{drawing_hash(drawing)}.jpg" for drawing in drawings],
        "drawings": drawings,
        "aeop_ae_product_propertys": _attributes(row),
        "aeop_ae_product_s_k_us": _skus(row, marks, dice),
        "group_ids": [row["group"]],
        "freight_template_id": row["template"],
        "delivery_time": dice.choice((3, 5, 5, 7)) if SHIPS not in row["options"] else 5,
        "product_unit": SET if " Set " in row["title"] else PIECE,
        "gross_weight": f"{row['grams'] / 1000:.3f}",
        "package_length": length,
        "package_width": width,
        "package_height": height,
    }


def _detail(row: dict[str, Any]) -> str:
    length, width, height = row["sides"]
    facts = f"<li>{row['grams']} g</li><li>{length} x {width} x {height} cm</li><li>{row['code']}</li>"
    return f"<h3>{row['title']}</h3><ul>{facts}</ul>"


def _attributes(row: dict[str, Any]) -> list[Record]:
    """No brand, the model, origin China, and the first value of whatever the category requires."""
    category = categories.tree()[row["category"]]
    found: list[Record] = [
        {"attr_name_id": 2, "attr_value_id": NO_VALUE},
        {"attr_name_id": 3, "attr_value": row["code"]},
        {"attr_name_id": 219, "attr_value_id": ORIGIN_CHINA},
    ]
    return found + [
        {"attr_name_id": item.attribute_id, "attr_value_id": next(iter(item.values))}
        for item in category.attributes
        if item.is_required
    ]


def _skus(row: dict[str, Any], marks: dict[str, dict[str, str]], dice: Random) -> list[Record]:
    """Every combination of the options; overseas ones cost more, have less stock and carry the country's mark."""
    options = {name: list(values) for name, values in row["options"].items()}
    if SHIPS in options:
        options[SHIPS] = ["CN", *options[SHIPS]]
    skus = []
    for chosen in combinations(*options.values()):
        picked = dict(zip(options, chosen, strict=True))
        is_overseas = picked.get(SHIPS, "CN") != "CN"
        stock = dice.randint(10, 60) if is_overseas else dice.choice((0, 1, 1, 1, 1, 1)) * dice.randint(40, 2400)
        skus.append(
            {
                "sku_code": _code(row["code"], picked),
                "sku_price": price_text(_price_cents(row, options, picked)),
                "sku_discount_price": None,
                "ipm_sku_stock": stock,
                "currency_code": "USD",
                "aeop_s_k_u_property": [_property(row, name, marks[name][mark]) for name, mark in picked.items()],
            }
        )
    if not any(sku["ipm_sku_stock"] for sku in skus):
        skus[0]["ipm_sku_stock"] = dice.randint(40, 2400)
    return skus


def _property(row: dict[str, Any], name: str, value: str) -> Record:
    attribute_id = load("attributes")[name]["id"]
    attribute = categories.tree()[row["category"]].attribute(attribute_id)
    assert attribute is not None, (row["code"], name)
    return {"sku_property_id": attribute_id, "property_value_id": attribute.value_named(value)}


def _code(base: str, picked: dict[str, str]) -> str:
    """`CB2210-BK2M_CES`: variants after a dash, packs as `*6`, the country last (domain.md 7)."""
    variant = "".join(mark for name, mark in picked.items() if name not in ("pieces", SHIPS))
    pieces, country = picked.get("pieces", "1"), picked.get(SHIPS, "CN")
    return (
        base
        + (f"-{variant}" if variant else "")
        + (f"*{pieces}" if pieces != "1" else "")
        + (f"_C{country}" if country != "CN" else "")
    )


def _price_cents(row: dict[str, Any], options: dict[str, list[str]], picked: dict[str, str]) -> int:
    amount = cents(row["price"])
    if "pieces" in picked:
        amount = round(amount * (0.25 + 0.75 * int(picked["pieces"]) / int(options["pieces"][0])))
    for name in ("length", "capacity", "dimension"):
        if name in picked:
            amount = round(amount * (1 + 0.18 * options[name].index(picked[name])))
    return amount + (OVERSEAS_FEE_CENTS if picked.get(SHIPS, "CN") != "CN" else 0)


def _draw_later(storage: Storage, store_id: int, drawings: list[str], code: str, moment_ms: int) -> None:
    """Enter pictures into the photobank; they are drawn when somebody looks at them."""
    rows = [
        (store_id, drawing_hash(drawing), f"{code}-{number}.jpg", SIDE, SIDE, moment_ms, drawing)
        for number, drawing in enumerate(drawings, start=1)
    ]
    storage.executemany(
        "INSERT OR IGNORE INTO image (store_id, hash, extension, name, group_id, width, height, size, created_ms,"
        " drawing) VALUES (?, ?, 'jpg', ?, '', ?, ?, 0, ?, ?)",
        rows,
    )
