"""What a list says that is computed in the night and has nothing to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from crm.models import Relationship
from crm.paging import capped_count


@dataclass(frozen=True)
class Empty:
    """Why a list is empty, and what comes next."""

    heading: str
    words: str


def empty(concerned: QuerySet[Relationship], *, computed_by: str, otherwise: str) -> Empty:
    """The words for an empty list.

    `concerned` are those who will be in it, `computed_by` is the line of the schedule
    (config/settings/schedule.py) that fills it, and `otherwise` says who ever comes into it.
    """
    count = capped_count(concerned)
    if not count.number:
        return Empty("Nothing to compute yet", otherwise)
    who = "1 creator waits" if count.number == 1 else f"{count} creators wait"
    return Empty(
        "Not computed yet",
        f"{who} for it: it is computed in the coming night, at {_minute(computed_by)} UTC. On a "
        "creator's page it can be computed at once.",
    )


def _minute(line: str) -> str:
    """When a nightly line of the schedule begins: "04:20"."""
    plan: Any = settings.CELERY_BEAT_SCHEDULE[line]["schedule"]
    return f"{min(plan.hour):02d}:{min(plan.minute):02d}"
