"""Ask for a report of attribution, and have it computed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.models import Campaign
from campaigns.selectors.credits import settings_of
from campaigns.services.days import EARLIEST, LATEST, today_of
from campaigns.services.money import CURRENCIES
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, User
from segmentation.models import AttributionReport
from segmentation.services import errands

# By name: tasks are above services.
TASK = "segmentation.tasks.compute_attribution"
LONGEST = timedelta(days=731)
# PostgreSQL's resolution: `as_of` itself belongs to what is looked at, which is closed-open.
_INSTANT = timedelta(microseconds=1)


@transaction.atomic
def request_report(
    *,
    brand: Brand,
    campaign: Campaign | None,
    first_on: date,
    last_on: date,
    currency: str,
    actor: User | None,
    at: datetime,
) -> AttributionReport:
    """Have the conversions of these days divided, by the settings that hold now.

    Raises CampaignRefused for days that cannot be, and for what is no currency.
    """
    if not (EARLIEST <= first_on.year <= LATEST and EARLIEST <= last_on.year <= LATEST):
        raise CampaignRefused(f"The year must lie from {EARLIEST} to {LATEST}.", field="first_on")
    if last_on < first_on:
        raise CampaignRefused("The last day comes before the first.", field="last_on")
    if last_on - first_on > LONGEST:
        raise CampaignRefused("Two years are the most: take a shorter time.", field="first_on")
    if first_on > today_of(brand, at):
        raise CampaignRefused("These days are still to come.", field="first_on")
    if currency and currency not in CURRENCIES:
        raise CampaignRefused("A currency has three letters, as EUR.", field="currency")
    report = AttributionReport.objects.create(
        brand=brand,
        campaign=campaign,
        first_on=first_on,
        last_on=last_on,
        currency=currency,
        settings=settings_of(brand),
        requested_by=actor,
        requested_at=at,
    )
    audit.record(
        brand=brand,
        verb="segmentation.attribution.requested",
        target=report,
        actor=actor,
        at=at,
        data={
            "days": [first_on.isoformat(), last_on.isoformat()],
            "currency": currency,
            "campaign": campaign.key if campaign else None,
            "version": report.settings.number if report.settings else None,
        },
    )
    errands.send(TASK, report)
    return report


def compute(*, report_id: int, at: datetime) -> AttributionReport | None:
    """Compute a report that waits for it; safe to call twice."""
    rows = AttributionReport.objects.select_related("brand", "campaign", "settings")
    return errands.carry_out(
        rows, errand_id=report_id, task=TASK, work=lambda report: _fill(report, at)
    )


def bounds(report: AttributionReport) -> tuple[datetime, datetime]:
    """The days of a report as moments, closed-open."""
    zone = ZoneInfo(report.brand.timezone)
    after = report.last_on + timedelta(days=1)
    return (
        datetime.combine(report.first_on, time(), zone),
        datetime.combine(after, time(), zone),
    )


def _fill(report: AttributionReport, at: datetime) -> None:
    # numpy comes with it: only a worker loads that.
    from segmentation.services.attribution import computing  # noqa: PLC0415

    start, end = bounds(report)
    as_of = min(at, end - _INSTANT)
    answer = computing.compute(report, start=start, end=end, as_of=as_of)
    report.as_of, report.computed_at = as_of, at
    report.digest, report.found, report.paths = answer.digest, answer.found, answer.paths
    report.save(update_fields=("as_of", "computed_at", "digest", "found", "paths"))
