"""The library of claims, and what a text claims."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.choices import ClaimStatus
from campaigns.filters.briefs import ClaimFilter
from campaigns.models import Claim
from campaigns.services.claims import scan
from campaigns.services.days import today_of
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.choices import Scope
from crm.paging import Order

ORDER = Order("claims-api", key="id")
TEXT_MAX = 10_000
COLUMNS = (
    "id",
    "text",
    "variants",
    "status",
    "reason",
    "evidence",
    "evidence_place",
    "category",
    "product",
    "jurisdictions",
    "valid_from",
    "valid_until",
    "updated_at",
    "version",
)


class ClaimSerializer(serializers.Serializer[Any]):
    """A claim, and whether it may be made. Null: nobody said, or nothing limits it."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    variants = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=ClaimStatus.choices)
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
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


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


class ClaimViewSet(BrandViewSet[Claim]):
    """The brand's library of claims."""

    scope = Scope.CAMPAIGNS_READ
    queryset = Claim.objects.none()
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    lookup_value_regex = ID
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[Claim]:
        """Claims of the token's brand that nobody put away."""
        return Claim.objects.filter(brand=self.brand, archived_at=None)

    def list(self, request: Request) -> Response:
        """Claims in the order in which they were written down."""
        rows = self.filter_queryset(self.get_queryset()).values(*COLUMNS)
        return self.page(rows, order=ORDER, represent=lambda some: [_claim(row) for row in some])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One claim."""
        return Response(_claim(self.one(self.get_queryset().filter(pk=pk).values(*COLUMNS))))


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
        found = scan(self.brand, said["text"], jurisdictions=said.get("jurisdictions", []), on=on)
        names = ("claim", "text", "words", "start", "end", "is_problem", "says")
        rows = [
            {name: getattr(one, name) for name in names} | {"status": one.status.value}
            for one in found
        ]
        return Response({"results": rows})


def _claim(row: Row) -> Row:
    plain = ("reason", "evidence", "evidence_place", "category", "product")
    shown = {name: row[name] for name in COLUMNS}
    return shown | {name: row[name] or None for name in plain}
