"""The database as Django has it; a connection from the pool is looked at instead of being asked.

Django's pool can ask each connection before each request whether it is still there, which is one
of the few round trips of a small answer. A server that ends, restarts or ends a connection says so
on it and closes it: whether anything came on it, the kernel knows without a round trip. One whose
other side went silent is found by keepalives (config/settings/addresses.py).
"""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with its own words for which pooled connection is still there."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """One that is there: the pool replaces those that are not. Raises what Django's does."""
        connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        while self.pool and _has_news(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _has_news(connection: psycopg.Connection[Any]) -> bool:
    """Whether something came while it rested: its end, or less often a word about a setting."""
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return bool(watch.poll(0))
