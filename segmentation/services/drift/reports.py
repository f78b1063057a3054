"""Drift reports: asked for, computed by a worker, stored and served as they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from crm import audit
from crm.models import Brand, User
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of, quarter_bounds, quarter_of
from segmentation.models import DriftReport
from segmentation.services import errands
from segmentation.services.drift import facts as drift_facts
from segmentation.services.drift import flows as drift_flows

# By name: tasks are above services.
TASK = "segmentation.tasks.compute_drift"
# Older reports of a brand make room for newer ones.
MOST_REPORTS = 40
FIRST_DAY = date(2000, 1, 1)
# What the computation finds out.
FILLED = ("creators", "dimensions", "facts", "freshness", "computed_at")


class DriftRefused(Exception):
    """There is no drift between such days; the message is fit for the user.

    `field` names the input that is at fault.
    """

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def default_days(brand: Brand, at: datetime) -> tuple[date, date]:
    """The last day of the fiscal quarter before this one, and today."""
    calendar = calendar_of(brand)
    begins = quarter_bounds(quarter_of(at, calendar), calendar).start
    return calendar.day_of(begins) - timedelta(days=1), calendar.day_of(at)


@transaction.atomic
def request_report(
    *, brand: Brand, since_on: date, until_on: date, actor: User | None, at: datetime
) -> DriftReport:
    """Have the drift from the end of one day to the end of another computed by a worker.

    A report of these days that is stored already is computed again; a day that is not over yet is
    looked at up to now. Raises DriftRefused.
    """
    calendar = calendar_of(brand)
    if until_on <= since_on:
        raise DriftRefused("The second day must be later than the first.", field="until")
    if until_on > calendar.day_of(at):
        raise DriftRefused(
            f"{until_on:%-d %B %Y} has not come yet; choose today or earlier.", field="until"
        )
    if since_on < FIRST_DAY:
        raise DriftRefused(
            f"Nothing is known of before {FIRST_DAY:%Y}; choose a later day.", field="since"
        )
    report, _ = DriftReport.objects.update_or_create(
        brand=brand,
        since_on=since_on,
        until_on=until_on,
        defaults={
            "since": calendar.midnight(since_on + timedelta(days=1)),
            "until": min(at, calendar.midnight(until_on + timedelta(days=1))),
            "status": ErrandStatus.QUEUED,
            "error": "",
            "attempts": 0,
            "requested_by": actor,
            "requested_at": at,
        },
    )
    old = DriftReport.objects.filter(brand=brand).order_by("-requested_at", "-pk")
    DriftReport.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[MOST_REPORTS:])
    ).delete()
    if actor is not None:
        audit.record(
            brand=brand,
            verb="segmentation.drift.requested",
            target=report,
            actor=actor,
            at=at,
            data={"since": since_on, "until": until_on},
        )
    errands.send(TASK, report)
    return report


def compute_report(*, report_id: int, at: datetime) -> DriftReport | None:
    """Compute a report that waits for it; safe to call twice. None where it made room for another.

    Whatever goes wrong, the report says so and keeps the numbers that it had.
    """
    return errands.carry_out(
        DriftReport.objects.select_related("brand"),
        errand_id=report_id,
        task=TASK,
        work=lambda report: _fill(report, at),
    )


def _fill(report: DriftReport, at: datetime) -> None:
    brand, since, until = report.brand, report.since, report.until
    flows = drift_flows.read_flows(brand=brand, since=since, until=until)
    facts = drift_facts.compared(catalogue(brand))
    people = drift_facts.sample(brand=brand, until=until)
    before, after = (
        drift_facts.values_of(brand=brand, creator_ids=people, as_of=moment, facts=facts)
        for moment in (since, until)
    )
    report.creators = {
        "since": flows.since,
        "until": flows.until,
        "sample": len(people),
    }
    report.dimensions = flows.dimensions
    report.facts = drift_facts.compare(before, after, facts)
    report.freshness = drift_facts.freshness(brand=brand, creator_ids=people, until=until)
    report.computed_at = at
    report.save(update_fields=FILLED)
