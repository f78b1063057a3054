"""Statements that are stopped when they take too long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TookTooLong(Exception):
    """A statement was stopped by its time limit."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop each statement within after so long: TookTooLong, and all that was done is undone."""
    began = monotonic()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            yield
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as stopped:
        # A person who cancels a statement stops it the same way, but earlier.
        if isinstance(stopped.__cause__, QueryCanceled) and monotonic() - began >= seconds:
            raise TookTooLong from stopped
        raise
