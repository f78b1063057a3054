"""Lifts over REST: how much more of a series came with a campaign than a control says."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.experiments.weeks import Span
from campaigns.models import Campaign, DailySeries, SeriesLift
from campaigns.selectors.series.lifts import Answered, lifts_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.series import lifts
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope


class LiftSpanSerializer(serializers.Serializer[Any]):
    """Days, both included."""

    first = serializers.DateField()
    last = serializers.DateField()


class LiftSerializer(serializers.Serializer[Any]):
    """(after / before) / (control after / control before) - 1, over whole weeks."""

    id = serializers.IntegerField()
    series = serializers.CharField()
    control = serializers.CharField(help_text="In words.")
    before = LiftSpanSerializer()
    after = LiftSpanSerializer()
    lift = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    level = serializers.FloatField(allow_null=True)
    weeks_before = serializers.IntegerField(allow_null=True)
    weeks_after = serializers.IntegerField(allow_null=True)
    reason_if_absent = serializers.CharField(allow_null=True)
    words = serializers.ListField(child=serializers.CharField())
    method = serializers.CharField()


class LiftSpanBody(Body):
    """Days, both included; a week at least."""

    first = serializers.DateField()
    last = serializers.DateField()


class SeriesKeyField(serializers.CharField):
    """In bodies: the key of a series of the brand; the value is the series."""

    default_error_messages = {"unknown_series": "There is no series of this key."}

    def run_validation(self, data: Any = empty) -> Any:
        """The series, or None."""
        key = super().run_validation(data)
        if key is None:
            return None
        found = DailySeries.objects.filter(brand=self.context["brand"], key=key).first()
        if found is None:
            self.fail("unknown_series")
        return found


class NewLift(Body):
    """What is asked: a series, its days before and after, and what it is compared with.

    One control: another series that the campaign cannot have touched, or the same one on days so
    many days earlier (364: the same weekdays a year ago).
    """

    series = SeriesKeyField(max_length=60)
    before = LiftSpanBody(required=False, help_text="Without: as many days before the campaign.")
    after = LiftSpanBody(required=False, help_text="Without: the campaign's days.")
    control = SeriesKeyField(max_length=60, required=False, allow_null=True)
    days_back = serializers.IntegerField(
        min_value=7, max_value=3_660, required=False, allow_null=True
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Both spans or neither."""
        if ("before" in said) != ("after" in said):
            missing = "after" if "before" in said else "before"
            words = "Name both spans, or neither."
            raise serializers.ValidationError({missing: ErrorDetail(words, "required")})
        return said


class CampaignLiftViewSet(BrandViewSet[SeriesLift]):
    """What came with a campaign beside its own numbers."""

    scope = Scope.SERIES_READ
    write_scope = Scope.SERIES_WRITE
    queryset = SeriesLift.objects.none()
    serializer_class = LiftSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[SeriesLift]:
        """Questions about campaigns of the token's brand."""
        rows = SeriesLift.objects.filter(campaign__brand=self.brand)
        return rows.select_related("series", "campaign__brand")

    def list(self, request: Request, key: str) -> Response:
        """The lifts that were asked for a campaign, with what is known now."""
        return self.whole([lift_row(one) for one in lifts_of(self._campaign(key))])

    @extend_schema(
        request=NewLift,
        responses={201: LiftSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "Beside a year ago",
                value={"series": "brand-search", "days_back": 364},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, key: str) -> Response:
        """Ask for a lift; it is answered with what is known whenever it is looked at."""
        campaign = self._campaign(key)
        body = NewLift(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        usual_before, usual_after = lifts.usual_spans(campaign)
        asked = lifts.Asked(
            series=said["series"],
            before=Span(**said["before"]) if "before" in said else usual_before,
            after=Span(**said["after"]) if "after" in said else usual_after,
            control=said.get("control"),
            days_back=said.get("days_back"),
        )
        places = {
            "before_last": "/before/last" if "before" in said else "/before",
            "after_last": "/after/last" if "after" in said else "/after",
            "after_first": "/after/first" if "after" in said else "/after",
        }
        with refusals(CampaignRefused, body=body, places=places):
            made = lifts.ask_lift(
                campaign=campaign, asked=asked, actor=self.actor, at=timezone.now()
            )
        return Response(self._one(made.pk, campaign), status=HTTPStatus.CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One lift, with what is known now."""
        found = self._found(pk)
        return Response(self._one(found.pk, found.campaign))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Ask for it no more; the series stay."""
        lifts.drop_lift(lift=self._found(pk), actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)

    def _campaign(self, key: str) -> Campaign:
        found = Campaign.objects.filter(brand=self.brand, key=key).first()
        if found is None:
            raise Http404
        return found

    def _found(self, pk: str) -> SeriesLift:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    @staticmethod
    def _one(pk: int, campaign: Campaign) -> Row:
        found = next((one for one in lifts_of(campaign) if one.asked.pk == pk), None)
        if found is None:  # somebody has just taken it back
            raise Http404
        return lift_row(found)


def lift_row(one: Answered) -> Row:
    """A lift; null where it cannot be said, with the reason."""
    asked, found = one.asked, one.lift
    return {
        "id": asked.pk,
        "series": asked.series.key,
        "control": one.control,
        "before": {"first": asked.before_first, "last": asked.before_last},
        "after": {"first": asked.after_first, "last": asked.after_last},
        "lift": found.lift if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "level": found.level if found else None,
        "weeks_before": found.weeks_before if found else None,
        "weeks_after": found.weeks_after if found else None,
        "reason_if_absent": one.why_not or (found.why_not if found else "") or None,
        "words": list(one.words),
        "method": one.method,
    }
