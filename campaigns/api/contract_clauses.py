"""The clauses of a brand's contracts, version by version."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.choices import ClauseWhen
from campaigns.models import Clause
from campaigns.services.contracts import clauses
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.models import Brand

KEY = "[-a-z0-9_]{1,40}"


class ContractClauseSerializer(serializers.Serializer[Any]):
    """A clause as new contracts have it."""

    key = serializers.CharField()
    number = serializers.IntegerField(help_text="Of the version; 0: as the product brings it.")
    heading = serializers.CharField()
    text = serializers.CharField()
    when = serializers.ChoiceField(choices=ClauseWhen.choices, help_text="Where it stands.")
    is_used = serializers.BooleanField(help_text="New contracts have it.")


class ClauseVersionSerializer(serializers.Serializer[Any]):
    """A version that the brand wrote."""

    number = serializers.IntegerField()
    heading = serializers.CharField()
    text = serializers.CharField()
    when = serializers.ChoiceField(choices=ClauseWhen.choices)
    is_used = serializers.BooleanField()
    author = serializers.EmailField(allow_null=True)
    created_at = serializers.DateTimeField()


class WholeContractClauseSerializer(ContractClauseSerializer):
    """A clause with the brand's versions of it, the newest first."""

    history = ClauseVersionSerializer(many=True)


class NewContractClause(Body):
    """A clause of the brand's own; its key is made of its heading."""

    heading = serializers.CharField(max_length=clauses.HEADING_MAX)
    text = serializers.CharField(
        max_length=clauses.TEXT_MAX,
        trim_whitespace=False,
        help_text="{{ brand }} and the like are filled in: " + ", ".join(clauses.FIELDS) + ".",
    )
    when = serializers.ChoiceField(choices=ClauseWhen.choices, default=ClauseWhen.ALWAYS.value)
    is_used = serializers.BooleanField(default=True)


class ContractClauseChange(Body):
    """What to word anew; what is left out stays."""

    number = serializers.IntegerField(
        min_value=0, max_value=32_000, help_text="The version that you saw."
    )
    heading = serializers.CharField(max_length=clauses.HEADING_MAX, required=False)
    text = serializers.CharField(max_length=clauses.TEXT_MAX, trim_whitespace=False, required=False)
    when = serializers.ChoiceField(choices=ClauseWhen.choices, required=False)
    is_used = serializers.BooleanField(required=False)


class ContractClauseViewSet(BrandViewSet[Clause]):
    """Clauses, those of the product and the brand's own."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    queryset = Clause.objects.none()
    serializer_class = ContractClauseSerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY

    def held(self) -> QuerySet[Any]:
        """The brand: a clause of the product has no row until somebody words it anew."""
        return Brand.objects.filter(pk=self.brand.pk)

    def list(self, request: Request) -> Response:
        """Every clause, used or not, in the order of contracts."""
        return self.whole([_row(one) for one in clauses.wordings_of(self.brand)])

    @extend_schema(responses=WholeContractClauseSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One clause with its versions."""
        return Response(self._whole(key))

    @extend_schema(
        request=NewContractClause,
        responses={201: WholeContractClauseSerializer, **REFUSED},
        examples=[
            OpenApiExample(
                "A clause",
                value={
                    "heading": "Samples",
                    "text": "{{ creator }} keeps samples that {{ brand }} sends.",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Write a further clause; contracts that were sent keep their words."""
        body = NewContractClause(data=request.data)
        body.is_valid(raise_exception=True)
        made = self._word(body, key="", expected_number=0, **body.validated_data)
        return Response(self._whole(made.key), status=HTTPStatus.CREATED)

    @extend_schema(
        request=ContractClauseChange, responses={200: WholeContractClauseSerializer, **REFUSED}
    )
    def partial_update(self, request: Request, key: str) -> Response:
        """Word a clause anew: another version."""
        held = self._found(key)
        body = ContractClauseChange(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        number = said.pop("number")
        kept = {name: getattr(held, name) for name in ("heading", "text", "when", "is_used")}
        self._word(body, key=key, expected_number=number, **(kept | said))
        return Response(self._whole(key))

    def _word(self, body: Body, **said: Any) -> Clause:
        with refusals(CampaignRefused, body=body):
            return clauses.word(brand=self.brand, actor=self.actor, at=timezone.now(), **said)

    def _found(self, key: str) -> clauses.Wording:
        for one in clauses.wordings_of(self.brand):
            if one.key == key:
                return one
        raise Http404

    def _whole(self, key: str) -> Row:
        return _row(self._found(key)) | {
            "history": [
                {name: value for name, value in _row(one).items() if name != "key"}
                | {"author": one.author.email if one.author else None, "created_at": one.created_at}
                for one in clauses.history_of(self.brand, key)
            ]
        }


def _row(one: clauses.Wording | Clause) -> Row:
    names = ("key", "number", "heading", "text", "when", "is_used")
    return {name: getattr(one, name) for name in names}
