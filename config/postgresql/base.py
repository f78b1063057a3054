"""The database as Django has it; a kept connection is looked at instead of being asked.

Each thread of the web server keeps its connection. Django would ask it in each request whether it
is still there, which is one of the few round trips of a small answer. A server that ends, restarts
or ends a connection says so on it and closes it: whether anything came on it, the kernel knows
without a round trip. One whose other side went silent is found by keepalives
(config/settings/addresses.py).
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with its own words for whether its connection is still there."""

    def is_usable(self) -> bool:
        """False where something came while it rested: its end, or rarely a word about a setting."""
        if self.connection is None or self.connection.closed:
            return False
        watch = select.poll()
        watch.register(self.connection.fileno(), select.POLLIN)
        return not watch.poll(0)
