"""How a method is declared, found, and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.practice_market.call import Arguments
from app.practice_market.context import Context
from app.practice_market.refusals import Refusal

Handler = Callable[[Context, Arguments], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FailureBody:
    """How a method says no inside a success body (aliexpress-open-platform.md 4.3).

    Attributes:
        flag: name of the boolean.
        code, text: names of the reason's fields.
        is_number: whether the code is an integer on the wire.
        level: the key around them, "" where they sit directly in the body.
    """

    flag: str
    code: str = "error_code"
    text: str = "error_message"
    is_number: bool = True
    level: str = "result"

    def body(self, refusal: Refusal) -> dict[str, Any]:
        """The body that reports *refusal*."""
        words = refusal.wording
        code: int | str = words.number if self.is_number else words.sub_code
        said = {self.flag: False, self.code: code, self.text: words.text}
        return {self.level: said} if self.level else said

    def decorated(self, body: dict[str, Any], fields: str) -> dict[str, Any]:
        """A good *body* with the reason's fields in it all the same: `zero`, or `misleading` ones (4.3)."""
        inner = body.get(self.level) if self.level else body
        if fields == "absent" or not isinstance(inner, dict):
            return body
        number, text = (0, "") if fields == "zero" else (13009999, "system error, please try again later")
        said = {self.code: number if self.is_number else str(number), self.text: text, **inner}
        return {**body, self.level: said} if self.level else said


@dataclass(frozen=True, slots=True)
class Method:
    """An API method.

    Attributes:
        name: dotted, or a path.
        handler: does the work.
        failure: how business refusals travel; None means code 15.
    """

    name: str
    handler: Handler
    failure: FailureBody | None


_methods: dict[str, Method] = {}


def method(name: str, failure: FailureBody | None = None) -> Callable[[Handler], Handler]:
    """Declare a handler as the API method *name*; a handler may serve several."""

    def register(handler: Handler) -> Handler:
        _methods[name] = Method(name, handler, failure)
        return handler

    return register


def find(name: str) -> Method:
    """The method called *name*.

    Raises:
        Refusal: `method.unknown`.
    """
    found = _methods.get(name)
    if found is None:
        raise Refusal("method.unknown", name=name)
    return found


def names() -> list[str]:
    """The names of all methods there are."""
    return list(_methods)
