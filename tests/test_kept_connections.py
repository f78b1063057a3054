"""Connections that threads keep: one that ended while it rested is replaced at the next request."""

from __future__ import annotations

import pytest
from django.db import connection, connections

from config.postgresql.base import DatabaseWrapper
from config.settings.addresses import KEPT

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    """Another way to the test's database, as the product has it."""
    found = DatabaseWrapper({**connection.settings_dict, **KEPT})
    try:
        yield found
    finally:
        found.close()


def process_of(kept) -> int:
    """The server's process that answers, asked in a request of its own."""
    kept.close_if_unusable_or_obsolete()
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_connection_that_ended_while_it_rested_is_replaced(kept):
    first = process_of(kept)
    assert process_of(kept) == first
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [first])
    assert process_of(kept) != first


def test_one_that_is_there_is_not_asked(kept):
    """A round trip for each request is what is spared."""
    process_of(kept)
    asked: list[str] = []
    with kept.execute_wrapper(lambda run, sql, *rest: asked.append(sql) or run(sql, *rest)):
        process_of(kept)
    assert asked == ["SELECT pg_backend_pid()"]


def test_the_products_connections_are_these():
    assert isinstance(connections["default"], DatabaseWrapper)
