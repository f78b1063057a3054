"""Where the REST API shows what an act was done to: part of what a webhook is told."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.conf import settings

from crm.models import AuditEntry
from crm.registry import Registry

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Place:
    """`model` ("crm.task") is shown below `prefix`, each row by its `field`."""

    model: str
    prefix: str
    field: str = "pk"


PLACES: Registry[Place] = Registry()

_OWN = (
    Place("crm.agent", "agents", "uid"),
    Place("crm.application", "applications"),
    Place("crm.connector", "connectors"),
    Place("crm.contactpoint", "contacts"),
    Place("crm.creator", "creators", "uid"),
    Place("crm.importbatch", "imports"),
    Place("crm.incident", "incidents"),
    Place("crm.note", "notes"),
    Place("crm.pitchapproval", "pitch-approvals"),
    Place("crm.profile", "profiles"),
    Place("crm.relationship", "relationships"),
    Place("crm.task", "tasks"),
    Place("crm.thread", "threads"),
    Place("crm.sequence", "sequences"),
    Place("crm.enrolment", "enrolments"),
    Place("crm.suppression", "suppressions"),
    Place("crm.privacyrequest", "privacy-requests"),
    Place("crm.mailtemplate", "mail-templates"),
    Place("crm.representation", "representations"),
    Place("crm.review", "reviews"),
    Place("crm.customfield", "fields", "key"),
    Place("crm.vetting", "vettings"),
    Place("crm.webhook", "webhooks"),
)


def add(places: tuple[Place, ...]) -> None:
    """For upper apps: say where rows of theirs are shown."""
    for place in places:
        PLACES.add(place.model, place)


def add_own_places() -> None:
    """Those of this app."""
    add(_OWN)


def url_of(entry: AuditEntry) -> str | None:
    """The address of an act's target; None where the API does not show it, or it is gone."""
    if entry.target_id is None or entry.target_type not in PLACES:
        return None
    place = PLACES[entry.target_type]
    key: object = entry.target_id
    if place.field != "pk":
        rows = apps.get_model(entry.target_type)._base_manager.filter(pk=entry.target_id)
        key = rows.values_list(place.field, flat=True).first()
    return f"{settings.RAPPORT_URL}{API}/{place.prefix}/{key}/" if key is not None else None
