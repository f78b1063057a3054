"""The database as Django has it, with a pool that trusts a connection that was in use just now.

Django's pool asks each connection before each request whether it is still there: one of the few
round trips of a small answer. Here only one that rested is asked, since a database that went away
is away for longer than that.
"""

from __future__ import annotations

import time
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

# Seconds that a connection may lie in the pool and be given out unasked.
REST = 1.0
# Since when it lies there, by the clock that never goes back.
_rests_since: WeakKeyDictionary[psycopg.Connection[Any], float] = WeakKeyDictionary()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with its own words for when a pooled connection is checked."""

    _connection_pools: dict[str, ConnectionPool[Any]] = {}

    @property
    def pool(self) -> ConnectionPool[Any] | None:
        """The pool of this process, made when it is first asked for; None without one."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if options and self.alias not in self._connection_pools:
            made = ConnectionPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined] # no such stub
                check=check,
                **options,
            )
            # Of two threads that come first, one is late.
            self._connection_pools.setdefault(self.alias, made)
        found: ConnectionPool[Any] | None = super().pool
        return found

    def _close(self) -> None:
        if self.connection is not None:
            _rests_since[self.connection] = time.monotonic()
        super()._close()  # type: ignore[misc] # no such stub


def check(connection: psycopg.Connection[Any]) -> None:
    """Ask a connection that rested whether it is still there; raises what psycopg raises."""
    since = _rests_since.get(connection)
    if since is None or time.monotonic() - since > REST:
        ConnectionPool.check_connection(connection)
