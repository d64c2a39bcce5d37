"""The switches: what the practice market does wrong on purpose, one document that a file or HTTP can change.

Every behaviour of aliexpress-open-platform.md 7 has at least one (`data/behaviours.json` says which); the defaults
are the documented behaviour without any trouble.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.practice_market.catalogue import rules

Rate = float | dict[str, float]
CREATES = (
    "aliexpress.offer.product.post",
    "aliexpress.postproduct.redefining.postaeproduct",
    "aliexpress.solution.product.post",
    "aliexpress.solution.schema.product.instance.post",
)
MONTH_S = 30 * 86_400
YEAR_S = 365 * 86_400


def _default_qps() -> dict[str, float]:
    return {**dict.fromkeys(CREATES, 100.0), "*": 2000.0}


@dataclass(slots=True)
class Switches:
    """Everything that can be switched; a method pattern is a name with `*`.

    Attributes:
        seed: of all draws.
        latency_ms: waiting time before the answer, one number or by method pattern.
        rates: share of calls that meet a fault (keys of `faults.KINDS`), one number or by method pattern; calls of
            `/auth/token/...` only meet those whose pattern begins with a slash.
        script: exact faults: `{"method", "fault", "skip": 0, "times": 1}`; come before `rates`.
        error_status: HTTP status of refusals, 200 on the real platform.
        code_15: whether the code of business refusals is `text` ("15") or a `number`.
        error_fields: in good bodies with a success flag: `absent`, `zero`, or `misleading` (a code and a text).
        simplified_wrapper: whether a simplified answer keeps the wrapper key.
        empty_lists: `missing` or `empty`; absent_values: `missing` or `null`.
        one_item_lists: `list`, or `collapsed` into the item as XML converters do.
        names: of categories and attributes: JSON `text` or a real `object`.
        order_zone: zone of order times, in and out; product_zone_h: hours from UTC of product times.
        finished_hidden: whether an order query without status leaves out `FINISH`.
        order_span_days, finished_span_days: the longest spans of an order query.
        nested_parameters, list_parameters: which forms are taken: `both`, `nested` or `flat`; `both`, `comma`, `json`.
        audit_delay_s: from submission to verdict.
        audit_reject_share: share of reviews that end in `editingRequired`, 0 to 1.
        audit_reject_words: words in a title that a review refuses, whole words, any case.
        duplicates_rejected: whether a review refuses a listing with title and codes of an earlier one of the store.
        edits_refused_in_audit: whether a listing in review may not be edited.
        promotion_share, promotion_products: which listings a promotion locks.
        punished_products: listings that are punished and locked.
        batch_failure_share: share of the products of a batch or feed that fail though nothing is wrong with them.
        missing_discount: what a price without `discount_price` does to the discount: `erased` or `kept`.
        full_edit: what a full edit does to what it omits: `replaces` or `merges`.
        detail_names: names in details: as `read` or as `written`.
        missing_sku_share: share of detail answers without SKUs.
        qps: calls a second per API and app by method pattern; 0 or no pattern means no limit.
        api_qps, seller_qps: the same for an API over all apps, and for a seller.
        ban_s: how long a caller is refused after going over a limit.
        daily_quota: calls per app and Beijing day, 0 means no limit.
        clock_skew_s: how far the platform's clock is ahead of the right time, when it judges timestamps.
        timestamp_tolerance_s: how far a timestamp may be off, 0 means the documented tolerance of each gateway.
        empty_values: how empty parameters must have been signed: `either`, `signed` or `dropped`.
        token_lifetime_s, refresh_lifetime_s: counted from issue, so they act on tokens already given out.
        code_lifetime_s: of an authorisation code.
        refresh_revokes: whether a refresh kills the tokens it replaces.
        duplicate_codes: a merchant code twice in a product: `refused` or `accepted`.
        large_ids: whether feed jobs have ids above 2^53 and negative templates are listed.
        foreign_images: `trusted`: an address outside the photobank counts as reachable; `refused`.
        unreachable_hosts: hosts whose pictures cannot be fetched, `*` allowed.
        image_bytes_max, image_pixels_max: what the photobank takes.
        feed_delay_s: from submission to the first item; feed_item_ms: from item to item.
        feed_results: `shuffled` or in the order `kept`.
        feeds_per_day: per operation type and seller.
        feed_ids_idempotent: whether an item id that succeeded before is answered from memory.
        shipments_checked: whether declarations are checked against status, carrier and earlier ones.
        product_limit: listings a store may have.
        forbidden_categories: ids that need a permission nobody has.
        forbidden_methods: patterns an app may not call, `<store id>:<pattern>` for one store only.
        foreign_templates: templates of another store: `refused` or `accepted`.
        handling_days_max: highest `delivery_time` (7 in newer texts, 60 in older ones: domain.md 5.1).
        unknown_parameters: parameters and fields nobody documented: `refused` or `ignored`.
    """

    seed: int = 1
    latency_ms: Rate = 0.0
    rates: dict[str, Rate] = field(default_factory=dict)
    script: list[dict[str, Any]] = field(default_factory=list)
    error_status: int = 200
    code_15: str = "text"
    error_fields: str = "absent"
    simplified_wrapper: bool = False
    empty_lists: str = "missing"
    absent_values: str = "missing"
    one_item_lists: str = "list"
    names: str = "text"
    order_zone: str = "America/Los_Angeles"
    product_zone_h: float = 8.0
    finished_hidden: bool = True
    order_span_days: int = 180
    finished_span_days: int = 30
    nested_parameters: str = "both"
    list_parameters: str = "both"
    audit_delay_s: float = 1.5
    audit_reject_share: float = 0.0
    audit_reject_words: list[str] = field(default_factory=lambda: list(rules()["audit_reject_words"]))
    duplicates_rejected: bool = False
    edits_refused_in_audit: bool = True
    promotion_share: float = 0.0
    promotion_products: list[int] = field(default_factory=list)
    punished_products: list[int] = field(default_factory=list)
    batch_failure_share: float = 0.0
    missing_discount: str = "erased"
    full_edit: str = "replaces"
    detail_names: str = "read"
    missing_sku_share: float = 0.0
    qps: dict[str, float] = field(default_factory=_default_qps)
    api_qps: dict[str, float] = field(default_factory=dict)
    seller_qps: dict[str, float] = field(default_factory=dict)
    ban_s: float = 1.0
    daily_quota: int = 0
    clock_skew_s: float = 0.0
    timestamp_tolerance_s: float = 0.0
    empty_values: str = "either"
    token_lifetime_s: float = MONTH_S
    refresh_lifetime_s: float = YEAR_S
    code_lifetime_s: float = 1800.0
    refresh_revokes: bool = False
    duplicate_codes: str = "refused"
    large_ids: bool = True
    foreign_images: str = "trusted"
    unreachable_hosts: list[str] = field(default_factory=list)
    image_bytes_max: int = 3 * 1024 * 1024
    image_pixels_max: int = 5000
    feed_delay_s: float = 1.0
    feed_item_ms: float = 1.0
    feed_results: str = "shuffled"
    feeds_per_day: int = 150
    feed_ids_idempotent: bool = False
    shipments_checked: bool = True
    product_limit: int = 200_000
    forbidden_categories: list[int] = field(default_factory=list)
    forbidden_methods: list[str] = field(default_factory=list)
    foreign_templates: str = "refused"
    handling_days_max: int = 60
    unknown_parameters: str = "refused"


CHOICES = {
    "code_15": ("text", "number"),
    "error_fields": ("absent", "zero", "misleading"),
    "empty_lists": ("missing", "empty"),
    "absent_values": ("missing", "null"),
    "one_item_lists": ("list", "collapsed"),
    "names": ("text", "object"),
    "nested_parameters": ("both", "nested", "flat"),
    "list_parameters": ("both", "comma", "json"),
    "missing_discount": ("erased", "kept"),
    "full_edit": ("replaces", "merges"),
    "detail_names": ("read", "written"),
    "empty_values": ("either", "signed", "dropped"),
    "duplicate_codes": ("refused", "accepted"),
    "foreign_images": ("trusted", "refused"),
    "feed_results": ("shuffled", "kept"),
    "foreign_templates": ("refused", "accepted"),
    "unknown_parameters": ("refused", "ignored"),
}
TEXT_LISTS = ("audit_reject_words", "unreachable_hosts", "forbidden_methods")
SIGNED = ("clock_skew_s", "product_zone_h")
STATUSES = (200, 599)
MOST = {
    **dict.fromkeys(("audit_reject_share", "promotion_share", "batch_failure_share", "missing_sku_share"), 1.0),
    "product_zone_h": 14.0,
}
LARGEST = 1e10
"""The largest number here. In seconds 300 years: much beyond, dates could not be written any more."""
SHOWN = 60  # characters of a wrong value that are repeated
DEFAULTS: dict[str, Any] = asdict(Switches())
WHOLE = frozenset(known.name for known in fields(Switches) if known.type == "int")


ALLOWED = {
    "whole": "a whole number from {least} to {most}",
    "number": "a number from {least} to {most}",
    "choice": "one of {known}",
    "yes_no": "true or false",
    "texts": "a list of texts",
    "wholes": "a list of whole numbers",
    "zone": "a time zone such as Asia/Shanghai",
    "shares": "an object of shares by kind of fault",
    "fault": "a kind of fault: {known}",
    "steps": "a list of steps",
    "step": "an object with method and fault, and perhaps skip and times",
    "by_method": "an object of numbers by method pattern",
}
"""What a switch can be, as `BadSwitch` says it."""


class NoSwitches(ValueError):
    """What should be an object of switches is none."""

    def __init__(self) -> None:
        super().__init__("faults must be an object of switches and their values")


class UnknownSwitch(ValueError):
    """There is no switch called `name`; `near` is one that looks like it, or ""."""

    def __init__(self, name: str) -> None:
        self.name, self.near = name[:SHOWN], next(iter(get_close_matches(name, DEFAULTS, 1)), "")
        meant = f"; did you mean {self.near!r}?" if self.near else ""
        super().__init__(f"there is no switch {self.name!r}{meant}")


class BadSwitch(ValueError):
    """A switch `name` that cannot be `value`; `allowed` says as a key of `ALLOWED` what it can be, `params` fill it."""

    def __init__(self, name: str, value: Any, allowed: str, **params: str) -> None:
        self.name, self.value, self.allowed, self.params = name, repr(value)[:SHOWN], allowed, params
        super().__init__(f"{name} is {self.value}; it must be {ALLOWED[allowed].format(**params)}")


def checked(name: str, value: Any, kinds: frozenset[str]) -> Any:
    """The value for switch *name* if it can have it; *kinds* are the faults that exist.

    Raises:
        BadSwitch: it is of the wrong kind or out of range.
        UnknownSwitch: there is no such switch.
    """
    if name not in DEFAULTS:
        raise UnknownSwitch(name)
    if value is None:
        return DEFAULTS[name]
    match name:
        case "rates":
            return _checked_rates(value, kinds)
        case "script":
            return _checked_script(value, kinds)
        case "qps" | "api_qps" | "seller_qps":
            return _numbers(name, value)
        case "latency_ms" if isinstance(value, dict):
            return _numbers(name, value)
        case "order_zone":
            return _checked_zone(value)
        case "error_status" if not (type(value) is int and STATUSES[0] <= value <= STATUSES[1]):
            raise BadSwitch(name, value, "whole", least=str(STATUSES[0]), most=str(STATUSES[1]))
    return _plain(name, value)


def _plain(name: str, value: Any) -> Any:
    default = DEFAULTS[name]
    if name in CHOICES:
        if not isinstance(value, str) or value not in CHOICES[name]:
            raise BadSwitch(name, value, "choice", known=", ".join(CHOICES[name]))
        return value
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise BadSwitch(name, value, "yes_no")
        return value
    if isinstance(default, list):
        return _checked_list(name, value, str if name in TEXT_LISTS else int)
    if name in WHOLE:
        return _whole(name, value)
    return _number(name, value, is_signed=name in SIGNED, most=MOST.get(name, LARGEST))


def _checked_list(name: str, value: Any, kind: type) -> list[Any]:
    if not isinstance(value, list) or not all(type(item) is kind for item in value):
        raise BadSwitch(name, value, "texts" if kind is str else "wholes")
    return value


def _checked_zone(value: Any) -> str:
    try:
        return ZoneInfo(value).key
    except (TypeError, ValueError, OSError, ZoneInfoNotFoundError):
        raise BadSwitch("order_zone", value, "zone") from None


def rate_for(rate: Rate, method: str) -> float:
    """The number that holds for *method*: its own entry before the first pattern that fits, 0 without any."""
    if not isinstance(rate, dict):
        return rate
    if method in rate:
        return rate[method]
    return next((value for pattern, value in rate.items() if fnmatchcase(method, pattern)), 0.0)


def _checked_rates(value: Any, kinds: frozenset[str]) -> dict[str, Rate]:
    if not isinstance(value, dict):
        raise BadSwitch("rates", value, "shares")
    for kind in value:
        _check_kind("rates", kind, kinds)
    return {
        kind: _numbers(f"rates.{kind}", rate, most=1.0)
        if isinstance(rate, dict)
        else _number(f"rates.{kind}", rate, most=1.0)
        for kind, rate in value.items()
    }


def _check_kind(name: str, kind: Any, kinds: frozenset[str]) -> None:
    if not isinstance(kind, str) or kind not in kinds:
        raise BadSwitch(name, kind, "fault", known=", ".join(sorted(kinds)))


def _checked_script(value: Any, kinds: frozenset[str]) -> list[dict[str, Any]]:
    known = {"method", "fault", "skip", "times"}
    if not isinstance(value, list):
        raise BadSwitch("script", value, "steps")
    for place, step in enumerate(value):
        name = f"script[{place}]"
        if not isinstance(step, dict) or not step.keys() <= known or not isinstance(step.get("method"), str):
            raise BadSwitch(name, step, "step")
        _check_kind(f"{name}.fault", step.get("fault"), kinds)
        for part in ("skip", "times"):
            _whole(f"{name}.{part}", step.get(part, 0))
    return value


def _numbers(name: str, value: Any, most: float = LARGEST) -> dict[str, float]:
    if not isinstance(value, dict):
        raise BadSwitch(name, value, "by_method")
    return {key: _number(f"{name}.{key}", number, most=most) for key, number in value.items()}


def _whole(name: str, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise BadSwitch(name, value, "whole", least="0", most=f"{LARGEST:.0f}")
    return value


def _number(name: str, value: Any, *, is_signed: bool = False, most: float = LARGEST) -> float:
    least = -most if is_signed else 0.0
    if type(value) not in (int, float) or not least <= value <= most:  # which is false of NaN, too
        raise BadSwitch(name, value, "number", least=f"{least:.0f}", most=f"{most:.0f}")
    return value  # type: ignore[no-any-return]
