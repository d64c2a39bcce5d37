"""Records with plain lists, whichever form the answer had (protocol reference 4.2)."""

from __future__ import annotations

from typing import Any


def plain_lists(record: dict[str, Any]) -> dict[str, Any]:
    """*record* with `{"element_key": […]}` replaced by the list, at every depth, unknown lists included.

    Where lists are wrapped, all are: one list beside other keys shows that the answer was simplified and that an
    object with a list as its only content is an object. Such a record is returned as it is.
    """
    return _unwrapped(record) if _all_wrapped(record) else record


def _is_wrapper(node: dict[str, Any]) -> bool:
    return len(node) == 1 and isinstance(next(iter(node.values())), list)


def _all_wrapped(node: Any) -> bool:
    if isinstance(node, list):
        return all(_all_wrapped(item) for item in node)
    if not isinstance(node, dict):
        return True
    if any(isinstance(value, list) for value in node.values()) and not _is_wrapper(node):
        return False
    return all(_all_wrapped(value) for value in node.values())


def _unwrapped(node: Any) -> Any:
    if isinstance(node, list):
        return [_unwrapped(item) for item in node]
    if not isinstance(node, dict):
        return node
    if _is_wrapper(node):
        return [_unwrapped(item) for item in next(iter(node.values()))]
    return {name: _unwrapped(value) for name, value in node.items()}
