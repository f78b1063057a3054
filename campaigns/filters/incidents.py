"""Which incidents: one filter for the page, the export and the API."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import AffectedCampaign
from crm.choices import IncidentKind, IncidentState, Severity
from crm.models import Incident

NOBODY = "none"


def _of_owner(rows: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
    if value == NOBODY:
        return rows.filter(owner=None)
    return rows.filter(owner__email__iexact=value)


def _touching(rows: QuerySet[Incident], _name: str, value: str) -> QuerySet[Incident]:
    links = AffectedCampaign.objects.filter(incident=OuterRef("pk"), campaign__key=value)
    return rows.filter(Exists(links))


class IncidentFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """Incidents by where they stand, what they are, and whom they touch."""

    state = filters.MultipleChoiceFilter(choices=IncidentState.choices)
    kind = filters.MultipleChoiceFilter(choices=IncidentKind.choices)
    severity = filters.MultipleChoiceFilter(choices=Severity.choices)
    owner = filters.CharFilter(
        method=_of_owner, max_length=254, label=f"An e-mail address, or {NOBODY}"
    )
    creator = filters.UUIDFilter(field_name="relationship__creator__uid", label="A creator's uid")
    campaign = filters.CharFilter(method=_touching, max_length=60, label="A campaign's key")
    noticed_from = filters.DateFilter(field_name="noticed_on", lookup_expr="gte")
    noticed_to = filters.DateFilter(field_name="noticed_on", lookup_expr="lte")

    class Meta:
        model = Incident
        fields: list[str] = []
