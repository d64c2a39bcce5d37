"""One small language for filters and formulas: tokens, syntax with positions, and what becomes of it.

`compile_formula` makes exact numbers of a formula. A filter is read by `conditions.parse_condition`; which fields a
table has, and their SQL, is the table's (`services/sql_conditions.py`, `services/listings/filters.py`).
"""

from app.services.expressions.formula import Formula, compile_formula
from app.services.expressions.formula_errors import FormulaError
from app.services.expressions.functions import USAGES

__all__ = ["USAGES", "Formula", "FormulaError", "compile_formula"]
