"""Statements that the connection keeps prepared."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from crm import statements
from crm.statements import KEEP_PLANS, prepared

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_prepared(db):
    """Tests share a connection: one whose places are taken would drop a statement for a new one."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    statements._prepared.pop(connection.connection, None)


def ask(text, params, **more):
    with connection.cursor() as cursor:
        cursor.execute(*prepared(text, params, **more))
        return cursor.fetchall()


def held() -> list[str]:
    """The texts of what the connection has prepared for us, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE name LIKE 'rapport_%' "
            "ORDER BY prepare_time"
        )
        return [text.partition(" AS ")[2] for (text,) in cursor.fetchall()]


@pytest.mark.parametrize(
    "value", [7, 2**40, 0.25, "50 % o'clock", True, NOON, date(2026, 2, 28), [3, 1], ["a", "b"]]
)
def test_a_parameter_arrives_as_it_is(value):
    assert ask("SELECT %s", [value]) == [(value,)]


def test_the_place_says_what_nothing_and_no_items_are():
    assert ask("SELECT %s::bigint, 5 = ANY(%s::bigint[])", [None, []]) == [(None, False)]


def test_a_named_parameter_is_given_once_and_a_doubled_percent_sign_is_one():
    text = "SELECT %(n)s + %(n)s, 'a%%' LIKE %(like)s, 7 %% %(n)s"
    assert ask(text, {"like": "a%", "n": 4, "unused": object()}) == [(8, True, 3)]


def test_the_same_statement_is_prepared_once_and_for_each_set_of_types():
    text = "SELECT %s AS prepared_once"
    for value in (1, 2, 2**40):
        assert ask(text, [value]) == [(value,)]
    assert held() == ["SELECT $1 AS prepared_once"]
    assert ask(text, ["one"]) == [("one",)]
    assert held() == ["SELECT $1 AS prepared_once"] * 2


def test_what_was_not_asked_for_longest_goes():
    for word in ("first", "second", "first", "third"):
        assert ask(f"SELECT %s AS {word}", [1], kept=2) == [(1,)]
    assert held() == ["SELECT $1 AS first", "SELECT $1 AS third"]


def test_it_outlasts_a_rollback():
    with transaction.atomic():
        ask("SELECT %s AS rolled_back", [1])
        transaction.set_rollback(True)
    assert ask("SELECT %s AS rolled_back", [2]) == [(2,)]
    assert held().count("SELECT $1 AS rolled_back") == 1


def test_the_plan_is_kept_within_the_transaction():
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {KEEP_PLANS}")
        for number in range(3):
            ask("SELECT count(*) AS kept FROM crm_creator WHERE id = ANY(%s)", [[number]])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements "
                "WHERE statement LIKE '%% AS kept FROM %%' AND name LIKE 'rapport_%%'"
            )
            assert cursor.fetchall() == [(3, 0)]


def test_it_can_fill_a_table():
    text, params = prepared("SELECT n FROM generate_series(1, %s) n", [3])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE numbers ON COMMIT DROP AS {text}", params)
        cursor.execute("SELECT sum(n) FROM numbers")
        assert cursor.fetchone() == (6,)
