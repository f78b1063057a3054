"""The cache in Valkey, as Django has it, but cheap to count in: each request of the API counts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis

# Nil where there is no such key, which stays so: it would have no end.
_INCREASE = """
if redis.call("EXISTS", KEYS[1]) == 0 then return nil end
return redis.call("INCRBY", KEYS[1], ARGV[1])
"""


class CountingClient(RedisCacheClient):
    """Counts in one round trip, where Django's client first asks whether the key is there.

    The client of Valkey is made once for each thread, of the one server that there is, and keeps
    its connection: making the one and fetching the other take as long as a count.
    """

    @cached_property
    def _made(self) -> Any:
        pool = super().get_client(write=True).connection_pool
        return Redis(connection_pool=pool, single_connection_client=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client, whatever it is wanted for."""
        return self._made

    def incr(self, key: Any, delta: int) -> int:
        """The number after adding `delta`; ValueError where there is no such key."""
        number: Any = self.get_client(key, write=True).eval(_INCREASE, 1, key, delta)
        if number is None:
            msg = f"Key {key!r} not found."
            raise ValueError(msg)
        return int(number)


class CountingCache(RedisCache):
    """Django's cache with that client."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = CountingClient
