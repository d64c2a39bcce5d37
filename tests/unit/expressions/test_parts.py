"""The parts of the language by themselves: characters to tokens, rounding, names, writing in both languages, and what a
filter means in SQL where values are not known."""

from __future__ import annotations

import decimal
import sqlite3
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.expressions import arithmetic, functions
from app.services.expressions.conditions import OPPOSITE, joined, leaves, mapped, parse_condition, parsed, to_sql
from app.services.expressions.formula import compile_formula
from app.services.expressions.formula_errors import FormulaError, UnknownName
from app.services.expressions.names import Names, meant
from app.services.expressions.syntax import All, Condition, Either, Not
from app.services.expressions.tokens import Scanner, as_value, quoted
from app.services.expressions.writing import CHINESE, to_text


def tokens(text):
    scanner, found, at = Scanner(text), [], 0
    while (token := scanner.token(at)).kind != "end":
        found.append((token.kind, token.text))
        at = token.end
    return found


class TestTokens:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("price ≥ 1.5", [("name", "price"), ("sign", ">="), ("number", "1.5")]),
            ("价格＜＝５", [("name", "价格"), ("sign", "<="), ("number", "5")]),
            ("a <> b == c", [("name", "a"), ("sign", "!="), ("name", "b"), ("sign", "="), ("name", "c")]),
            ("2×3÷4−1", [("number", n) if n.isdigit() else ("sign", n) for n in "2*3/4-1"]),
            (
                "（a，b、c）",
                [("sign", "("), *[("name", n) if n in "abc" else ("sign", n) for n in "a,b,c"], ("sign", ")")],
            ),
            ('"say \\"hi\\""', [("text", 'say "hi"')]),
            ("“中文 引号”", [("text", "中文 引号")]),
            (
                "1.2.3 5x .5",
                [("bad", "1"), ("bad", "."), ("number", "2.3"), ("bad", "5"), ("name", "x"), ("number", ".5")],
            ),
            ("a;b", [("name", "a"), ("bad", ";"), ("name", "b")]),
            ("", []),
            (" \u3000\n", []),
        ],
    )
    def test_what_they_are(self, text, wanted):
        assert tokens(text) == wanted

    @given(st.text(st.characters(codec="utf-8"), max_size=40))
    def test_every_character_is_in_one_of_them_or_blank(self, text):
        scanner, at, covered = Scanner(text), 0, ""
        while (token := scanner.token(at)).kind != "end":
            assert at <= token.at < token.end
            covered += text[token.at : token.end]
            at = token.end
        assert "".join(covered.split()) == "".join(text.split())

    @given(st.text(st.characters(codec="utf-8"), max_size=20))
    def test_a_value_is_read_back_as_it_is(self, text):
        assert Scanner(quoted(text)).token(0).text == text
        token = Scanner(as_value(text) + ")").value(0)
        assert token.text == text and token.kind in ("word", "text")

    def test_an_open_quote_is_no_text(self):
        assert tokens('"open')[0] == ("bad", '"')


class TestRounding:
    @pytest.mark.parametrize(
        ("number", "unit", "wanted"),
        [("2.345", "0.01", "2.35"), ("-2.345", "0.01", "-2.35"), ("1.005", "0.01", "1.01"), ("25", "1E+1", "30")],
    )
    def test_half_goes_away_from_zero(self, number, unit, wanted):
        assert arithmetic.round_half_up(Decimal(number), Decimal(unit)) == Decimal(wanted)

    @pytest.mark.parametrize(
        ("number", "ending", "wanted"),
        [
            ("12.30", "0.99", "11.99"),
            ("14", "9.99", "9.99"),
            ("0.10", "0.99", "0.99"),
            ("15", "9.99", "19.99"),
            ("-3", "0.99", "-3.01"),
            ("7.49", "0", "7"),
        ],
    )
    def test_endings(self, number, ending, wanted):
        assert arithmetic.with_ending(Decimal(number), Decimal(ending)) == Decimal(wanted)

    @given(st.decimals(0, 99_999, places=2), st.sampled_from(["0.05", "0.25", "1", "10"]))
    def test_a_step_is_never_missed_by_more_than_half(self, number, step):
        rounded = arithmetic.round_to(number, Decimal(step))
        assert rounded % Decimal(step) == 0
        assert abs(rounded - number) * 2 <= Decimal(step)

    def test_a_thread_s_own_context_changes_nothing(self):
        with decimal.localcontext() as context:
            context.prec = 3
            assert arithmetic.add(Decimal("12345.678"), Decimal(1)) == Decimal("12346.678")

    @pytest.mark.parametrize("digits", ["0.5", "13", "-13"])
    def test_digits_that_make_no_sense(self, digits):
        assert not functions.FUNCTIONS["round"].accepts([Decimal(1), Decimal(digits)])

    def test_every_function_takes_as_few_and_as_many_as_it_says(self):
        for name, function in functions.FUNCTIONS.items():
            for count in (function.least, min(function.most, 5)):
                text = f"{name}({', '.join(['12.345', *['1'] * (count - 1)])})"
                assert isinstance(compile_formula(text, []).value({}), Decimal), text
            for count in (function.least - 1, function.most + 1):
                with pytest.raises(FormulaError):
                    compile_formula(f"{name}({', '.join(['1'] * count)})", [])


class TestNames:
    NAMES = Names(["price", "weight_g"], {"成本": "cost", "价格": "price", "Weight": "weight_g"})

    @pytest.mark.parametrize(("written", "name"), [("PRICE", "price"), ("价格", "price"), ("weight", "weight_g")])
    def test_every_way_of_writing(self, written, name):
        assert self.NAMES.find(written, 0) == name

    @pytest.mark.parametrize(
        ("written", "close"), [("pricee", "price"), ("wieght", "weight"), ("成本", ""), ("__class__", ""), ("", "")]
    )
    def test_what_is_unknown_says_what_was_meant(self, written, close):
        with pytest.raises(UnknownName) as told:
            self.NAMES.find(written, 4)
        assert (told.value.params["position"], told.value.params.get("meant", "")) == (5, close)
        assert meant(written, ["price", "weight"]) == close

    def test_a_function_is_no_field(self):
        assert "round" in str(self.NAMES.no_function("rond", 0).params)


# -- filters ---------------------------------------------------------------------------------------------------------

COLUMNS = ("a", "b")
CONDITION = st.builds(
    lambda name, operator, value: Condition(name, operator, (str(value),)),
    st.sampled_from(COLUMNS),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.integers(0, 3),
) | st.builds(lambda name, operator: Condition(name, operator), st.sampled_from(COLUMNS), st.sampled_from(["missing"]))
FILTERS = st.recursive(
    CONDITION,
    lambda part: (
        st.builds(Not, part)
        | st.lists(part, min_size=2, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(part, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts)))
    ),
    max_leaves=5,
)
ROWS = [(a, b) for a in (None, 0, 1, 2, 3) for b in (None, 1, 3)]


def leaf(condition):
    if condition.operator in ("missing", "present"):
        return f"{condition.name} IS {'NOT ' if condition.operator == 'present' else ''}NULL", []
    compares = {"=": "IS", "!=": "IS NOT"}.get(condition.operator, condition.operator)
    return f"{condition.name} {compares} ?", [int(condition.values[0])]


def holds(node, row, negated=False):
    """The same without SQL: what is unknown is neither below nor above anything."""
    match node:
        case Not(part=part):
            return holds(part, row, not negated)
        case All(parts=parts) | Either(parts=parts):
            results = [holds(part, row, negated) for part in parts]
            return all(results) if isinstance(node, All) is not negated else any(results)
    operator, value = (OPPOSITE[node.operator] if negated else node.operator), row[COLUMNS.index(node.name)]
    if operator in ("missing", "present"):
        return (value is None) == (operator == "missing")
    wanted = int(node.values[0])
    if operator in ("=", "!="):
        return (value == wanted) == (operator == "=")
    below = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
    return value is not None and getattr(value, below[operator])(wanted)


@pytest.fixture(scope="module")
def table():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a, b)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", ROWS)
    yield connection
    connection.close()


@given(node=FILTERS)
def test_a_filter_means_the_same_in_sql(table, node):
    sql, params = to_sql(node, leaf)
    found = table.execute(f"SELECT a, b FROM t WHERE {sql} ORDER BY rowid", params).fetchall()
    assert found == [row for row in ROWS if holds(node, row)]


@given(node=FILTERS)
def test_it_is_read_back_in_chinese_too(node):
    text = to_text(node, CHINESE)
    assert parse_condition(text) == parse_condition(to_text(node)) == node
    assert [one.name for one in leaves(node)] == [one.name for one in leaves(parsed(text))]


def test_a_change_of_every_condition_keeps_the_shape():
    node = parse_condition("not (a = 1 or b = 2) and a is missing")
    renamed = mapped(node, lambda one: Condition(one.name.upper(), one.operator, one.values))
    assert to_text(renamed) == "not (A = 1 or B = 2) and A is missing"
    with pytest.raises(TypeError):
        to_sql("a = 1", leaf)  # type: ignore[arg-type]


def test_thousands_of_parts_stay_below_what_sqlite_takes(table):
    sql, params = joined([("a = ?", [number]) for number in range(3_000)], " OR ")
    assert table.execute(f"SELECT count(*) FROM t WHERE {sql}", params).fetchone() == (12,)
    depth = most = 0
    for character in sql:
        depth += (character == "(") - (character == ")")
        most = max(most, depth)
    assert most <= 12
