"""Posts that look like a campaign's: which piece each may be, tied to it, or said to be none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet
from campaigns.api.calendar import campaign_at
from campaigns.api.campaigns import REFUSED
from campaigns.api.publishing import PublicationSerializer, publication_row
from campaigns.models import Campaign, Deliverable, Engagement, Publication
from campaigns.selectors.publishing.suggestions import Suggestion, set_aside_of, suggestions_of
from campaigns.services.publishing import matching
from campaigns.services.publishing.recording import REASON_MAX
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Post


class FitSerializer(serializers.Serializer[Any]):
    """A piece of content that the post may be."""

    deliverable = serializers.IntegerField()
    title = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class PostMatchSerializer(serializers.Serializer[Any]):
    """A post of a creator of the campaign that carries its marks."""

    post = serializers.IntegerField()
    url = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    creator = CreatorRefSerializer()
    engagement = serializers.IntegerField()
    is_aside = serializers.BooleanField(help_text="Somebody said that it is none.")
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Why it is shown; none of what is set aside."
    )
    fits = FitSerializer(many=True, help_text="The best first.")


_POST: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class PostAside(Body):
    """Which post."""

    post = serializers.IntegerField(**_POST)


class PostMatching(PostAside):
    """Which piece a post is."""

    deliverable = serializers.IntegerField(**_POST)
    because = serializers.CharField(
        max_length=REASON_MAX,
        allow_blank=True,
        default="",
        help_text="Where it was not approved, or came before the embargo ended: what happened.",
    )


class PostMatchViewSet(ActingViewSet[Campaign]):
    """Posts of the campaign's creators that may be content of it."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = Campaign.objects.none()
    serializer_class = PostMatchSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post"]

    def list(self, request: Request, key: str) -> Response:
        """What may belong to it, the newest 200 posts, and then what was set aside."""
        campaign = campaign_at(self.brand.pk, key=key)
        found = [_suggested(one) for one in suggestions_of(campaign)]
        aside = set_aside_of(campaign)
        found += [
            _shown(one.post, one.engagement_id) | {"is_aside": True, "reasons": [], "fits": []}
            for one in aside
        ]
        return self.whole(found)

    @extend_schema(request=PostMatching, responses={200: PublicationSerializer, **REFUSED})
    def match(self, request: Request, key: str) -> Response:
        """Say which piece a post is: it is published, and seen."""
        campaign, body = campaign_at(self.brand.pk, key=key), self.said(PostMatching)
        said = body.validated_data
        pieces = Deliverable.objects.filter(engagement__campaign=campaign, pk=said["deliverable"])
        piece = pieces.values_list("pk", flat=True).first()
        if piece is None:
            words = "The campaign has no piece of this number."
            raise BadBody([Fault("/deliverable", "unknown_deliverable", words)])
        self._known(said["post"], deliverables=piece)
        self.done(
            matching.match,
            body,
            post_id=said["post"],
            deliverable_id=piece,
            because=said["because"],
        )
        made = Publication.objects.select_related(
            "deliverable__engagement__campaign", "reading"
        ).get(deliverable=piece)
        return Response(publication_row(made.deliverable))

    @extend_schema(request=PostAside, responses={204: None, **REFUSED})
    def aside(self, request: Request, key: str) -> Response:
        """Say that a post is none of the campaign's: it is not suggested any more."""
        return self._say(key, matching.set_aside)

    @extend_schema(request=PostAside, responses={204: None, **REFUSED})
    def again(self, request: Request, key: str) -> Response:
        """Suggest a post again that was set aside."""
        return self._say(key, matching.take_up)

    def _known(self, post: int, **whose: Any) -> None:
        """That the post is of a creator of the campaign; BadBody."""
        people = Engagement.objects.filter(**whose).values("relationship__creator")
        if not Post.objects.filter(pk=post, creator__in=people).exists():
            words = "Nobody in question has a post of this number."
            raise BadBody([Fault("/post", "unknown_post", words)])

    def _say(self, key: str, act: Callable[..., object]) -> Response:
        campaign, body = campaign_at(self.brand.pk, key=key), self.said(PostAside)
        self._known(body.validated_data["post"], campaign=campaign)
        self.done(act, body, campaign=campaign, post_id=body.validated_data["post"])
        return Response(status=204)


def _suggested(one: Suggestion) -> Row:
    return _shown(one.post, one.engagement.pk) | {
        "is_aside": False,
        "reasons": list(one.reasons),
        "fits": [
            {
                "deliverable": fit.deliverable.pk,
                "title": fit.deliverable.title,
                "reasons": list(fit.reasons),
            }
            for fit in one.fits
        ],
    }


def _shown(post: Post, engagement: int) -> Row:
    return {
        "post": post.pk,
        "url": post.url,
        "posted_at": post.posted_at,
        "creator": {"uid": post.creator.uid, "name": post.creator.name},
        "engagement": engagement,
    }
