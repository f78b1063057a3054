"""How often something may happen: counted in the cache, by spans that begin at fixed moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache


@dataclass(frozen=True)
class Limit:
    """At most so many within a span."""

    most: int
    span: timedelta

    def span_of(self, at: datetime) -> tuple[int, datetime]:
        """The number of the span that `at` is in, and when it ends."""
        seconds = int(self.span.total_seconds())
        number = int(at.timestamp()) // seconds
        return number, datetime.fromtimestamp((number + 1) * seconds, UTC)


@dataclass(frozen=True)
class Counted:
    """How many there were in the span, this one with them, and when the next one begins."""

    number: int
    ends: datetime


def count(what: str, limit: Limit, at: datetime) -> Counted:
    """Count one more of `what`, a name without personal data. Raises what the cache raises."""
    number, ends = limit.span_of(at)
    key = f"{what}:{limit.span.total_seconds():.0f}:{number}"
    try:
        return Counted(cache.incr(key), ends)
    except ValueError:  # the first of its span
        cache.add(key, 0, timeout=int(limit.span.total_seconds()))
    try:
        return Counted(cache.incr(key), ends)
    except ValueError:  # it ended between the two
        return Counted(1, ends)
