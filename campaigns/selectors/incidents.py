"""Incidents on a page, and how often they happen: per 100 posts, by severity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet

from campaigns.choices import DeliverableState
from campaigns.models import AffectedCampaign, Deliverable
from crm.choices import RunbookPhase, Severity
from crm.models import Brand, Incident, IncidentStep
from crm.models.incidents import IncidentQuerySet

# Fewer published posts say nothing about a rate.
POSTS_MIN = 20


def for_list(rows: IncidentQuerySet) -> QuerySet[Any]:
    """With what a row of the list shows: `touched` are the names of the campaigns it touches."""
    names = AffectedCampaign.objects.filter(incident=OuterRef("pk")).order_by("campaign__name")
    return rows.select_related("relationship__creator", "owner", "created_by").annotate(
        touched=ArraySubquery(names.values("campaign__name"))
    )


def touched_keys(rows: QuerySet[Incident]) -> QuerySet[Any]:
    """With the keys of the campaigns that each touches, as `campaigns`."""
    keys = AffectedCampaign.objects.filter(incident=OuterRef("pk")).order_by("campaign__key")
    return rows.annotate(campaigns=ArraySubquery(keys.values("campaign__key")))


def campaigns_of(incident: Incident) -> list[AffectedCampaign]:
    """The campaigns that an incident touches: one query."""
    rows = AffectedCampaign.objects.filter(incident=incident).select_related("campaign")
    return list(rows.order_by("campaign__name", "pk"))


def counts_by_state(brand: Brand) -> dict[str, int]:
    """How many incidents stand where."""
    rows = Incident.objects.filter(brand=brand).order_by()
    return dict(rows.values_list("state").annotate(Count("pk")))


@dataclass(frozen=True)
class Phase:
    """The steps of a runbook that are due together."""

    phase: RunbookPhase
    steps: Sequence[IncidentStep]

    @property
    def done(self) -> int:
        """How many are done, or do not apply."""
        return sum(step.done_at is not None for step in self.steps)


def checklist_of(incident: Incident) -> list[Phase]:
    """The steps by when they are due: one query."""
    steps = list(incident.steps.select_related("done_by"))
    phases = [Phase(one, [step for step in steps if step.phase == one]) for one in RunbookPhase]
    return [phase for phase in phases if phase.steps]


@dataclass(frozen=True)
class Rate:
    """Incidents of a severity in a period, per 100 posts published in it."""

    severity: Severity
    incidents: int
    posts: int

    @property
    def per_100(self) -> float | None:
        """None: too few posts to say."""
        return 100 * self.incidents / self.posts if self.posts >= POSTS_MIN else None


@dataclass(frozen=True)
class Rates:
    """The brand-safety incident rate of a period, both days included."""

    starts_on: date
    ends_on: date
    posts: int
    rows: Sequence[Rate]

    @property
    def is_enough(self) -> bool:
        """Whether there are posts enough for a rate."""
        return self.posts >= POSTS_MIN

    @property
    def all(self) -> Rate:
        """Of all severities together; `severity` is the highest that occurred."""
        worst = next((row.severity for row in reversed(self.rows) if row.incidents), Severity.LOW)
        return Rate(worst, sum(row.incidents for row in self.rows), self.posts)


def incident_rates(brand: Brand, starts_on: date, ends_on: date) -> Rates:
    """Incidents of a period, without the dismissed, per 100 published pieces: two queries.

    Numerator: incidents of any kind by the day they were noticed. Denominator: deliverables that
    were published in the period, by the brand's days.
    """
    zone = ZoneInfo(brand.timezone)
    counted = dict(
        Incident.objects.counted()
        .filter(brand=brand, noticed_on__range=(starts_on, ends_on))
        .order_by()
        .values_list("severity")
        .annotate(Count("pk"))
    )
    posts = Deliverable.objects.filter(
        engagement__campaign__brand=brand,
        state=DeliverableState.PUBLISHED,
        published_at__gte=_midnight(starts_on, zone),
        published_at__lt=_midnight(ends_on + timedelta(days=1), zone),
    ).count()
    rows = [Rate(severity, counted.get(severity, 0), posts) for severity in Severity]
    return Rates(starts_on, ends_on, posts, rows)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
