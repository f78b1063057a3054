"""How many requests a token may send in a minute, told in each answer."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from crm import rates
from crm.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.views import APIView

MINUTE = timedelta(minutes=1)
logger = logging.getLogger(__name__)


class TokenThrottle(BaseThrottle):
    """API_REQUESTS_PER_MINUTE of each token; 0: as many as it likes.

    Without a cache nothing is counted and everybody is let in: the API does not depend on it.
    """

    seconds: int | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request; whether it is one of those that are allowed."""
        most: int = settings.API_REQUESTS_PER_MINUTE
        if not most or not isinstance(request.auth, ApiToken):
            return True
        now = timezone.now()
        try:
            counted = rates.count(f"api:{request.auth.pk}", rates.Limit(most, MINUTE), now)
        except RedisError:
            logger.warning("The cache does not answer: requests are not counted.", exc_info=True)
            return True
        self.seconds = max(1, int((counted.ends - now).total_seconds()))
        request.META["rapport.rate"] = (most, max(0, most - counted.number), self.seconds)
        return counted.number <= most

    def wait(self) -> float | None:
        """Seconds until it may go on: the Retry-After of the refusal."""
        return self.seconds


def tell_rate(request: Request, response: Response) -> None:
    """What is left of the minute, in the fields of draft-ietf-httpapi-ratelimit-headers-10."""
    found = request.META.get("rapport.rate")
    if found is not None:
        most, left, seconds = found
        response["RateLimit-Policy"] = f'"token";q={most};w={MINUTE.total_seconds():.0f}'
        response["RateLimit"] = f'"token";r={left};t={seconds}'
