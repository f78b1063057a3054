"""How DATABASE_URL and REDIS_URL become Django and Celery settings."""

from __future__ import annotations

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


def database(url: str) -> dict[str, Any]:
    """The `default` database for `url`.

    Raises ImproperlyConfigured with one clear line when `url` is not a PostgreSQL address.
    """
    parsed = environ.Env.db_url_config(url)
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not parsed.get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/name."
        )
    parsed["CONN_HEALTH_CHECKS"] = True
    # Without a timeout the pool waits 30 s when the database is down.
    parsed["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 10, "timeout": 5}}
    return dict(parsed)


def broker(url: str) -> str:
    """`url` if it is a Redis or Valkey address; raises ImproperlyConfigured otherwise."""
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must look like redis://host:6379/0.")
    return url
