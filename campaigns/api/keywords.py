"""Search words over REST: lists made and read with their coverage, assigned; what points to us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import ReferenceKind, SearchIntent, WordLanguage
from campaigns.models import Keyword, KeywordList, PostReference
from campaigns.selectors import keywords as selectors
from campaigns.services.keywords import keeping
from campaigns.services.keywords.keeping import KeywordsRefused, Searched
from campaigns.tasks import count_keywords
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.problems import MEDIA_TYPE
from crm.api.refusals import problem, refusals
from crm.api.schema import ProblemSerializer
from crm.choices import Scope
from crm.paging import Order

WORDS_MAX = 1_000
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="It cannot be kept; why.")
}
BY_NUMBER = Order("keywords-rest", key="id")
REFERENCES = Order("post-references", key="id")


class KeywordListSerializer(serializers.Serializer[Any]):
    """A list of search words."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.ChoiceField(choices=WordLanguage.choices)
    words = serializers.IntegerField()
    counted_at = serializers.DateTimeField(
        allow_null=True, help_text="Up to when posts were read; null: not since it changed."
    )


class WholeKeywordListSerializer(KeywordListSerializer):
    """A list with its coverage, null until posts were read for all of its words.

    `typed` and `covered` are of words whose volume is known; null: none is.
    """

    SUMS = ("exact", "variant", "nowhere", "known", "typed", "covered")
    READ = ("exact", "variant", "nowhere", "covered")

    exact = serializers.IntegerField(
        allow_null=True, help_text="Words that stand in posts as they are typed."
    )
    variant = serializers.IntegerField(allow_null=True, help_text="Only in another form.")
    nowhere = serializers.IntegerField(allow_null=True)
    known = serializers.IntegerField(help_text="Words whose volume is known.")
    typed = serializers.IntegerField(
        allow_null=True, help_text="How often they are typed in a month."
    )
    covered = serializers.IntegerField(
        allow_null=True, help_text="Of that, words that stand in posts."
    )


class KeywordSerializer(serializers.Serializer[Any]):
    """A search, and what of it creators write."""

    id = serializers.IntegerField()
    query = serializers.CharField()
    volume = serializers.IntegerField(allow_null=True, help_text="Searches a month.")
    intent = serializers.ChoiceField(choices=SearchIntent.choices, allow_null=True)
    exact = serializers.IntegerField(help_text="Posts that have it as it is typed.")
    variant = serializers.IntegerField(help_text="Posts that have its words in another form.")
    creators = serializers.IntegerField()
    last_post_at = serializers.DateTimeField(allow_null=True)
    pieces = serializers.IntegerField(
        allow_null=True, help_text="Published for campaigns that are for it; null: none is."
    )
    campaigns = serializers.ListField(child=serializers.CharField(), help_text="Their names.")


class PostReferenceSerializer(serializers.Serializer[Any]):
    """A link to a site of the brand, or a mention of an account, in a post."""

    id = serializers.IntegerField()
    post = serializers.IntegerField()
    creator = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ReferenceKind.choices)
    target = serializers.CharField()
    posted_at = serializers.DateTimeField(allow_null=True)
    first_seen_at = serializers.DateTimeField()
    gone_at = serializers.DateTimeField(allow_null=True)


class KeywordsToldSerializer(serializers.Serializer[Any]):
    """What became of it."""

    new = serializers.IntegerField()


class KeywordBody(Body):
    """A search. What is left out is not known."""

    query = serializers.CharField(max_length=keeping.QUERY_MAX)
    volume = serializers.IntegerField(
        min_value=0, max_value=keeping.VOLUME_MAX, allow_null=True, default=None
    )
    intent = serializers.ChoiceField(choices=SearchIntent.choices, allow_null=True, default=None)


class KeywordListBody(Body):
    """A list that is to be made, with its first words."""

    name = serializers.CharField(max_length=120)
    language = serializers.ChoiceField(
        choices=WordLanguage.choices, default=WordLanguage.ENGLISH.value
    )
    words = serializers.ListField(child=KeywordBody(), min_length=1, max_length=WORDS_MAX)


class KeywordsBody(Body):
    """Further words; one that is there gets these numbers."""

    words = serializers.ListField(child=KeywordBody(), min_length=1, max_length=WORDS_MAX)


class KeywordListViewSet(BrandViewSet[KeywordList]):
    """Lists of search words."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = KeywordList.objects.none()
    serializer_class = KeywordListSerializer
    pagination_class = WholeList
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> QuerySet[KeywordList]:
        """Lists of the token's brand."""
        return selectors.in_list(self.brand)

    def list(self, request: Request) -> Response:
        """All of them, by name."""
        return self.whole([list_row(one) for one in self.get_queryset()])

    @extend_schema(request=KeywordListBody, responses={201: KeywordListSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Make a list; posts are read for it within minutes."""
        body = KeywordListBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        with keywords_refused(body):
            made = keeping.create_list(
                brand=self.brand,
                name=said["name"],
                language=WordLanguage(said["language"]),
                words=_searched(said["words"]),
                actor=self.actor,
                at=timezone.now(),
            )
        count_keywords.delay_on_commit(brand_id=self.brand.pk)
        return Response(list_row(self.get_queryset().get(pk=made.pk)), status=HTTPStatus.CREATED)

    @extend_schema(responses=WholeKeywordListSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One list, and what of it stands in posts."""
        found = list_of(self.brand, pk)
        row = list_row(self.get_queryset().get(pk=found.pk))
        sums = selectors.sum_of(found)
        shown = {name: getattr(sums, name) for name in WholeKeywordListSerializer.SUMS}
        if not sums.known:
            shown |= {"typed": None, "covered": None}
        if found.counted_at is None:
            shown |= dict.fromkeys(WholeKeywordListSerializer.READ)
        return Response(row | shown)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a list with its words and what they were assigned to."""
        with refusals():
            keeping.remove_list(
                keyword_list=list_of(self.brand, pk), actor=self.actor, at=timezone.now()
            )
        return Response(status=HTTPStatus.NO_CONTENT)


class KeywordViewSet(BrandViewSet[Keyword]):
    """The words of a list."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Keyword.objects.none()
    serializer_class = KeywordSerializer
    pagination_class = KeysetPagination
    queries = {"list": PageQuery}

    def list(self, request: Request, pk: str) -> Response:
        """With their coverage, in the order in which they came."""
        rows = Keyword.objects.filter(keyword_list=list_of(self.brand, pk))
        plain = rows.values("id", "query", "volume", "intent")
        return self.page(plain, order=BY_NUMBER, represent=_covered)

    @extend_schema(request=KeywordsBody, responses={200: KeywordsToldSerializer, **REFUSED})
    def create(self, request: Request, pk: str) -> Response:
        """Put further words on a list."""
        found = list_of(self.brand, pk)
        body = KeywordsBody(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        with keywords_refused(body):
            new = keeping.add_words(
                keyword_list=found,
                words=_searched(body.validated_data["words"]),
                actor=self.actor,
                at=timezone.now(),
            )
        count_keywords.delay_on_commit(brand_id=self.brand.pk)
        return Response({"new": new})


class PostReferenceViewSet(BrandViewSet[PostReference]):
    """What in posts points to the brand."""

    scope = Scope.CAMPAIGNS_READ
    queryset = PostReference.objects.none()
    serializer_class = PostReferenceSerializer
    pagination_class = KeysetPagination
    queries = {"list": PageQuery}

    def list(self, request: Request) -> Response:
        """In the order in which they were seen."""
        rows = PostReference.objects.filter(brand=self.brand).values(
            "id",
            "post_id",
            "post__creator__uid",
            "kind",
            "target",
            "post__posted_at",
            "first_seen_at",
            "gone_at",
        )
        return self.page(rows, order=REFERENCES, represent=_references)


def list_of(brand: Any, pk: str) -> KeywordList:
    """A list of the brand; Http404 where there is none."""
    found = KeywordList.objects.filter(brand=brand, pk=pk).select_related("brand").first()
    if found is None:
        raise Http404
    return found


def list_row(one: Any) -> Row:
    """A list."""
    return {name: getattr(one, name) for name in ("name", "language", "words", "counted_at")} | {
        "id": one.pk
    }


@contextmanager
def keywords_refused(body: Body) -> Iterator[None]:
    """While words are kept: what is refused names its place, one of the words by its number."""
    try:
        yield
    except KeywordsRefused as refusal:
        places = {"keywords": "/words"}
        if refusal.place is not None:
            places[refusal.field] = f"/words/{refusal.place}/{refusal.field}"
        raise problem(refusal, body, places=places) from refusal


def _searched(words: list[Row]) -> list[Searched]:
    return [Searched(one["query"], one["volume"], one["intent"] or "") for one in words]


def _covered(rows: list[Row]) -> list[Row]:
    covered = selectors.coverage_of([row["id"] for row in rows])
    return [
        {name: row[name] for name in ("id", "query", "volume")}
        | {
            "intent": row["intent"] or None,
            "exact": covered[row["id"]].exact,
            "variant": covered[row["id"]].variant,
            "creators": covered[row["id"]].creators,
            "last_post_at": covered[row["id"]].last,
            "pieces": covered[row["id"]].pieces,
            "campaigns": list(covered[row["id"]].campaigns),
        }
        for row in rows
    ]


def _references(rows: list[Row]) -> list[Row]:
    plain = ("id", "kind", "target", "first_seen_at", "gone_at")
    return [
        {name: row[name] for name in plain}
        | {
            "post": row["post_id"],
            "creator": row["post__creator__uid"],
            "posted_at": row["post__posted_at"],
        }
        for row in rows
    ]
