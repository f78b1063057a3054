"""The pool of connections: one that ended while it rested is replaced before a request gets it."""

from __future__ import annotations

import pytest
from django.db import connection, connections

from config.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled():
    """Another way to the test's database, with a pool of two connections."""
    options = {"pool": {"min_size": 2, "max_size": 2, "timeout": 10}}
    found = DatabaseWrapper({**connection.settings_dict, "OPTIONS": options})
    found.pool.open(wait=True)
    try:
        yield found
    finally:
        found.close()
        found.close_pool()


def process_of(pooled) -> int:
    """The server's process that answers, asked in a request of its own."""
    try:
        with pooled.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]
    finally:
        pooled.close()


def test_connections_that_ended_while_they_rested_are_replaced(pooled):
    first, second = process_of(pooled), process_of(pooled)
    assert first != second
    assert {process_of(pooled), process_of(pooled)} == {first, second}
    with connection.cursor() as cursor:
        for process in (first, second):
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [process])
    assert not {process_of(pooled), process_of(pooled)} & {first, second}


def test_one_that_is_there_is_not_asked(pooled):
    """A round trip for each request is what is spared."""
    process_of(pooled)
    asked: list[str] = []
    with pooled.execute_wrapper(lambda run, sql, *rest: asked.append(sql) or run(sql, *rest)):
        process_of(pooled)
    assert asked == ["SELECT pg_backend_pid()"]
    assert pooled.pool._check is None


def test_the_products_connections_are_these():
    assert isinstance(connections["default"], DatabaseWrapper)
