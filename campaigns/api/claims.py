"""The library of claims, and what a text claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet, NothingSaid
from campaigns.api.campaigns import REFUSED
from campaigns.api.words import LOCK
from campaigns.choices import ClaimStatus
from campaigns.filters.briefs import ClaimFilter
from campaigns.models import Claim
from campaigns.services import claims_library as library
from campaigns.services.causes.green import take_green_claims
from campaigns.services.claims import scan, stands
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order
from crm.services.promised_tasks import promise

ORDER = Order("claims-api", key="id")
TEXT_MAX = 10_000
SAYS = tuple(library.Wanted.__dataclass_fields__)
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_DAY: dict[str, Any] = {"required": False, "allow_null": True}


class ClaimSerializer(serializers.Serializer[Any]):
    """A claim, and whether it may be made. Null: nobody said, or nothing limits it."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    variants = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=ClaimStatus.choices)
    stands = serializers.ChoiceField(
        choices=ClaimStatus.choices,
        help_text="What briefs say: what needs evidence and has none must not be said.",
    )
    reason = serializers.CharField(allow_null=True)
    evidence = serializers.CharField(allow_null=True)
    evidence_place = serializers.CharField(allow_null=True)
    category = serializers.CharField(allow_null=True)
    product = serializers.CharField(allow_null=True)
    jurisdictions = serializers.ListField(
        child=serializers.CharField(), help_text="Empty: everywhere."
    )
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    updated_by = serializers.EmailField(allow_null=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class _ClaimBody(Body):
    variants = serializers.ListField(
        child=serializers.CharField(max_length=library.TEXT_MAX),
        required=False,
        max_length=library.VARIANTS_MAX,
        help_text="Other words for it; heal* finds heals, healing and healed.",
    )
    reason = serializers.CharField(
        max_length=500, **_TEXT, help_text="Needed where it is forbidden."
    )
    evidence = serializers.CharField(max_length=500, **_TEXT)
    evidence_place = serializers.CharField(
        max_length=300, **_TEXT, help_text="Where it is kept: with `evidence`, and only with it."
    )
    category = serializers.CharField(max_length=80, **_TEXT)
    product = serializers.CharField(max_length=120, **_TEXT, help_text="Empty: every product.")
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=2),
        required=False,
        max_length=30,
        help_text="Empty: everywhere.",
    )
    valid_from = serializers.DateField(**_DAY)
    valid_until = serializers.DateField(**_DAY)


class NewClaim(_ClaimBody):
    """A claim, and whether it may be made."""

    text = serializers.CharField(max_length=library.TEXT_MAX)
    status = serializers.ChoiceField(choices=ClaimStatus.choices)


class ClaimChange(_ClaimBody):
    """What to change; what is left out stays."""

    version = serializers.IntegerField(**LOCK)
    text = serializers.CharField(max_length=library.TEXT_MAX, required=False)
    status = serializers.ChoiceField(choices=ClaimStatus.choices, required=False)


class TakenClaimsSerializer(serializers.Serializer[Any]):
    """How many claims were added, and how many the library had already."""

    added = serializers.IntegerField()
    kept = serializers.IntegerField()


class ClaimCheck(Body):
    """A text that somebody wants to publish."""

    text = serializers.CharField(max_length=TEXT_MAX, trim_whitespace=False)
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=2),
        required=False,
        max_length=30,
        help_text="Where it is published; left out: everywhere.",
    )
    on = serializers.DateField(required=False, help_text="Today, if left out.")


class FoundClaimSerializer(serializers.Serializer[Any]):
    """A claim that the text makes; places count code points from 0."""

    claim = serializers.IntegerField()
    text = serializers.CharField(help_text="As the library has it.")
    words = serializers.CharField(help_text="As the text has it.")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ClaimStatus.choices)
    is_problem = serializers.BooleanField(help_text="It cannot go out like that.")
    says = serializers.CharField()


class CheckedTextSerializer(serializers.Serializer[Any]):
    """What a text claims, in the order in which it stands there."""

    results = FoundClaimSerializer(many=True)


class ClaimViewSet(ActingViewSet[Claim]):
    """The brand's library of claims."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.POLICIES_WRITE
    queryset = Claim.objects.none()
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Claim]:
        """Claims of the token's brand that nobody put away."""
        rows = Claim.objects.filter(brand=self.brand, archived_at=None)
        return rows.select_related("updated_by")

    def list(self, request: Request) -> Response:
        """Claims in the order in which they were written down."""
        rows = self.filter_queryset(self.get_queryset())
        return self.page(rows, order=ORDER, represent=_claims)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One claim."""
        return Response(_claim(self._found(pk)))

    @extend_schema(
        request=NewClaim,
        responses={201: ClaimSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "What must not be said",
                value={"text": "cures acne", "status": "forbidden", "reason": "No medicine"},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Add a claim; drafts are looked through for it."""
        body = self.said(NewClaim)
        return Response(_claim(self._save(body, body.validated_data)), status=201)

    @extend_schema(request=ClaimChange, responses={200: ClaimSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what it says, or whether it may be made."""
        found, body = self._found(pk), self.said(ClaimChange)
        said = dict(body.validated_data)
        version = said.pop("version")
        kept = {name: getattr(found, name) for name in SAYS}
        made = self._save(body, kept | said, claim_id=found.pk, expected_version=version)
        return Response(_claim(made))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Put it away: it is looked for no more, and briefs that have it keep it."""
        self.done(library.put_away, NothingSaid(), claim_id=self._found(pk).pk)
        self._look_again()
        return Response(status=204)

    @extend_schema(request=None, responses={200: TakenClaimsSerializer, **REFUSED})
    def green(self, request: Request) -> Response:
        """Take the claims about the environment that the product brings into the library."""
        taken = self.done(take_green_claims, NothingSaid())
        self._look_again()
        return Response({"added": taken.added, "kept": taken.kept})

    def _found(self, pk: str) -> Claim:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _save(self, body: Body, wanted: Mapping[str, Any], **named: Any) -> Claim:
        made = self.done(library.save_claim, body, wanted=library.Wanted(**wanted), **named)
        self._look_again()
        return made

    def _look_again(self) -> None:
        """Drafts that wait or were approved may say what is judged otherwise now."""
        promise("campaigns.tasks.recheck_drafts", brand_id=self.brand.pk)


class ClaimCheckViewSet(BrandViewSet[Claim]):
    """What a text claims; nothing is kept."""

    scope = write_scope = Scope.CAMPAIGNS_READ
    queryset = Claim.objects.none()
    serializer_class = CheckedTextSerializer
    http_method_names = ["post"]

    @extend_schema(request=ClaimCheck, responses={200: CheckedTextSerializer})
    def check(self, request: Request) -> Response:
        """Look through a text."""
        body = ClaimCheck(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        on = said.get("on") or today_of(self.brand, timezone.now())
        with refusals(CampaignRefused, body=body):
            where = library.known_jurisdictions(said.get("jurisdictions", []))
        found = scan(self.brand, said["text"], jurisdictions=where, on=on)
        names = ("claim", "text", "words", "start", "end", "is_problem", "says")
        rows = [
            {name: getattr(one, name) for name in names} | {"status": one.status.value}
            for one in found
        ]
        return Response({"results": rows})


def _claims(rows: list[Any]) -> list[Row]:
    return [_claim(row) for row in rows]


def _claim(row: Claim) -> Row:
    plain = ("reason", "evidence", "evidence_place", "category", "product")
    return (
        {"id": row.pk}
        | {name: getattr(row, name) for name in SAYS}
        | {name: getattr(row, name) or None for name in plain}
        | {
            "stands": stands(row),
            "updated_by": row.updated_by.email if row.updated_by else None,
            "updated_at": row.updated_at,
            "version": row.version,
        }
    )
