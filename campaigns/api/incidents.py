"""Incidents: what went wrong, where the work on it stands, how often it happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import LOCK, REFUSED, PersonField
from campaigns.filters.incidents import IncidentFilter
from campaigns.models import Campaign
from campaigns.risk.suitability import standard as taxonomy
from campaigns.selectors.incidents import incident_rates, touched_keys
from campaigns.services.days import today_of
from campaigns.services.incidents import acting, reporting
from campaigns.services.incidents.record import NOTE_MAX, rights_of
from campaigns.services.incidents.states import ASKS, allowed
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField, Query
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer, KnownCreatorField
from crm.choices import IncidentAct, IncidentKind, IncidentState, Scope, Severity
from crm.models import Incident
from crm.paging import Order

ORDER = Order("incidents-api", key="id")
# A class with a method `list` cannot name the type.
Rows = list[Row]
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_DAY: dict[str, Any] = {"required": False, "allow_null": True}
COLUMNS = (
    "id",
    "kind",
    "severity",
    "category",
    "tier",
    "taxonomy",
    "state",
    "state_since",
    "happened_on",
    "noticed_on",
    "confirmed_at",
    "created_at",
    "version",
    "owner_id",
    "created_by_id",
    "url",
    "what",
)


class IncidentSerializer(serializers.Serializer[Any]):
    """An incident; what happened only where the token's user may read it, else null."""

    id = serializers.IntegerField()
    creator = CreatorRefSerializer(allow_null=True, help_text="Null: a campaign or the brand.")
    campaigns = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of the campaigns it touches."
    )
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    category = serializers.CharField(allow_null=True, help_text="Of the taxonomy of suitability.")
    tier = serializers.CharField(allow_null=True, help_text="floor, high, medium or low.")
    taxonomy = serializers.CharField(allow_null=True, help_text="Its version.")
    state = serializers.ChoiceField(choices=IncidentState.choices)
    state_since = serializers.DateTimeField()
    happened_on = serializers.DateField(allow_null=True)
    noticed_on = serializers.DateField()
    confirmed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: nobody checked that it is true."
    )
    owner = serializers.EmailField(allow_null=True)
    what = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    acts = serializers.ListField(
        child=serializers.CharField(), help_text="What can be done with it next."
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Send it back with each act.")


class CampaignKeysField(serializers.ListField):
    """In bodies: keys of campaigns of the brand; the value is the campaigns."""

    child = serializers.CharField(max_length=60)
    default_error_messages = {"unknown_campaign": "There is no campaign “{name}” in this brand."}

    def to_internal_value(self, data: Any) -> list[Any]:
        """The campaigns, in the order of their keys."""
        keys = sorted(set(super().to_internal_value(data)))
        rows = Campaign.objects.filter(brand=self.context["brand"], key__in=keys)
        found = {campaign.key: campaign for campaign in rows}
        for key in keys:
            if key not in found:
                self.fail("unknown_campaign", name=key[:60])
        return [found[key] for key in keys]


class NewIncident(Body):
    """What went wrong."""

    creator = KnownCreatorField(required=False, allow_null=True)
    campaigns = CampaignKeysField(required=False, max_length=50)
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    what = serializers.CharField(max_length=reporting.WHAT_MAX)
    url = serializers.CharField(max_length=500, **_TEXT)
    happened_on = serializers.DateField(**_DAY)
    noticed_on = serializers.DateField(**_DAY, help_text="Today, if left out.")
    category = serializers.ChoiceField(choices=list(taxonomy().categories), **_TEXT)
    tier = serializers.ChoiceField(choices=list(taxonomy().tiers), **_TEXT)
    owner = PersonField(required=False, allow_null=True)


class IncidentActBody(Body):
    """What is done about an incident."""

    version = serializers.IntegerField(**LOCK)
    act = serializers.ChoiceField(choices=[*(act.value for act in ASKS), "confirm"])
    reason = serializers.CharField(
        max_length=NOTE_MAX, **_TEXT, help_text="Needed for all but `confirm`."
    )


class RateSerializer(serializers.Serializer[Any]):
    """Incidents of a severity, and per 100 posts."""

    severity = serializers.ChoiceField(choices=Severity.choices)
    incidents = serializers.IntegerField()
    per_100_posts = serializers.FloatField(allow_null=True, help_text="Null: too few posts.")


class RatesSerializer(serializers.Serializer[Any]):
    """How often something goes wrong."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    posts = serializers.IntegerField(help_text="Published in the period: the denominator.")
    incidents = serializers.IntegerField()
    per_100_posts = serializers.FloatField(allow_null=True, help_text="Null: too few posts.")
    by_severity = RateSerializer(many=True)


class RatesQuery(Query):
    """The period, both days included; the last 365 days, if left out."""

    starts_on = DayField(required=False)
    ends_on = DayField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """The first day is not after the last."""
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and starts > ends:
            raise serializers.ValidationError({"ends_on": "This is before starts_on."})
        return values


class IncidentViewSet(BrandViewSet[Incident]):
    """Incidents of the brand."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_scopes = {"create": Scope.INCIDENTS_REPORT}
    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    queries = {"rates": RatesQuery}
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[Incident]:
        """Incidents of the token's brand."""
        return Incident.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Incidents in the order in which they were reported."""
        rows = self._rows(self.filter_queryset(self.get_queryset()))
        return self.page(rows, order=ORDER, represent=self._shown)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One incident."""
        return Response(self._one(pk))

    @extend_schema(request=NewIncident, responses={201: IncidentSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Report an incident: legal, admins and who leads the work are told."""
        body = NewIncident(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(body.validated_data)
        creator, campaigns = said.pop("creator", None), said.pop("campaigns", [])
        kind, severity = IncidentKind(said.pop("kind")), Severity(said.pop("severity"))
        with refusals(CampaignRefused, body=body):
            made = reporting.report(
                brand=self.brand,
                seen=reporting.Seen(kind=kind, severity=severity, **said),
                relationship=creator,
                campaigns=campaigns,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self._one(made.pk), status=201)

    @extend_schema(request=IncidentActBody, responses={200: IncidentSerializer, **REFUSED})
    def act(self, request: Request, pk: str) -> Response:
        """Confirm, contain, resolve, close, reopen or dismiss it; `acts` says what comes next."""
        self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = IncidentActBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        common: dict[str, Any] = {
            "incident_id": int(pk),
            "brand": self.brand,
            "actor": self.actor,
            "at": timezone.now(),
            "expected_version": said["version"],
        }
        with refusals(CampaignRefused, body=body):
            if said["act"] == IncidentAct.CONFIRM:
                reporting.confirm(**common)
            else:
                reason = said.get("reason", "")
                acting.move(act=IncidentAct(said["act"]), reason=reason, **common)
        return Response(self._one(pk))

    @extend_schema(responses={200: RatesSerializer})
    def rates(self, request: Request) -> Response:
        """Incidents per 100 published posts, by severity; dismissed ones are not counted."""
        ends = self.query.get("ends_on") or today_of(self.brand, timezone.now())
        starts = self.query.get("starts_on") or ends - timedelta(days=364)
        found = incident_rates(self.brand, starts, ends)
        return Response(
            {
                "starts_on": found.starts_on,
                "ends_on": found.ends_on,
                "posts": found.posts,
                "incidents": found.all.incidents,
                "per_100_posts": found.all.per_100,
                "by_severity": [
                    {
                        "severity": row.severity.value,
                        "incidents": row.incidents,
                        "per_100_posts": row.per_100,
                    }
                    for row in found.rows
                ],
            }
        )

    def _rows(self, rows: QuerySet[Incident]) -> QuerySet[Any, Row]:
        return touched_keys(rows).values(
            *COLUMNS,
            "campaigns",
            owner_email=F("owner__email"),
            uid=F("relationship__creator__uid"),
            name=F("relationship__creator__name"),
        )

    def _one(self, pk: int | str) -> Row:
        [found] = self._shown([self.one(self._rows(self.get_queryset().filter(pk=pk)))])
        return found

    def _shown(self, rows: Rows) -> Rows:
        return [self._plain(row) for row in rows]

    def _plain(self, row: Row) -> Row:
        mine = Incident(owner_id=row["owner_id"], created_by_id=row["created_by_id"])
        reads = rights_of(mine, self.actor, self.role).reads
        same = ("id", "kind", "severity", "state", "state_since", "happened_on", "noticed_on")
        return {
            **{name: row[name] for name in same},
            "creator": {"uid": row["uid"], "name": row["name"]} if row["uid"] else None,
            "campaigns": row["campaigns"],
            "category": row["category"] or None,
            "tier": row["tier"] or None,
            "taxonomy": row["taxonomy"] or None,
            "confirmed_at": row["confirmed_at"],
            "owner": row["owner_email"],
            "what": (row["what"] or None) if reads else None,
            "url": (row["url"] or None) if reads else None,
            "acts": [act.value for act in allowed(row["state"])],
            "created_at": row["created_at"],
            "version": row["version"],
        }
