"""A request as the market understands it: parameters from query, form and multipart merged, files apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from aiohttp.web_request import FileField

from app.practice_market.envelope import PLAIN, Gateway
from app.practice_market.refusals import Refusal
from app.practice_market.switches import Switches

LARGEST = 2**63 - 1
WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
SHOWN = 40  # characters of a wrong value that a refusal repeats


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file part of a multipart request."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One call before it is trusted.

    Attributes:
        gateway: the door.
        method: dotted name, or a path such as `/auth/token/create`.
        params: everything sent as text, `sign` included.
        files: file parts by parameter name.
        is_repeated_differently: a parameter came twice with different values; no signature can be right then.
    """

    gateway: Gateway
    method: str
    params: dict[str, str]
    files: dict[str, UploadedFile] = field(default_factory=dict)
    is_repeated_differently: bool = False

    @property
    def is_path(self) -> bool:
        """A path API: its path is signed in front and its errors stand at the root."""
        return self.method.startswith("/")

    @property
    def dialect(self) -> Gateway:
        """How errors are worded: SDKs also send path APIs to `/sync`, and get them answered like `/rest`."""
        return Gateway.REST if self.is_path else self.gateway

    @property
    def session(self) -> str:
        """The access token under either of its names."""
        return self.params.get("session") or self.params.get("access_token") or ""

    @property
    def is_xml(self) -> bool:
        """Whether the answer is XML: where it is asked for, and by default at the older gateway (1.5)."""
        default = "xml" if self.gateway is Gateway.TOP else "json"
        return not self.is_path and self.params.get("format", default) == "xml"

    @property
    def is_simplified(self) -> bool:
        """Whether plain lists without a wrapper were asked for."""
        return self.params.get("simplify", "").lower() == "true" and not self.is_xml


async def read_call(request: web.Request, gateway: Gateway, path: str = "") -> Call:
    """The call in an HTTP request; *path* is the API path of `/rest/...`.

    Parameters may sit anywhere and repeat themselves: one SDK sends `method` twice in the query
    (aliexpress-open-platform.md 1.2).
    """
    params: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    differs = _merge(params, request.query.items())
    if request.body_exists:
        form = await request.post()
        differs |= _merge(params, ((name, value) for name, value in form.items() if isinstance(value, str)))
        files = {name: _file(part) for name, part in form.items() if isinstance(part, FileField)}
    method = path or params.get("method", "")
    return Call(gateway, method, params, files, differs)


def _merge(params: dict[str, str], items: Iterable[tuple[str, str]]) -> bool:
    differs = False
    for name, value in items:
        differs |= params.setdefault(name, value) != value
    return differs


def _file(part: FileField) -> UploadedFile:
    with part.file as stream:
        return UploadedFile(part.filename or part.name, stream.read())


class Arguments:
    """Business parameters of a call, read by name and type.

    Raises:
        Refusal: `parameter.missing` where a required one is absent, `parameter.…` where it cannot be read.
    """

    def __init__(self, call: Call, switches: Switches = PLAIN) -> None:
        self._params = call.params
        self._forms = switches.nested_parameters
        self.files = call.files

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without *default* it is required."""
        value = self._params.get(name, "")
        if value:
            return value
        if default is None:
            raise Refusal("parameter.missing", name=name)
        return default

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number; without *default* it is required."""
        text = self.text(name, None if default is None else str(default))
        try:
            return whole(text)
        except ValueError as error:
            raise Refusal("parameter.value", name=name, value=error) from None

    def document(self, name: str) -> dict[str, Any]:
        """A JSON object sent as text; required."""
        value = _json(name, self.text(name))
        if not isinstance(value, dict):
            raise Refusal("parameter.object", name=name)
        return value

    def documents(self, name: str) -> list[dict[str, Any]]:
        """A JSON array of objects sent as text; required."""
        value = _json(name, self.text(name))
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Refusal("parameter.objects", name=name)
        return value

    def nested_or_flat(self, name: str) -> dict[str, Any]:
        """The JSON object *name*, or the flat parameters themselves: SDK generations differ (5.15).

        A form that is switched off is not looked at, as if nothing had been said.
        """
        if self._params.get(name) and self._forms != "flat":
            return self.document(name)
        return {} if self._forms == "nested" else dict(self._params)


def whole(text: str) -> int:
    """A whole number of the platform, 64 bits.

    Raises:
        ValueError: it is none, or too large.
    """
    if not WHOLE.fullmatch(text) or abs(int(text)) > LARGEST:
        raise ValueError(text[:SHOWN])
    return int(text)


def whole_numbers(name: str, value: Any) -> list[int]:
    """A list of whole numbers in either form of `scalars`.

    Raises:
        Refusal: `parameter.value`.
    """
    try:
        return [whole(text) for text in scalars(name, value)]
    except ValueError as error:
        raise Refusal("parameter.value", name=name, value=error) from None


def scalars(name: str, value: Any) -> list[str]:
    """A list of scalars as one SDK sends it (`1,2,3` or `1;2;3`) or the other (`[1,2,3]`), as text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json(name, value)
    if isinstance(value, list):
        return [str(item) for item in value]
    return [item.strip() for item in str(value or "").replace(";", ",").split(",") if item.strip()]


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal("parameter.value", name=name, value=error) from None
