"""Lifts: how much more of a series came with a campaign than a control says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.experiments.weeks import Span
from campaigns.models import Campaign, DailySeries, SeriesLift
from campaigns.services.series.keeping import SeriesRefused
from crm import audit
from crm.models import User

# A span longer than this is no campaign any more.
DAYS_MAX = 400
LIFTS_MAX = 12
# The same weekdays a year ago.
YEAR_BACK = 364


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know. The control: another series, or so many days back."""

    series: DailySeries
    before: Span
    after: Span
    control: DailySeries | None = None
    days_back: int | None = None


@transaction.atomic
def ask_lift(*, campaign: Campaign, asked: Asked, actor: User | None, at: datetime) -> SeriesLift:
    """Keep the question; it is answered with what is known when it is looked at.

    Raises SeriesRefused.
    """
    _check(asked)
    Campaign.objects.select_for_update(no_key=True, of=("self",)).get(pk=campaign.pk)
    if SeriesLift.objects.filter(campaign=campaign).count() >= LIFTS_MAX:
        raise SeriesRefused(
            f"A campaign has {LIFTS_MAX} such questions at most: take one out first.",
            code="too_many",
        )
    made = SeriesLift.objects.create(
        campaign=campaign,
        series=asked.series,
        control=asked.control,
        control_days_back=asked.days_back,
        before_first=asked.before.first,
        before_last=asked.before.last,
        after_first=asked.after.first,
        after_last=asked.after.last,
        created_by=actor,
        created_at=at,
    )
    audit.record(
        brand=campaign.brand,
        verb="campaigns.lift.asked",
        target=made,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.key,
            "key": asked.series.key,
            "before": [asked.before.first, asked.before.last],
            "after": [asked.after.first, asked.after.last],
            "days_back": asked.days_back,
        },
        label=f"{asked.series} with {campaign}",
    )
    return made


@transaction.atomic
def drop_lift(*, lift: SeriesLift, actor: User | None, at: datetime) -> None:
    """Ask it no more."""
    audit.record(
        brand=lift.campaign.brand,
        verb="campaigns.lift.dropped",
        target=lift,
        actor=actor,
        at=at,
        data={"campaign": lift.campaign.key, "key": lift.series.key},
        label=f"{lift.series} with {lift.campaign}",
    )
    lift.delete()


def usual_spans(campaign: Campaign) -> tuple[Span, Span]:
    """The campaign's days, and as many whole weeks before it."""
    days = max((campaign.ends_on - campaign.starts_on).days + 1, 7)
    after = Span(campaign.starts_on, campaign.starts_on + timedelta(days=days - 1))
    return Span(after.first - timedelta(days=days), after.first - timedelta(days=1)), after


def _check(asked: Asked) -> None:
    before, after = asked.before, asked.after
    for field, span in (("before_last", before), ("after_last", after)):
        days = (span.last - span.first).days + 1
        if not 7 <= days <= DAYS_MAX:
            raise SeriesRefused(
                f"A span has at least a week and at most {DAYS_MAX} days.",
                code="out_of_range",
                field=field,
            )
        if not date(2000, 1, 1) <= span.first:
            raise SeriesRefused("This is too long ago.", code="out_of_range", field=field)
    if after.first <= before.last:
        raise SeriesRefused(
            "The days after begin when the days before are over.",
            code="overlap",
            field="after_first",
        )
    if (asked.control is None) == (asked.days_back is None):
        raise SeriesRefused(
            "Choose one control: another series, or other days.", code="control", field="control"
        )
    if asked.control == asked.series:
        raise SeriesRefused(
            "A series is no control of itself on the same days.", code="control", field="control"
        )
    if asked.days_back is not None:
        length = (after.last - before.first).days
        if asked.days_back % 7 or not length < asked.days_back <= 3_660:
            raise SeriesRefused(
                "The days to compare with lie whole weeks back, before all of these: "
                f"{YEAR_BACK} days are the same weekdays a year ago.",
                code="control",
                field="days_back",
            )
