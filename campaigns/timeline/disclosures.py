"""Disclosures of a creator's posts: looked at, asked to be put right, put right."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from campaigns.choices import RemediationAct, ReviewState
from campaigns.models import DisclosureReview, RemediationEvent
from crm.models import Relationship
from crm.timeline import Event, Source, Window, name_of

_TOLD = {
    RemediationAct.ASK: "Asked to put a disclosure right",
    RemediationAct.ASK_AGAIN: "Asked again to put a disclosure right",
    RemediationAct.ANSWER: "Said that a disclosure is put right",
    RemediationAct.EXPIRE: "Disclosure not put right in time",
    RemediationAct.RESOLVE: "Disclosure put right",
}


def _looks(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = DisclosureReview.objects.filter(
        deliverable__engagement__relationship=relationship, state=ReviewState.DECIDED
    ).select_related("deliverable")
    # A look has one decision or two: it is nobody's alone.
    for row in window.rows(rows, at="decided_at"):
        stage = row.get_stage_display().lower()
        title = f"Disclosure {row.get_verdict_display().lower()} ({stage}): {row.deliverable.title}"
        url = reverse("campaigns:disclosure", args=[relationship.brand.slug, row.pk])
        yield Event(row.decided_at, "disclosure", title, number=row.pk, url=url, link="Open review")


def _requests(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = RemediationEvent.objects.filter(
        remediation__deliverable__engagement__relationship=relationship, act__in=list(_TOLD)
    ).select_related("remediation__deliverable", "actor", "link")
    for row in window.rows(rows, at="at", person="actor"):
        title = f"{_TOLD[RemediationAct(row.act)]}: {row.remediation.deliverable.title}"
        url = reverse("campaigns:remediation", args=[relationship.brand.slug, row.remediation_id])
        who = row.link.name if row.link else name_of(row.actor)
        yield Event(row.at, "remediation", title, who, row.note, row.pk, url, "Open request")


LOOKS = Source("disclosure", "Disclosures", "scale", _looks)
REQUESTS = Source("remediation", "Disclosures to put right", "send", _requests)
