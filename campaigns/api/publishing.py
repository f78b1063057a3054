"""Publications: where pieces of content are, who saw them there, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK
from campaigns.choices import DeliverableState, ReadingVerdict
from campaigns.models import Deliverable
from campaigns.selectors.publishing.missing import Missing, missing_of, missing_rows
from campaigns.selectors.publishing.schedule import Standing, standing_of
from campaigns.services.publishing import planning, recording, sightings
from campaigns.services.publishing.addresses import URL_MAX
from campaigns.services.publishing.recording import REASON_MAX
from campaigns.services.publishing.sightings import NOTE_MAX
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import MomentField
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("publications-api", key="id")
MISSING_ORDER = Order("missing-api", "missing_since", "id")


class PublicationSerializer(serializers.Serializer[Any]):
    """A piece of content, on its way to be seen."""

    id = serializers.IntegerField(help_text="Of the deliverable.")
    title = serializers.CharField()
    campaign = serializers.CharField(help_text="The campaign's key.")
    engagement = serializers.IntegerField()
    platform = serializers.CharField()
    form = serializers.CharField()
    state = serializers.ChoiceField(choices=DeliverableState.choices)
    standing = serializers.ChoiceField(choices=[one.value for one in Standing])
    publish_at = serializers.DateTimeField(allow_null=True, help_text="Planned.")
    published_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    post = serializers.IntegerField(allow_null=True, help_text="That an import brought.")
    confirmed_at = serializers.DateTimeField(
        allow_null=True, help_text="First seen by an import or a capture."
    )
    gone_at = serializers.DateTimeField(allow_null=True)
    exception_because = serializers.CharField(
        allow_null=True, help_text="Why it was written down although a rule was broken."
    )
    first_reading = serializers.ChoiceField(choices=ReadingVerdict.choices, allow_null=True)
    first_reading_why = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it back with a change.")


class MissingPublicationSerializer(PublicationSerializer):
    """A piece that is expected and not there."""

    missing = serializers.ChoiceField(choices=[one.value for one in Missing])
    missing_since = serializers.DateTimeField()
    why = serializers.CharField()


class PublishPlanBody(Body):
    """When it is to be published; null takes the plan back."""

    version = serializers.IntegerField(**LOCK)
    publish_at = MomentField(allow_null=True)
    is_meant = serializers.BooleanField(
        default=False, help_text="What speaks against the moment (`look_first`) was read."
    )


class PublishBody(Body):
    """Where it is published, and since when."""

    version = serializers.IntegerField(**LOCK)
    url = serializers.CharField(max_length=URL_MAX)
    published_at = MomentField()
    because = serializers.CharField(
        max_length=REASON_MAX,
        required=False,
        allow_blank=True,
        default="",
        help_text="Where it was not approved, or came before the embargo ended: what happened.",
    )


class AddressBody(Body):
    """The right address."""

    version = serializers.IntegerField(**LOCK)
    url = serializers.CharField(max_length=URL_MAX)


class GoneBody(Body):
    """When somebody looked, and what was there in its place."""

    seen_at = MomentField()
    note = serializers.CharField(max_length=NOTE_MAX)


class ReasonBody(Body):
    """Why it is not published after all."""

    reason = serializers.CharField(max_length=REASON_MAX)


class _Pieces(BrandViewSet[Deliverable]):
    scope = Scope.CAMPAIGNS_READ
    queryset = Deliverable.objects.none()
    serializer_class = PublicationSerializer
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Deliverable]:
        """Pieces in campaigns of the token's brand that are not called off."""
        rows = Deliverable.objects.filter(engagement__campaign__brand=self.brand)
        return rows.exclude(state=DeliverableState.CANCELLED)


class PublicationViewSet(_Pieces):
    """Pieces of content of all campaigns: planned, published, seen, gone."""

    def list(self, request: Request) -> Response:
        """All pieces, in the order in which they were planned."""
        rows = self.get_queryset().select_related("publication__reading", "engagement__campaign")
        return self.page(rows, order=ORDER, represent=_rows)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One piece."""
        return Response(_shown(self, pk))


class MissingViewSet(_Pieces):
    """Publications that are late, were never seen, or are gone."""

    serializer_class = MissingPublicationSerializer

    def list(self, request: Request) -> Response:
        """The longest first."""
        rows = missing_of(self.brand, timezone.now()).select_related("publication__reading")
        return self.page(rows, order=MISSING_ORDER, represent=_missing)


class PublicationActViewSet(_Pieces):
    """Planning and publishing pieces."""

    write_scope = Scope.CAMPAIGNS_RUN

    @extend_schema(request=PublishPlanBody, responses={200: PublicationSerializer, **REFUSED})
    def plan(self, request: Request, pk: str) -> Response:
        """Plan when it is to be published. `look_first`: something speaks against the moment."""
        return self._do(pk, PublishPlanBody, planning.plan, "expected_version")

    @extend_schema(request=PublishBody, responses={200: PublicationSerializer, **REFUSED})
    def publish(self, request: Request, pk: str) -> Response:
        """Write down where it is published: the creator goes live, rights of use begin."""
        return self._do(pk, PublishBody, recording.publish, "expected_version")

    @extend_schema(request=AddressBody, responses={200: PublicationSerializer, **REFUSED})
    def readdress(self, request: Request, pk: str) -> Response:
        """Put a mistyped address right, as long as nothing was seen at the old one."""
        return self._do(pk, AddressBody, recording.correct_address, "expected_version")

    @extend_schema(request=GoneBody, responses={200: PublicationSerializer, **REFUSED})
    def gone(self, request: Request, pk: str) -> Response:
        """Write down that somebody looked and did not find it."""
        return self._do(pk, GoneBody, sightings.say_gone)

    @extend_schema(request=ReasonBody, responses={200: PublicationSerializer, **REFUSED})
    def unpublish(self, request: Request, pk: str) -> Response:
        """It was not published after all; refused once something has shown it."""
        return self._do(pk, ReasonBody, recording.take_back)

    def _do(
        self, pk: str, body_class: type[Body], act: Callable[..., object], lock: str = ""
    ) -> Response:
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = body_class(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        if lock:
            values[lock] = values.pop("version")
        with refusals(CampaignRefused, body=body):
            act(
                deliverable_id=row["id"],
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                **values,
            )
        return Response(_shown(self, pk))


def _shown(view: _Pieces, pk: str) -> Row:
    rows = view.get_queryset().select_related("publication__reading", "engagement__campaign")
    found = rows.filter(pk=view.one(rows.filter(pk=pk).values("id"))["id"]).get()
    return publication_row(found)


def _missing(items: list[Any]) -> list[Row]:
    return [
        publication_row(row.deliverable)
        | {"missing": row.kind.value, "missing_since": row.since, "why": row.why}
        for row in missing_rows(items)
    ]


def _rows(items: list[Any]) -> list[Row]:
    return [publication_row(one) for one in items]


def publication_row(piece: Deliverable) -> Row:
    """A piece as the API shows it."""
    publication = getattr(piece, "publication", None)
    reading = getattr(publication, "reading", None)
    return {
        "id": piece.pk,
        "title": piece.title,
        "campaign": piece.engagement.campaign.key,
        "engagement": piece.engagement_id,
        "platform": piece.platform_id,
        "form": piece.form,
        "state": piece.state,
        "standing": standing_of(piece, publication).value,
        "publish_at": piece.publish_at,
        "published_at": piece.published_at,
        "url": piece.published_url or None,
        "post": piece.post_id,
        "confirmed_at": publication.confirmed_at if publication else None,
        "gone_at": publication.gone_at if publication else None,
        "exception_because": (publication.exception_because or None) if publication else None,
        "first_reading": reading.verdict if reading else None,
        "first_reading_why": reading.why if reading else None,
        "version": piece.version,
    }
