"""How DATABASE_URL, REDIS_URL and EMAIL_URL become settings; a malformed one is one clear line."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Closed
from redis.retry import Retry

# Within a minute the kernel knows that the other side of a resting connection went silent, and
# connections are found dead without being asked (config/postgresql). Without a timeout, who wants a
# new one waits for minutes where nobody answers.
OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
# Each thread keeps its connection, and looks at it before it is used.
KEPT = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def database(url: str) -> dict[str, Any]:
    """The `default` database for `url`.

    Raises ImproperlyConfigured with one clear line when `url` is not a PostgreSQL address.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns where we refuse
            parsed = environ.Env.db_url_config(url)
    except ValueError:
        parsed = {}
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed.get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/name."
        )
    parsed["ENGINE"] = "config.postgresql"
    # What the address asks for besides, as `?sslmode=verify-full`, holds.
    return {**KEPT, **parsed, "OPTIONS": OPTIONS | parsed.get("OPTIONS", {})}


def broker(url: str) -> str:
    """`url` if it is a Redis or Valkey address; raises ImproperlyConfigured otherwise."""
    if not _is_address(url, schemes={"redis", "rediss", "unix"}):
        raise ImproperlyConfigured("REDIS_URL must look like redis://host:6379/0.")
    return url


def cache(url: str) -> dict[str, Any]:
    """The `default` cache in the broker's server, shared by all processes: counters of limits."""
    return {
        "BACKEND": "config.counting.CountingCache",
        "LOCATION": url,
        "KEY_PREFIX": "rapport",
        "OPTIONS": {
            # A page does not wait long for a counter.
            "socket_connect_timeout": 2,
            "socket_timeout": 2,
            # A kept connection is found closed when it is used: then it is made anew, once.
            "retry": Retry(NoBackoff(), 1, supported_errors=(Closed,)),
        },
    }


def mail(url: str) -> dict[str, Any]:
    """The EMAIL_ settings for `url`; raises ImproperlyConfigured when it is no mail address."""
    try:
        return dict(environ.Env.email_url_config(url))
    except (ImproperlyConfigured, ValueError):
        raise ImproperlyConfigured(
            "EMAIL_URL must look like smtp+tls://user:password@host:587, smtp+ssl://…:465 or"
            " smtp://host:25."
        ) from None


def _is_address(url: str, *, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname or parts.path) and parts.port != 0
    except ValueError:  # a port that is no number
        return False
