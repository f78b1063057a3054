"""Answers of the REST API that are kept for a day, by the key that the caller gave the request."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from crm import limits
from crm.models import ApiToken, KeptAnswer

KEPT_FOR = timedelta(days=1)
# The first of two requests at a time is waited for, since the second gets its answer.
WAIT_SECONDS = 5.0


def take(token: ApiToken, key: str, at: datetime) -> KeptAnswer | None:
    """The answer of this key; None where there is none, and nobody else can take it meanwhile.

    Within a transaction. Raises Busy while somebody else is at the key for long.
    """
    busy = "The first request with this Idempotency-Key is still being answered. Ask again soon."
    with limits.patient(WAIT_SECONDS, or_say=busy), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"answer:{token.pk}:{key}"]
        )
    kept = KeptAnswer.objects.filter(token=token, key=key).first()
    if kept is not None and kept.created_at <= at - KEPT_FOR:
        kept.delete()
        return None
    return kept


def forget_old(at: datetime) -> int:
    """Remove the answers whose day is over; how many there were."""
    gone, _by_model = KeptAnswer.objects.filter(created_at__lte=at - KEPT_FOR).delete()
    return gone
