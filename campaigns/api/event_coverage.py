"""Posts that an event brought about: those that may be, and what people said of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import EventPart
from campaigns.models import Event, EventPost
from campaigns.selectors.events import coverage_of
from campaigns.services.events import covering
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Post


class EventPostSerializer(serializers.Serializer[Any]):
    """A post of somebody who was there."""

    post = serializers.IntegerField(help_text="The id of one of `posts/`.")
    creator = serializers.UUIDField()
    platform = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    reach = serializers.IntegerField(allow_null=True)
    verdict = serializers.ChoiceField(
        choices=EventPart.choices, allow_null=True, help_text="Null: nobody looked at it yet."
    )
    by = serializers.EmailField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class CoverageBody(Body):
    """Whether a post is of the event."""

    post = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    verdict = serializers.ChoiceField(
        choices=EventPart.choices, allow_null=True, help_text="Null takes back what was said."
    )


class EventCoverageViewSet(BrandViewSet[EventPost]):
    """What was posted of an event: short by nature."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = EventPost.objects.none()
    serializer_class = EventPostSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[EventPost]:
        """What was said of posts of an event of the token's brand."""
        return EventPost.objects.filter(invitation__event__campaign__brand=self.brand)

    def list(self, request: Request, pk: str) -> Response:
        """Posts that count, those that do not, and up to 200 that nobody looked at yet."""
        return self._answer(self._event(pk))

    @extend_schema(
        request=CoverageBody,
        responses={200: EventPostSerializer(many=True), **REFUSED},
        examples=[
            OpenApiExample(
                "It is of the event", value={"post": 31, "verdict": "yes"}, request_only=True
            )
        ],
    )
    def create(self, request: Request, pk: str) -> Response:
        """Count a post of somebody who was invited as coverage of the event, or not."""
        event = self._event(pk)
        body = CoverageBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        if not Post.objects.filter(
            pk=said["post"], creator__relationships__in=event.invitations.values("relationship")
        ).exists():
            words = "This post is none of somebody who was invited."
            raise BadBody([Fault("/post", "unknown_post", words)])
        with refusals(CampaignRefused, body=body):
            covering.say(
                event_id=event.pk,
                post_id=said["post"],
                brand=self.brand,
                verdict=EventPart(said["verdict"]) if said["verdict"] else None,
                actor=self.actor,
                at=timezone.now(),
            )
        return self._answer(event)

    def _event(self, pk: str) -> Event:
        with refusals(CampaignRefused):
            return Event.objects.select_related("campaign__brand").get(
                pk=pk, campaign__brand=self.brand
            )

    def _answer(self, event: Event) -> Response:
        found = coverage_of(event)
        said = self.get_queryset().filter(invitation__event=event)
        aside = said.filter(verdict=EventPart.NO).select_related(
            "post__profile", "post__creator", "by"
        )
        return self.whole(
            [
                *(_row(one.post, one) for one in found.confirmed),
                *(_row(one.post, one) for one in aside.order_by("post__posted_at", "pk")),
                *(_row(post, None) for post in found.suggested),
            ]
        )


def _row(post: Post, said: EventPost | None) -> Row:
    return {
        "post": post.pk,
        "creator": post.creator.uid,
        "platform": post.profile.platform_id,
        "posted_at": post.posted_at,
        "url": post.url or None,
        "reach": post.reach,
        "verdict": said.verdict if said else None,
        "by": said.by.email if said and said.by else None,
        "at": said.at if said else None,
    }
