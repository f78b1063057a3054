"""The SQL says what the reference says: in PostgreSQL, over rows with every kind of gap."""

import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.rules import tree
from segmentation.rules.compile import compile_rule
from segmentation.rules.context import lower
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.evaluate import evaluate, truth
from segmentation.rules.facts import KNOWN_OPS, Catalogue, Fact, FactType
from segmentation.rules.sql import LOWER, Sql
from segmentation.rules.text import parse
from segmentation.rules.validate import validate
from tests.segmentation.rules.sample import AS_OF, CATALOGUE, COLUMNS, COPENHAGEN
from tests.segmentation.rules.strategies import comparisons_of, make_rows, valid_rules

ROWS = 20
CELLS = ", ".join(f"%s::{kind}" for kind in COLUMNS.values())


def compiled(text: str) -> Sql:
    return compile_rule(parse(text), CATALOGUE, AS_OF, COPENHAGEN)


def in_database(rules: Sequence[tree.Node], rows: list[dict[str, object]]) -> list[tuple[object]]:
    """Return, for each row, the result of each rule as PostgreSQL sees it."""
    expressions = [compile_rule(rule, CATALOGUE, AS_OF, COPENHAGEN) for rule in rules]
    params = [param for expression in expressions for param in expression.params]
    for row in rows:
        params += [_adapted(row[key]) for key in COLUMNS]
    table = ", ".join([f"({CELLS})"] * len(rows))
    wanted = ", ".join(expression.text for expression in expressions)
    query = f"SELECT {wanted} FROM (VALUES {table}) AS f({', '.join(COLUMNS)})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def _adapted(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.integers(0, 2**32),
    st.lists(valid_rules.filter(lambda rule: validate(rule, CATALOGUE).ok), min_size=4, max_size=6),
)
def test_sql_agrees_with_the_reference(seed: int, rules: list[tree.Node]) -> None:
    rows = make_rows(seed, ROWS)
    for row, found in zip(rows, in_database(rules, rows), strict=True):
        expected = [truth(rule, row, CATALOGUE, AS_OF, COPENHAGEN) for rule in rules]
        assert list(found) == expected, row


@pytest.mark.django_db
@pytest.mark.parametrize("key", list(CATALOGUE))
def test_every_operator_agrees_with_the_reference(key: str) -> None:
    rules = comparisons_of(CATALOGUE[key])
    rows = make_rows(len(key), 100)
    seen = defaultdict(set)
    for row, found in zip(rows, in_database(rules, rows), strict=True):
        for rule, result in zip(rules, found, strict=True):
            assert result is truth(rule, row, CATALOGUE, AS_OF, COPENHAGEN), (rule, row)
            seen[rule.op].add(result)
    for op, results in seen.items():
        assert results == ({True, False} if op in KNOWN_OPS else {True, False, None}), op


@pytest.mark.django_db
def test_lower_case_is_the_same_for_every_character() -> None:
    # Characters Python's own Unicode tables do not know yet may be newer in the database.
    known = [
        chr(code)
        for code in range(1, sys.maxunicode + 1)
        if not 0xD800 <= code <= 0xDFFF and unicodedata.category(chr(code)) != "Cn"
    ]
    with connection.cursor() as cursor:
        query = (
            f"SELECT char, {LOWER.format('char')} FROM unnest(%s::text[], %s::text[])"  # noqa: S608
            f" AS pair(char, lowered) WHERE {LOWER.format('char')} <> lowered"
        )
        cursor.execute(query, [known, [lower(char) for char in known]])
        assert cursor.fetchall() == []


def test_values_are_parameters_and_never_text() -> None:
    found = compiled('bio contains "\'; drop table f; --" and tags any of ("100%")')
    assert "drop" not in found.text
    assert found.params == ("'; drop table f; --", ["100%"])


def test_a_rule_is_one_expression() -> None:
    found = compiled(
        "followers between 10_000 and 99_999 and not (role is educator or themes is empty)"
    )
    assert found.text == (
        "(((f.followers) BETWEEN %s::bigint AND %s::bigint)"
        " AND (NOT (((f.role) = %s::integer) OR (cardinality((f.themes)) = 0))))"
    )
    assert found.params == (10_000, 99_999, 1)


def test_whole_thresholds_are_whole_numbers() -> None:
    whole, half = compiled("followers >= 9007199254740991"), compiled("followers >= 0.5")
    assert whole == Sql("((f.followers) >= %s::bigint)", (2**53 - 1,))
    assert half == Sql("((f.followers) >= %s::double precision)", (0.5,))


def test_case_is_ignored_whatever_the_locale_of_the_database() -> None:
    assert compiled("bio is Vegan") == Sql(
        '(lower(((f.bio)) COLLATE "pg_c_utf8") = lower((%s::text) COLLATE "pg_c_utf8"))',
        ("Vegan",),
    )


def test_literal_percent_signs_of_a_fact_are_doubled() -> None:
    fact = Fact(key="odd", label="Odd", type=FactType.NUMBER, sql="f.followers % 2")
    found = compile_rule(parse("odd = 1"), Catalogue([fact]), AS_OF, COPENHAGEN)
    assert found == Sql("((f.followers %% 2) = %s::bigint)", (1,))


def test_nothing_is_compiled_half() -> None:
    for text in ("follower >= 5", 'segment("core")', "all()"):
        with pytest.raises(RuleInvalid):
            compiled(text)
        with pytest.raises(RuleInvalid):
            evaluate(parse(text), {}, CATALOGUE, AS_OF, COPENHAGEN)
