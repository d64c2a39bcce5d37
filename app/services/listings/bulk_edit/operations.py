"""What a bulk edit does: frozen operations over fields, which can be stored as JSON and said again.

Operations are applied in their order, each on what the ones before it left.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from app.messages import Key
from app.services.compliance.rule_data import rule_data
from app.services.errors import InputError
from app.services.listings.fixes import fixable_rules
from app.services.listings.tags import clean_tag
from app.services.regional_prices import ABSOLUTE, KINDS, PERCENTAGE
from app.services.warehouses.countries import countries

TEXT_FIELDS = ("title", "keywords", "detail_html")
VALUE_FIELDS = (
    *("category_id", "freight_template_id", "service_template_id", "group_id", "unit"),
    *("marketing_group", "warehouse_kind"),
)
"""Fields that take one of several known values; the platform's id, or "" for none.
A marketing group is ours: its name, so that every store of the listings may have one of its own by it.
`warehouse_kind` is `real` or `virtual` (`services/listings/warehouse_kinds.py`)."""
LISTING_NUMBERS = ("handling_days", "weight_g", "length_cm", "width_cm", "height_cm", "lot_size")
ROUNDED_UP = ("weight_g", "length_cm", "width_cm", "height_cm")
"""Of what a parcel weighs and measures a part of a gram or centimetre is a whole one (domain.md 5.1)."""
PIECES = ("stock", "lot_size", "handling_days")
"""What is set or added must be whole; a part that a factor or a formula leaves is rounded as a shop rounds."""
SKU_NUMBERS = ("price_minor", "stock")
REGIONAL = "regional_prices"
NUMBER_FIELDS = (*SKU_NUMBERS, *LISTING_NUMBERS)

Case = Literal["upper", "lower", "title", "sentence"]
End = Literal["start", "end"]
NumberAction = Literal["set", "add", "multiply", "percent", "formula"]
Direction = Literal["nearest", "up", "down"]


class BadOperation(InputError):
    """An operation that makes no sense: `why` names it, `field` where."""

    code = "bulk_edit.bad_operation"


@dataclass(frozen=True, slots=True)
class SetText:
    """Put *text* in the place of a text field."""

    field: str
    text: str

    def __post_init__(self) -> None:
        _check_field(self.field, TEXT_FIELDS)


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Replace every *find* in a text field; of a regular expression, `\\1` in *replacement* is its first group. A
    detail page is looked through as a buyer reads it: `&` is found where `&amp;` stands, tags are no text."""

    field: str
    find: str
    replacement: str
    is_regex: bool = False
    match_case: bool = False

    def __post_init__(self) -> None:
        _check_field(self.field, TEXT_FIELDS)
        if not self.find:
            raise BadOperation("bulk_edit.nothing_to_find", field=self.field)


@dataclass(frozen=True, slots=True)
class AddText:
    """Put *prefix* before and *suffix* behind a text, unless it begins or ends so already."""

    field: str
    prefix: str = ""
    suffix: str = ""

    def __post_init__(self) -> None:
        _check_field(self.field, TEXT_FIELDS)


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """Write a text in capitals, small letters, Every Word So, or Like a sentence."""

    field: str
    case: Case

    def __post_init__(self) -> None:
        _check_field(self.field, ("title", "keywords"))
        _check_choice(self.case, Case)


@dataclass(frozen=True, slots=True)
class AddKeyword:
    """Add a keyword at the end, unless it is there in any spelling."""

    keyword: str


@dataclass(frozen=True, slots=True)
class RemoveKeyword:
    """Take a keyword away, in any spelling."""

    keyword: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """Choose a category, freight template, group or unit by its id."""

    field: str
    value: str

    def __post_init__(self) -> None:
        _check_field(self.field, VALUE_FIELDS)


@dataclass(frozen=True, slots=True)
class Rounding:
    """The numbers a result may be: *ending* + k × *step*. `Rounding(1, 0.99)` is .99, `Rounding(0.05)` is 0.05."""

    step: Decimal
    ending: Decimal = Decimal(0)
    direction: Direction = "nearest"

    def __post_init__(self) -> None:
        _check_choice(self.direction, Direction)
        if not (self.step > 0 and 0 <= self.ending < self.step):
            raise BadOperation("bulk_edit.bad_rounding", step=str(self.step), ending=str(self.ending))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a result must keep; a row that does not is refused. *change_percent*: the most it may differ from before."""

    least: Decimal | None = None
    most: Decimal | None = None
    change_percent: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("least", "most", "change_percent"):
            number: Decimal | None = getattr(self, name)
            if number is not None and (not number.is_finite() or not 0 <= number <= 10**8 or _digits(number) > 6):
                called = Key(f"bulk_edit.part.{name}")
                raise BadOperation("bulk_edit.bad_number", field=name, name=called, value=str(number))
        if self.least is not None and self.most is not None and self.least > self.most:
            raise BadOperation("bulk_edit.bad_limits", least=str(self.least), most=str(self.most))


@dataclass(frozen=True, slots=True)
class ChangeNumber:
    """Work a number out anew, in the unit a person types: prices in the currency, weights in grams, sides in cm.

    Attributes:
        value: the number of `set`, `add` (negative: take off), `multiply` and `percent` (10: ten percent more).
        formula: of `formula`, over the names of `formulas.NAMES`.
        per_listing: one result for all variants, worked out from the lowest that is known among them.
    """

    field: str
    action: NumberAction
    value: Decimal = Decimal(0)
    formula: str = ""
    rounding: Rounding | None = None
    limits: Limits = Limits()
    per_listing: bool = False

    def __post_init__(self) -> None:
        _check_field(self.field, NUMBER_FIELDS)
        _check_choice(self.action, NumberAction)
        most_digits = 4 if self.action == "percent" else 6
        if not self.value.is_finite() or abs(self.value) > 10**8 or _digits(self.value) > most_digits:
            raise BadOperation(
                "bulk_edit.bad_number", field=self.field, name=field_name(self.field), value=str(self.value)
            )
        is_factor = self.action in ("multiply", "percent")
        factor = self.value if self.action == "multiply" else 1 + self.value / 100
        if is_factor and not 0 <= factor <= 10_000:
            raise BadOperation(f"bulk_edit.bad_{self.action}", field=self.field, value=str(self.value))


@dataclass(frozen=True, slots=True)
class ConvertInches:
    """Sizes written in inches become centimetres: the sides of the package, sizes in texts and in attributes.

    What looks like centimetres already, or can be read in several ways, is left and said (`suspicious_size`).
    """

    package: bool = True
    fields: tuple[str, ...] = ("title", "detail_html")
    attributes: bool = True

    def __post_init__(self) -> None:
        for name in self.fields:
            _check_field(name, TEXT_FIELDS)


@dataclass(frozen=True, slots=True)
class AddImages:
    """Add pictures, paths or addresses, that are not there yet."""

    sources: tuple[str, ...]
    at: End = "end"

    def __post_init__(self) -> None:
        _check_choice(self.at, End)


@dataclass(frozen=True, slots=True)
class RemoveImages:
    """Take pictures away by what is in them (*hashes*, SHA-256) or by their place (*positions*, 0 is the main one).

    What is in them counts for the pictures of variants, too, which then have none. A listing with a picture nobody can
    read is refused, unless one of *hashes* is found among the others.
    """

    hashes: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReorderImages:
    """Put the pictures at these places (0-based) first, in this order; the others follow as they were."""

    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReplaceImage:
    """Put *source* in the place of every picture whose content has this SHA-256, those of variants included.

    A listing with a picture nobody can read is refused, unless the wanted one is found among the others.
    """

    sha256: str
    source: str


@dataclass(frozen=True, slots=True)
class InsertDetail:
    """Put HTML at the start or the end of the detail page, unless it is there already."""

    html: str
    at: End = "end"

    def __post_init__(self) -> None:
        _check_choice(self.at, End)


@dataclass(frozen=True, slots=True)
class StripTags:
    """Take away the tags the platform removes (compliance data `detail_html`)."""


@dataclass(frozen=True, slots=True)
class SetAttribute:
    """Give an attribute one value; the ids are "" for one of the seller's own."""

    name: str
    value: str
    name_id: str = ""
    value_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoveAttribute:
    """Take an attribute away, found by its id or, without one, by its name in any spelling."""

    name: str
    name_id: str = ""


@dataclass(frozen=True, slots=True)
class AddTag:
    """Give the listing a tag of the team; the marketplace never sees it."""

    tag: str

    def __post_init__(self) -> None:
        clean_tag(self.tag)


@dataclass(frozen=True, slots=True)
class RemoveTag:
    """Take a tag of the team away: the very one that `AddTag` gives, whose case counts."""

    tag: str

    def __post_init__(self) -> None:
        clean_tag(self.tag)


@dataclass(frozen=True, slots=True)
class SetRegional:
    """Give countries a price of their own: *value* whole percent more (negative: less), so much more in the currency,
    or, with *action* absolute, that price for every variant. A listing has prices of one type at a time."""

    action: str
    value: Decimal
    countries: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_field(self.action, KINDS)
        _check_countries(self.countries)
        limits = rule_data().limits
        if self.action == PERCENTAGE:
            is_good = limits.regional_percent_min <= self.value <= limits.regional_percent_max
        else:
            is_good = abs(self.value) * 100 <= limits.price_max_minor and (self.action != ABSOLUTE or self.value > 0)
        if not is_good or _digits(self.value) > (0 if self.action == PERCENTAGE else 2):
            raise BadOperation(f"bulk_edit.bad_regional_{self.action}", value=str(self.value), field=REGIONAL)


@dataclass(frozen=True, slots=True)
class RemoveRegional:
    """Take the prices of these countries away, those of all where none is named."""

    countries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.countries:
            _check_countries(self.countries)


@dataclass(frozen=True, slots=True)
class FixFindings:
    """Press the button of every finding of one of the checker's rules, where it has one (`listings.fixes`)."""

    rule: str

    def __post_init__(self) -> None:
        if self.rule not in fixable_rules():
            raise BadOperation("bulk_edit.bad_choice", value=self.rule)


Operation = (
    SetText
    | ReplaceText
    | AddText
    | ChangeCase
    | AddKeyword
    | RemoveKeyword
    | SetValue
    | ChangeNumber
    | ConvertInches
    | AddImages
    | RemoveImages
    | ReorderImages
    | ReplaceImage
    | InsertDetail
    | StripTags
    | SetAttribute
    | RemoveAttribute
    | AddTag
    | RemoveTag
    | SetRegional
    | RemoveRegional
    | FixFindings
)


def field_name(name: str) -> str:
    """What an error calls a field: its name in the user's language, where it is one."""
    known = (*TEXT_FIELDS, *VALUE_FIELDS, *NUMBER_FIELDS)
    return Key(f"bulk_edit.field.{name}") if name in known else name


def _check_field(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise BadOperation("bulk_edit.bad_field", field=name, name=field_name(name))


def _check_countries(codes: tuple[str, ...]) -> None:
    unknown = next((code for code in codes if code not in countries().names), None)
    if unknown is not None or not codes:
        raise BadOperation("bulk_edit.bad_country", country=unknown or "", field=REGIONAL)


def _check_choice(value: str, choices: Any) -> None:
    if value not in get_args(choices):
        raise BadOperation("bulk_edit.bad_choice", value=value)


def _digits(number: Decimal) -> int:
    """Digits behind the point."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
