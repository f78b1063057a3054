"""Incidents with a creator and pauses of the work: that there were any, and how they ended."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.choices import IncidentAct
from crm.models import Hold, IncidentEvent, Relationship
from crm.timeline import Event, Source, Window, name_of

# What moves an incident; its steps and notes are on its own page.
_TOLD = {
    IncidentAct.REPORT: "Incident reported",
    IncidentAct.CONFIRM: "Incident confirmed",
    IncidentAct.CONTAIN: "Incident contained",
    IncidentAct.RESOLVE: "Incident resolved",
    IncidentAct.CLOSE: "Incident closed",
    IncidentAct.REOPEN: "Incident opened again",
    IncidentAct.DISMISS: "Incident dismissed as unfounded",
}


def _incidents(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = IncidentEvent.objects.filter(
        incident__relationship=relationship, act__in=_TOLD
    ).select_related("incident", "actor")
    for row in window.rows(rows, at="at", person="actor"):
        incident = row.incident
        yield Event(
            at=row.at,
            kind="incident",
            title=f"{_TOLD[IncidentAct(row.act)]}: {incident.get_kind_display().lower()}",
            who=name_of(row.actor),
            # What happened is for few people: a timeline is read by all.
            text=incident.get_severity_display(),
            number=row.pk,
            url=reverse("campaigns:incident", args=[relationship.brand.slug, incident.pk]),
            link="Open",
        )


def _pauses(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = Hold.objects.filter(relationship=relationship).select_related("by")
    for row in window.rows(rows, at="since", person="by"):
        yield Event(
            at=row.since,
            kind="pause",
            title="Work paused",
            who=name_of(row.by),
            text=row.reason,
            number=row.pk,
            url=reverse("campaigns:holds", args=[relationship.brand.slug]),
            link="Pauses",
        )


INCIDENTS = Source("incident", "Incidents", "alert-triangle", _incidents)
PAUSES = Source("pause", "Pauses", "player-pause", _pauses)
