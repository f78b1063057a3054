"""The cache in Valkey, as Django has it, but counting takes one round trip: requests count."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

# Nil where there is no such key, which stays so: it would have no end.
_INCREASE = """
if redis.call("EXISTS", KEYS[1]) == 0 then return nil end
return redis.call("INCRBY", KEYS[1], ARGV[1])
"""


class CountingClient(RedisCacheClient):
    """Django's client asks whether the key is there before it counts."""

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
