"""What rights bring to a day: those that end soon, and content that is used past its right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from campaigns.models import AssetUse, UsageRight
from campaigns.selectors.rights import SOON, ending
from campaigns.services.assets.using import end_use
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.channels import channels
from campaigns.services.rights.ending import overruns, seen_to_by
from crm.day import DAY_AT, Asker, DayRefused, Row, Section, Source
from crm.permissions import Can

# Whose a right is, as services.rights.ending.seen_to_by says.
_OWNED = {
    "engagement__owner": None,
    "engagement__campaign__owner": None,
}


class RightsEnding(Source):
    """Rights that end within a month and are not followed by another."""

    key = "right-ends"
    section = Section.CHASE
    name = "Right ends"
    icon = "clock"
    can = Can.VIEW

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """One's own, and those of nobody."""
        rows = ending(asker.brand, asker.today, SOON)
        if not asker.is_team:
            mine = asker.user
            rows = rows.filter(
                Q(engagement__owner=mine)
                | Q(engagement__owner=None, engagement__campaign__owner=mine)
                | Q(granted_by=mine, **_OWNED)
                | Q(granted_by=None, **_OWNED)
            )
        return rows.annotate(**{DAY_AT: Cast("ends_on", DateTimeField())})

    def show(self, asker: Asker, rows: Sequence[UsageRight]) -> list[Row]:
        """What, from whom, and how soon."""
        found = []
        for row in rows:
            owner, last = seen_to_by(row), row.ends_on
            if last is None:
                continue
            left = (last - asker.today).days
            words = "ends today" if not left else f"ends in {left} day{'s'[: left != 1]}"
            short = row.in_short
            found.append(
                Row(
                    pk=row.pk,
                    title=f"{short[0].upper()}{short[1:]}",
                    url=reverse("campaigns:right", args=[asker.brand.slug, row.pk]),
                    about=_from_whom(row),
                    why=f"{words}: renew it, or plan to take the content down",
                    since=getattr(row, DAY_AT),
                    is_late=left <= 7,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


class UsedPastRight(Source):
    """Content that is used, and may not be (any more, or soon)."""

    key = "use-overruns"
    section = Section.UNBLOCK
    name = "Used past its right"
    icon = "alert-triangle"
    finished = "It is down since today."
    can = can_finish = Can.PLAN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of whoever wrote the use down, and of nobody."""
        numbers = [one.use.pk for one in overruns(asker.brand, asker.today)]
        rows = AssetUse.objects.filter(pk__in=numbers).select_related("asset", "created_by")
        if not asker.is_team:
            rows = rows.filter(Q(created_by=asker.user) | Q(created_by=None))
        return rows.annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[AssetUse]) -> list[Row]:
        """Where it is, and until when that was allowed."""
        until = {one.use.pk: one.until for one in overruns(asker.brand, asker.today)}
        names = channels()
        found = []
        for row in rows:
            last = until.get(row.pk)
            end = f"the right ends on {last:%-d %B %Y}" if last else "no right covers it today"
            found.append(
                Row(
                    pk=row.pk,
                    title=row.asset.title,
                    url=reverse("campaigns:asset", args=[asker.brand.slug, row.asset_id]),
                    about=names.get(row.channel, row.channel),
                    why=f"{end}, and it goes on: take it down, or ask for more",
                    since=getattr(row, DAY_AT),
                    is_late=last is None,
                    who=row.created_by.display_name if row.created_by else "nobody",
                    done="Taken down",
                    version=row.version,
                )
            )
        return found

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """It was taken down today."""
        try:
            end_use(
                use_id=pk,
                brand=asker.brand,
                on=asker.today,
                actor=asker.user,
                at=asker.at,
                expected_version=version,
            )
        except CampaignRefused as refusal:
            raise DayRefused(str(refusal)) from refusal


def _from_whom(row: UsageRight) -> str:
    if row.engagement is not None:
        return f"{row.engagement.relationship.creator.name}, {row.engagement.campaign.name}"
    return row.given_by


SOURCES = (RightsEnding(), UsedPastRight())
