"""A campaign's hashtag and public page, posts that may go into its inbox, and who brought them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.submissions import SubmissionSerializer, submission_row
from campaigns.choices import Usage
from campaigns.models import Campaign, Submission, SubmissionPage
from campaigns.models.submissions import USES
from campaigns.selectors.submissions.chain import Link, chain_of
from campaigns.selectors.submissions.posts import suggested
from campaigns.services.refusals import CampaignRefused
from campaigns.services.submissions import receiving
from campaigns.services.submissions.page import CHANGEABLE, change_page
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.problems import BadBody, Fault
from crm.api.refusals import refusals
from crm.api.relationships import CreatorRefSerializer
from crm.choices import Scope
from crm.models import Post
from crm.public_forms.words import LANGUAGES

Posts = list[Post]  # a class below has a method of that name
_USES = [(usage.value, Usage(usage).label) for usage in USES]
_TEXTS = ("hashtag", "title", "text", "contact_email", "consent_text", "permission_text")
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True, "allow_null": True}


class SubmissionPageSerializer(serializers.Serializer[Any]):
    """What the page says, and by which hashtag posts are found."""

    is_open = serializers.BooleanField()
    hashtag = serializers.CharField(allow_null=True, help_text="Without #.")
    title = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True, help_text="What people are asked for.")
    language = serializers.CharField()
    contact_email = serializers.EmailField(allow_null=True)
    consent_text = serializers.CharField(allow_null=True, help_text="What people agree to.")
    consent_version = serializers.IntegerField()
    permission_text = serializers.CharField(allow_null=True, help_text="The use, in words.")
    permission_version = serializers.IntegerField()
    usages = serializers.ListField(child=serializers.ChoiceField(choices=_USES))
    territory = serializers.ListField(
        child=serializers.CharField(), help_text="Two letters each; empty: worldwide."
    )
    months = serializers.IntegerField(allow_null=True, help_text="Null: without an end.")
    min_age = serializers.IntegerField()
    keep_days = serializers.IntegerField(help_text="Until what was refused is erased.")
    version = serializers.IntegerField(help_text="Send it back with a change.")


class SubmissionPageChange(Body):
    """What to change; what is left out stays. New words get a new number."""

    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you saw."
    )
    is_open = serializers.BooleanField(required=False)
    hashtag = serializers.CharField(max_length=61, **_TEXT)
    title = serializers.CharField(max_length=120, **_TEXT)
    text = serializers.CharField(max_length=4_000, **_TEXT)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    contact_email = serializers.EmailField(**_TEXT)
    consent_text = serializers.CharField(max_length=2_000, **_TEXT)
    permission_text = serializers.CharField(max_length=2_000, **_TEXT)
    usages = serializers.ListField(
        child=serializers.ChoiceField(choices=_USES), required=False, max_length=2
    )
    territory = serializers.ListField(
        child=serializers.CharField(max_length=10),
        required=False,
        max_length=250,
        help_text="Two letters each, or EU, DACH, NORDICS; empty: worldwide.",
    )
    months = serializers.IntegerField(min_value=1, max_value=120, required=False, allow_null=True)
    min_age = serializers.IntegerField(min_value=13, max_value=99, required=False)
    keep_days = serializers.IntegerField(min_value=1, max_value=3_650, required=False)


class TaggedPostSerializer(serializers.Serializer[Any]):
    """An imported post with the hashtag that is not in the inbox yet."""

    post = serializers.IntegerField(help_text="The id of one of `posts/`.")
    creator = CreatorRefSerializer()
    platform = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)


class TakenPosts(Body):
    """Posts that go into the inbox."""

    posts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=receiving.MANY_MAX,
    )


class ChainLinkSerializer(serializers.Serializer[Any]):
    """A creator of the campaign, and what came after their first publication: least numbers."""

    engagement = serializers.IntegerField()
    creator = CreatorRefSerializer()
    published_at = serializers.DateTimeField(allow_null=True)
    submissions = serializers.IntegerField(help_text="That name them.")
    posts = serializers.IntegerField(help_text="That name them, and nobody took in.")
    unnamed = serializers.IntegerField(help_text="That name nobody of the campaign.")


class SubmissionPageViewSet(BrandViewSet[Campaign]):
    """The hashtag of a campaign and its public page."""

    scope = Scope.APPLICATIONS_READ
    write_scope = Scope.APPLICATIONS_WRITE
    queryset = Campaign.objects.none()
    serializer_class: type[serializers.Serializer[Any]] = SubmissionPageSerializer
    pagination_class = WholeList
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Campaign]:
        """Campaigns of the token's brand."""
        return Campaign.objects.filter(brand=self.brand).select_related("brand")

    def retrieve(self, request: Request, key: str) -> Response:
        """What the page says now; where nobody set it, what would hold."""
        return Response(_page(SubmissionPage.of(self._campaign(key))))

    @extend_schema(
        request=SubmissionPageChange, responses={200: SubmissionPageSerializer, **REFUSED}
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Change the hashtag, the page and its rules; open or close it."""
        campaign = self._campaign(key)
        body = SubmissionPageChange(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        version = said.pop("version")
        for name in _TEXTS:
            if name in said:
                said[name] = said[name] or ""
        with refusals(CampaignRefused, body=body):
            page = change_page(
                campaign=campaign,
                changes=said,
                actor=self.actor,
                at=timezone.now(),
                expected_version=version,
            )
        return Response(_page(page))

    def _campaign(self, key: str) -> Campaign:
        with refusals(CampaignRefused):
            return self.get_queryset().get(key=key)


class TaggedPostViewSet(SubmissionPageViewSet):
    """Imported posts with the campaign's hashtag."""

    serializer_class = TaggedPostSerializer
    http_method_names = ["get", "head", "post"]

    def list(self, request: Request, key: str) -> Response:
        """Posts that may go into the inbox, the newest first, at most 100."""
        return self.whole([_post(one) for one in self._suggested(key)])

    @extend_schema(
        request=TakenPosts,
        responses={201: SubmissionSerializer(many=True), **REFUSED},
        examples=[OpenApiExample("A post", value={"posts": [31]}, request_only=True)],
    )
    def create(self, request: Request, key: str) -> Response:
        """Put some of them into the inbox; ask their authors before you use them."""
        found = {post.pk: post for post in self._suggested(key)}
        body = TakenPosts(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data["posts"]
        if strange := [place for place, pk in enumerate(wanted) if pk not in found]:
            words = "This post does not have the hashtag, or is in the inbox already."
            raise BadBody([Fault(f"/posts/{place}", "unknown_post", words) for place in strange])
        with refusals(CampaignRefused, body=body):
            made = receiving.take_posts(
                campaign=self._campaign(key),
                posts=[found[pk] for pk in wanted],
                actor=self.actor,
                at=timezone.now(),
            )
        rows = Submission.objects.filter(pk__in=[one.pk for one in made]).with_details()
        return Response(
            [submission_row(one) for one in rows.order_by("pk")], status=HTTPStatus.CREATED
        )

    def _suggested(self, key: str) -> Posts:
        return suggested(SubmissionPage.of(self._campaign(key)))


class SubmissionChainViewSet(SubmissionPageViewSet):
    """From creators to their audience: numbers only, no names of the public."""

    scope = Scope.CAMPAIGNS_READ
    serializer_class = ChainLinkSerializer
    http_method_names = ["get", "head"]

    def list(self, request: Request, key: str) -> Response:
        """What came after each creator's first publication, those whom most name first."""
        return self.whole([_link(one) for one in chain_of(self._campaign(key)).links])


def _page(page: SubmissionPage) -> Row:
    names = (*CHANGEABLE, "consent_version", "permission_version", "version")
    return {name: getattr(page, name) for name in names} | {
        name: getattr(page, name) or None for name in _TEXTS
    }


def _post(post: Post) -> Row:
    return {
        "post": post.pk,
        "creator": {"uid": post.creator.uid, "name": post.creator.name},
        "platform": post.profile.platform_id,
        "posted_at": post.posted_at,
        "url": post.url or None,
        "text": post.caption or post.title or None,
    }


def _link(one: Link) -> Row:
    creator = one.engagement.relationship.creator
    return {
        "engagement": one.engagement.pk,
        "creator": {"uid": creator.uid, "name": creator.name},
        "published_at": one.published_at,
        "submissions": one.submissions,
        "posts": one.posts,
        "unnamed": one.unnamed,
    }
