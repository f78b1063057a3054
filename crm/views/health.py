"""Whether the process lives and whether it can serve: for load balancers and compose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from django.http import HttpRequest

# Two of these are less than what those who ask wait for.
WAIT_SECONDS = 2


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503; `missing` names what does not answer.

    Without the broker pages work and tasks wait, so it is named and does not make a 503: otherwise
    its absence would take every web server out of service.
    """
    missing = [name for name, answers in _PARTS.items() if not answers()]
    return JsonResponse({"missing": missing}, status=503 if "database" in missing else 200)


def _database_answers() -> bool:
    """Asked on a connection of its own, which is waited for but briefly."""
    given = connection.get_connection_params()
    address = {key: value for key, value in given.items() if key not in _DJANGOS_OWN}
    try:
        with psycopg.connect(**address | {"connect_timeout": WAIT_SECONDS}) as asked:
            asked.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _broker_answers() -> bool:
    """Whether it answers and takes writes: one that is full, or a replica, takes no task."""
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=WAIT_SECONDS,
        socket_connect_timeout=WAIT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        with client:
            client.set("rapport:ready", 1, ex=60)
    except redis.RedisError:
        return False
    return True


_DJANGOS_OWN = ("context", "cursor_factory", "prepare_threshold")
_PARTS = {"database": _database_answers, "broker": _broker_answers}
