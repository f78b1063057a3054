"""What does not wait for ever: statements that take too long, locks that others hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable, QueryCanceled


class TookTooLong(Exception):
    """A statement was stopped by its time limit."""


class Busy(Exception):
    """Somebody else holds what a person wants to change; the message is fit for the user.

    Pages and API turn it into 409, in one place each: whoever asked may ask again in a moment.
    """


def is_away(error: Exception) -> bool:
    """Whether the database went away in the middle, rather than stopping one statement."""
    stopped = isinstance(error.__cause__, QueryCanceled | LockNotAvailable)
    return isinstance(error, OperationalError | InterfaceError) and not stopped


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop each statement within after so long: TookTooLong, and all that was done is undone."""
    with stopped_after(seconds), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Say TookTooLong where a time limit that was set elsewhere stops a statement."""
    began = monotonic()
    try:
        yield
    except OperationalError as stopped:
        # A person who cancels a statement stops it the same way, but earlier.
        if isinstance(stopped.__cause__, QueryCanceled) and monotonic() - began >= seconds:
            raise TookTooLong from stopped
        raise


@contextmanager
def patient(seconds: float, *, or_say: str) -> Iterator[None]:
    """Wait so long for each lock taken within. Raises Busy with the words of `or_say`.

    Within a transaction, which has to end when Busy is raised.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
            yield
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as waited:
        if isinstance(waited.__cause__, LockNotAvailable):
            raise Busy(or_say) from waited
        raise
