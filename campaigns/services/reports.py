"""Copies of reports: taken when a campaign is completed, or asked for; never changed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from campaigns.models import Campaign, ReportCopy
from campaigns.selectors.reports.report import figures_in, report_of
from campaigns.services.campaigns import Act
from campaigns.services.documents import digest_of
from crm import audit
from crm.models import User
from crm.pdf import pdf_of


@transaction.atomic
def take_copy(*, campaign: Campaign, actor: User | None, at: datetime) -> ReportCopy:
    """Keep what the report says now."""
    report = json.loads(json.dumps(report_of(campaign, at), cls=DjangoJSONEncoder))
    made = ReportCopy.objects.create(
        campaign=campaign, taken_at=at, taken_by=actor, report=report, digest=digest_of(report)
    )
    audit.record(
        brand=campaign.brand,
        verb="campaigns.report.kept",
        target=campaign,
        actor=actor,
        at=at,
        data={"copy": made.pk, "digest": made.digest},
        label=campaign.name,
    )
    return made


def keep_on_completion(
    campaign: Campaign, act: Act, actor: User | None, at: datetime
) -> ReportCopy | None:
    """The report as of a campaign's completion."""
    return take_copy(campaign=campaign, actor=actor, at=at) if act is Act.COMPLETE else None


def is_whole(copy: ReportCopy) -> bool:
    """Whether a copy still is what was kept: its digest says so."""
    return digest_of(copy.report) == copy.digest


def changes_since(copy: ReportCopy, today: dict[str, Any]) -> list[dict[str, str]]:
    """Figures that differ between a copy and the report of now, as people read them."""
    before = {figure["key"]: figure for figure in figures_in(copy.report)}
    after = {figure["key"]: figure for figure in figures_in(today)}
    rows = _named_rows(copy.report) | _named_rows(today)
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if (old and old["words"]) != (new and new["words"]):
            one = new or old
            found.append(
                {
                    "key": key,
                    "label": one["label"] if one else key,
                    "of": rows.get(key, "All"),
                    "before": old["words"] if old else "not there",
                    "after": new["words"] if new else "not there",
                }
            )
    return found


def report_pdf(report: dict[str, Any], at: datetime) -> bytes:
    """The report as a file."""
    return pdf_of("report", report, at=at)


def _named_rows(report: dict[str, Any]) -> dict[str, str]:
    """By figure, the row of a cut that it stands in."""
    return {
        figure["key"]: row["name"]
        for cut in report["cuts"]
        for row in cut["rows"]
        for figure in row["figures"]
    }
