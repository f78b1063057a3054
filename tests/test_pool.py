"""The pool of connections: one that rested is asked whether it is still there."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, connections

from config.postgresql import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled():
    """Another way to the test's database, with a pool of one connection."""
    options = {"pool": {"min_size": 1, "max_size": 1, "timeout": 10}}
    found = base.DatabaseWrapper({**connection.settings_dict, "OPTIONS": options})
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


def end(process: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [process])


def test_a_connection_that_ended_while_it_rested_is_replaced(pooled, monkeypatch):
    first = process_of(pooled)
    assert process_of(pooled) == first
    monkeypatch.setattr(base, "REST", 0.0)
    end(first)
    assert process_of(pooled) != first


def test_one_that_was_in_use_just_now_is_not_asked_and_given_up_when_it_fails(pooled, monkeypatch):
    monkeypatch.setattr(base, "REST", 3600.0)
    first = process_of(pooled)
    end(first)
    with pytest.raises(OperationalError):
        process_of(pooled)
    assert process_of(pooled) != first


def test_the_pool_of_the_product_is_this_one():
    assert isinstance(connections["default"], base.DatabaseWrapper)
