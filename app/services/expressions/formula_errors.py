"""What can be wrong with a formula: when it is read, and when it is worked out for one row.

Every error carries `position`, 1 for the first character.
"""

from __future__ import annotations

from app.services.errors import InputError


class FormulaError(InputError):
    """The formula cannot be used, or gives nothing for this row."""

    code = "formula.unexpected"


class Unexpected(FormulaError):
    """`found` stands where it makes no sense; "formula.ended" where the formula stops too early."""


class TooLong(FormulaError):
    """More than `most` characters."""

    code = "formula.too_long"


class TooDeep(FormulaError):
    """More than `most` brackets within each other."""

    code = "formula.too_deep"


class UnknownName(FormulaError):
    """`name` is neither a field nor a function; `known` lists those there are, or `meant` is the closest one."""

    code = "formula.unknown_name"


class WrongArguments(FormulaError):
    """The function `name` takes other arguments: `usage` shows how it is written."""

    code = "formula.arguments"


class NotANumber(FormulaError):
    """A condition stands where a number is needed."""

    code = "formula.not_a_number"


class NotACondition(FormulaError):
    """A number stands where a condition is needed."""

    code = "formula.not_a_condition"


class MissingValue(FormulaError):
    """This row has no value for `name`; unknown is not 0, so the result is unknown."""

    code = "formula.missing_value"


class DivisionByZero(FormulaError):
    """What is divided by is 0 in this row."""

    code = "formula.division_by_zero"


class TooLarge(FormulaError):
    """The result has more digits than a number of ours may have."""

    code = "formula.too_large"


class BadArgument(FormulaError):
    """The function `name` cannot do anything with the value of its argument; `usage` says what it takes."""

    code = "formula.bad_argument"
