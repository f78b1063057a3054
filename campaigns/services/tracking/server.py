"""The Valkey server, asked in a hurry: a redirect waits a quarter of a second for it, not more."""

from __future__ import annotations

import logging
import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

WAIT_SECONDS = 0.25
# Once it did not answer, nobody else waits for it for so long.
REST_SECONDS = 1.0
_rests = {"until": 0.0}


class Away(Exception):
    """The server does not answer, or did not a moment ago."""


@cache
def server() -> redis.Redis:
    """One pool of connections for the process."""
    return redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=WAIT_SECONDS,
        socket_connect_timeout=WAIT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class asking:  # noqa: N801 - reads as a word: `with asking() as valkey`
    """Gives the server. Raises Away, at once while it rests."""

    def __enter__(self) -> redis.Redis:
        if time.monotonic() < _rests["until"]:
            raise Away
        return server()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, redis.RedisError):
            _rests["until"] = time.monotonic() + REST_SECONDS
            logger.warning("Valkey does not answer: %s", error)
            raise Away from error


def wake() -> None:
    """Ask it again at once, with new connections: for tests, and after its address changed."""
    _rests["until"] = 0.0
    server.cache_clear()
