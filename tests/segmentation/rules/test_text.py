"""The text notation: what reads as what, and where and how it says that something is wrong."""

import pytest

from segmentation.rules.errors import Position, RuleInvalid
from segmentation.rules.text import parse, print_rule, read
from segmentation.rules.tree import (
    All,
    Any,
    Comparison,
    Not,
    Op,
    Percentage,
    Period,
    SegmentRef,
    Span,
    Unit,
)
from segmentation.rules.validate import validate
from tests.segmentation.rules.sample import CATALOGUE

MANUAL = """followers between 10_000 and 99_999
and engagement_rate >= p75(platform, tier)
and (role is educator or themes any of ("how to", "explained"))
and last_post_at within last 90 days
and count(engagements where outcome is completed, last 2 quarters) >= 3
and not segment("risk-high")"""

A, B, C = (Comparison(key, Op.GT, 1) for key in "abc")


def test_the_example_of_the_design_prints_as_it_is_written() -> None:
    assert print_rule(parse(MANUAL)) == MANUAL


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a > 1 and b > 1 or c > 1", Any((All((A, B)), C))),
        ("a > 1 or b > 1 and c > 1", Any((A, All((B, C))))),
        ("(a > 1 or b > 1) and c > 1", All((Any((A, B)), C))),
        ("(a > 1 and b > 1) and c > 1", All((All((A, B)), C))),
        ("not a > 1 and b > 1", All((Not(A), B))),
        ("not (a > 1 and b > 1)", Not(All((A, B)))),
        ("((a > 1))", A),
        ("all(a > 1)", All((A,))),
        ("any()", Any(())),
        ("all(a > 1, b > 1)", All((A, B))),
        ("A > 1".lower() + " AND NOT\nb > 1", All((A, Not(B)))),
        ("a between 1 and 2 and b > 1", All((Comparison("a", Op.BETWEEN, (1, 2)), B))),
        ("a is andrea", Comparison("a", Op.IS, "andrea")),
        ('a is "true"', Comparison("a", Op.IS, "true")),
        ("a is True", Comparison("a", Op.IS, True)),
        ("a is first-time", Comparison("a", Op.IS, "first-time")),
        ('a is not "\\"\\u00e9\\n"', Comparison("a", Op.IS_NOT, '"é\n')),
        ("a is   known", Comparison("a", Op.IS_KNOWN)),
        ("a is empty", Comparison("a", Op.EMPTY)),
        ("a.b is x", Comparison("a.b", Op.IS, "x")),
        ("stage is core", Comparison("stage", Op.IS, "core")),
        ("count >= 1", Comparison("count", Op.GE, 1)),
        ("a[DK] >= 25%", Comparison("a", Op.GE, 0.25, "DK")),
        ('a["25-34"] > 0', Comparison("a", Op.GT, 0, "25-34")),
        ("a any of (x, y,)", Comparison("a", Op.ANY_OF, ("x", "y"))),
        ("a within last 1 week", Comparison("a", Op.WITHIN, Span(1, Unit.WEEK))),
        ("a older than 3 months", Comparison("a", Op.OLDER_THAN, Span(3, Unit.MONTH))),
        ("a in last quarter", Comparison("a", Op.IN, Period(Unit.QUARTER, -1))),
        ("a in quarter -1", Comparison("a", Op.IN, Period(Unit.QUARTER, -1))),
        ("a in this fiscal year", Comparison("a", Op.IN, Period(Unit.YEAR, 0, fiscal=True))),
        ("a in next day", Comparison("a", Op.IN, Period(Unit.DAY, 1))),
        ("segment(core)", SegmentRef("core")),
    ],
)
def test_reads_as(text: str, node: object) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("10_000", 10000),
        ("-5", -5),
        ("2.50", 2.5),
        ("1e3", 1000.0),
        ("2.5%", 0.025),
        ("2.9%", 0.029),
        ("0.07%", 0.0007),
        ("100%", 1.0),
        ("-10%", -0.1),
    ],
)
def test_numbers(digits: str, number: float) -> None:
    node = parse(f"a = {digits}")
    assert node.value == number
    assert isinstance(node.value, Percentage) is digits.endswith("%")


def test_shares_are_printed_as_percentages_when_the_catalogue_is_known() -> None:
    rule = parse("engagement_rate >= 0.025 and audience_country[DK] > 0.07 and fee > 0.5")
    assert print_rule(rule, CATALOGUE) == (
        "engagement_rate >= 2.5%\nand audience_country[DK] > 7%\nand fee > 0.5"
    )
    assert print_rule(rule).splitlines()[0] == "engagement_rate >= 0.025"


NUMBER = "a number or a percentile like p75(...)"
VALUE = '"false", "true", a name or text in quotes'
THOUSANDS, QUOTES = "Write thousands as 10_000.", "The quotes are not closed."
OPERATORS = (
    '"all of", "any of", "between", "contains", "in", "is empty", "is known", "is not", '
    '"is unknown", "is", "none of", "older than", "starts with", "within" or = != < <= > >='
)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, 'The rule ends too early; expected "(", "not" or a name.'),
        ("a >", 1, 4, f"The rule ends too early; expected {NUMBER}."),
        ("a > 1\n  and", 2, 6, 'The rule ends too early; expected "(", "not" or a name.'),
        ("(a > 1", 1, 7, 'The rule ends too early; expected ")".'),
        ("a > 1)", 1, 6, 'Did not expect ")" here; expected the end.'),
        ("a > 1\nor b >< 3", 2, 7, f'Did not expect "<" here; expected {NUMBER}.'),
        ("a > 1 and and b", 1, 11, 'Did not expect "and" here; expected "(", "not" or a name.'),
        ("a ~ 5", 1, 3, f'Did not expect "~" here; expected {OPERATORS}.'),
        ("a > 1 b", 1, 7, 'Did not expect "b" here; expected "and", "or" or the end.'),
        ("a >= 10,000", 1, 8, f'Did not expect "," here; expected the end. {THOUSANDS}'),
        ('a is "x', 1, 6, f'Did not expect "\\"" here; expected {VALUE}. {QUOTES}'),
        ('a is "\\q"', 1, 6, 'In quotes, write \\" for a quote and \\\\ for a backslash.'),
    ],
)
def test_syntax_errors_say_where_and_what(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(RuleInvalid) as caught:
        parse(text)
    [error] = caught.value.errors
    assert (error.code, error.message) == ("syntax", message)
    lines = text.split("\n")
    offset = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
    assert error.position == Position(line, column, offset)


def test_errors_of_shape_have_pointer_and_position() -> None:
    with pytest.raises(RuleInvalid) as caught:
        parse("a > 1\nand (Bad > 1 or b within last 0 days)")
    assert [(error.pointer, error.code, error.position) for error in caught.value.errors] == [
        ("/all/1/any/0/fact", "bad_key", Position(2, 6, 11)),
        ("/all/1/any/1/value/last", "wrong_value", Position(2, 31, 36)),
    ]
    assert str(caught.value).startswith("Line 2, column 6: ")


def test_errors_of_meaning_have_pointer_and_position() -> None:
    parsed = read("followers > 1 and\n not themes any of (skincare, spfx)")
    [error] = validate(parsed.tree, CATALOGUE, parsed.positions).errors
    assert error.pointer == "/all/1/not/value/1"
    assert error.position == Position(2, 31, 48)
    assert error.to_dict() == {
        "pointer": "/all/1/not/value/1",
        "code": "unknown_value",
        "message": 'themes has no value "spfx". Did you mean spf?',
        "position": {"line": 2, "column": 31, "offset": 48},
    }


@pytest.mark.parametrize("text", ["(" * 5000 + "a > 1", "not " * 20_000 + "a > 1", "x" * 100_001])
def test_monstrous_text_is_refused(text: str) -> None:
    with pytest.raises(RuleInvalid):
        parse(text)


def test_many_needless_parentheses_are_only_that() -> None:
    assert parse("(" * 5000 + "a > 1" + ")" * 5000) == A
