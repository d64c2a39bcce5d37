"""What each method may be sent: names, kinds and counts of every parameter and every field inside it.

`data/shapes.json` holds the request shapes of aliexpress-open-platform.md 5, misspellings included: a field is its
kind ("int", "str", "bool", "map", "file", "any"), an object its fields, a list its element and, where one is
documented, the most it may hold. A misspelt field is the commonest silent loss, so it is refused here.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from app.practice_market.call import Call, scalars, whole
from app.practice_market.catalogue import load
from app.practice_market.refusals import Refusal
from app.practice_market.switches import Switches

SYSTEM = frozenset(
    [
        "app_key",
        "method",
        "session",
        "access_token",
        "timestamp",
        "sign",
        "sign_method",
        "format",
        "simplify",
        "v",
        "partner_id",
        "debug",
        "target_app_key",
    ]
)
ITEM_BY_ITEM = "mutiple_product_update_list"
"""Its products succeed or fail one by one, so each is checked in its turn (`check_item`)."""
Shape = dict[str, Any]


def check(call: Call, switches: Switches) -> None:
    """Let a call's business parameters pass.

    Raises:
        Refusal: `parameter...` or `schema...` for the first that is unknown, of the wrong kind or too long.
    """
    shape: Shape = load("shapes")[call.method]
    for name in call.files:
        if shape.get(name) != "file":
            raise Refusal("parameter.unknown", name=name)
    for name, text in call.params.items():
        if name in SYSTEM or not text:
            continue
        if name not in shape:
            if switches.unknown_parameters == "refused":
                raise Refusal("parameter.unknown", name=name)
            continue
        _check_parameter(name, text, shape[name], switches)


def check_item(document: Shape, method: str, switches: Switches) -> None:
    """Let one product of a batch call pass.

    Raises:
        Refusal: as `check`.
    """
    _check_value(document, load("shapes")[method][ITEM_BY_ITEM][0], "", switches)


def _check_parameter(name: str, text: str, kind: Any, switches: Switches) -> None:
    if isinstance(kind, list) and isinstance(kind[0], str):
        _check_scalars(name, text, kind, switches)
    elif kind == "int":
        try:
            whole(text)
        except ValueError as error:
            raise Refusal("parameter.value", name=name, value=error) from None
    elif kind == "bool" and text.lower() not in ("true", "false"):
        raise Refusal("parameter.value", name=name, value=text[:40])
    elif isinstance(kind, dict | list) or kind == "map":
        value = _parsed(name, text)
        if isinstance(kind, list) != isinstance(value, list):
            raise Refusal("parameter.objects" if isinstance(kind, list) else "parameter.object", name=name)
        if name != ITEM_BY_ITEM:
            _check_value(value, kind, "", switches)


def _check_scalars(name: str, text: str, kind: list[Any], switches: Switches) -> None:
    """A list of scalars, in the form of one SDK generation or the other (1.2)."""
    is_json = text.lstrip().startswith("[")
    if switches.list_parameters != "both" and is_json != (switches.list_parameters == "json"):
        raise Refusal("parameter.value", name=name, value=text[:40])
    found = scalars(name, text)
    if len(kind) > 1 and len(found) > kind[1]:
        raise Refusal("parameter.count", name=name, found=len(found))


def _parsed(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal("parameter.value", name=name, value=error) from None


def _check_value(value: Any, kind: Any, pointer: str, switches: Switches) -> None:
    if value in (None, "") or kind == "any":
        return
    if isinstance(kind, dict):
        _check_object(value, kind, pointer, switches)
    elif isinstance(kind, list):
        _check_list(value, kind, pointer, switches)
    else:
        _check_scalar(value, kind, pointer)


def _check_object(value: Any, kind: Shape, pointer: str, switches: Switches) -> None:
    if not isinstance(value, dict):
        raise Refusal("schema.type", pointer=pointer, expected="JSONObject")
    for key, part in value.items():
        if key in kind:
            _check_value(part, kind[key], f"{pointer}/{key}" if pointer else key, switches)
        elif switches.unknown_parameters == "refused":
            raise Refusal("schema.unknown", pointer=pointer, key=key)


def _check_list(value: Any, kind: list[Any], pointer: str, switches: Switches) -> None:
    if isinstance(kind[0], str) and not isinstance(value, list | dict):
        return  # lists of scalars also come as one text
    if not isinstance(value, list):
        raise Refusal("schema.type", pointer=pointer, expected="JSONArray")
    if len(kind) > 1 and len(value) > kind[1]:
        raise Refusal("schema.many", pointer=pointer, most=kind[1], found=len(value))
    for index, part in enumerate(value):
        _check_value(part, kind[0], f"{pointer}/{index}", switches)


def _check_scalar(value: Any, kind: str, pointer: str) -> None:
    if kind == "map":
        is_right = isinstance(value, dict)
    elif kind == "bool":
        is_right = isinstance(value, bool) or value in ("true", "false")
    elif kind == "int":
        is_right = not isinstance(value, bool | dict | list) and _is_whole(value)
    else:
        is_right = not isinstance(value, dict | list)
    if not is_right:
        names = {"map": "JSONObject", "bool": "Boolean", "int": "Integer"}
        raise Refusal("schema.type", pointer=pointer, expected=names.get(kind, "String"))


def _is_whole(value: Any) -> bool:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    return number.is_finite() and number == number.to_integral_value()
