"""One small language for filters and formulas: tokens, syntax with positions, and what becomes of it.

`compile_formula` makes numbers of it.
"""

from app.services.expressions.formula import Formula, compile_formula
from app.services.expressions.formula_errors import FormulaError
from app.services.expressions.functions import USAGES

__all__ = ["USAGES", "Formula", "FormulaError", "compile_formula"]
