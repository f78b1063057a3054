"""Reports of campaigns: the same document as the page, and copies that were kept."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import KEY
from campaigns.models import Campaign, ReportCopy
from campaigns.selectors.reports.figures import Basis
from campaigns.selectors.reports.report import report_of
from campaigns.services.objectives import Unit
from campaigns.services.reports import take_copy
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import WholeList
from crm.choices import Scope


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]})
class NumberField(serializers.Field):  # type: ignore[type-arg]
    """A number; an amount of money as text."""


class FigureSerializer(serializers.Serializer[Any]):
    """A number, of how many it is known, and how it came about."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = NumberField(
        allow_null=True, help_text="Null: not known. Amounts of money are text, to stay exact."
    )
    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    currency = serializers.CharField(allow_null=True)
    words = serializers.CharField(help_text="As the page shows it.")
    basis_words = serializers.CharField(help_text="How it is known, in words.")
    basis = serializers.CharField(help_text=", ".join(basis.value for basis in Basis))
    known = serializers.IntegerField(help_text="Of so many `things` it is known ...")
    of = serializers.IntegerField(help_text="... of so many.")
    things = serializers.CharField()
    reason_if_absent = serializers.CharField(allow_null=True)
    is_main = serializers.BooleanField(help_text="Whether the page's tables show it.")
    formula = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Of the formula."
    )
    inputs = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2),
        help_text="Name and value of each number that went in, in words.",
    )


class ReportSerializer(serializers.Serializer[Any]):
    """A report: docs/campaign-report.md says what each part holds."""

    version = serializers.IntegerField(help_text="Of the document.")
    as_of = serializers.DateTimeField()
    campaign = serializers.DictField()
    objective = serializers.DictField()
    figures = FigureSerializer(many=True)
    benchmark = serializers.DictField()
    cuts = serializers.ListField(child=serializers.DictField())
    best_segment = serializers.DictField()
    returns = serializers.DictField(
        help_text="Whole cost, revenue, media values (docs/returns.md); older copies lack it."
    )
    lifts = serializers.ListField(
        child=serializers.DictField(),
        help_text="Of daily series (docs/series.md); older copies lack it.",
    )
    events = serializers.ListField(
        child=serializers.DictField(), help_text="With what came of them; older copies lack it."
    )
    budget = serializers.DictField()
    concentration = serializers.ListField(child=serializers.DictField())
    measures = serializers.DictField()
    missing = serializers.ListField(child=serializers.CharField())
    lessons = serializers.CharField()


class CopySerializer(serializers.Serializer[Any]):
    """A report as it was at a moment."""

    id = serializers.IntegerField()
    taken_at = serializers.DateTimeField()
    taken_by = serializers.EmailField(allow_null=True)
    digest = serializers.CharField(help_text="SHA-256 of the report's canonical JSON.")


class WholeCopySerializer(CopySerializer):
    """A copy with what it says."""

    report = ReportSerializer()


class Nothing(Body):
    """No member."""


class ReportViewSet(BrandViewSet[ReportCopy]):
    """What a campaign was to reach, and reached."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_RUN
    queryset = ReportCopy.objects.none()
    serializer_class = CopySerializer
    pagination_class = WholeList
    lookup_field = "key"
    lookup_value_regex = KEY

    def get_queryset(self) -> QuerySet[ReportCopy]:
        """Copies of campaigns of the token's brand."""
        return ReportCopy.objects.filter(campaign__brand=self.brand)

    @extend_schema(responses=ReportSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """The report as of now. Unknown is null, with the reason; never 0."""
        return Response(report_of(self._campaign(key), timezone.now()))

    def list(self, request: Request, key: str) -> Response:
        """Copies that were kept, newest first; one is kept when the campaign is completed."""
        rows = self.get_queryset().filter(campaign=self._campaign(key))
        rows = rows.select_related("taken_by").defer("report").order_by("-taken_at", "-pk")
        return self.whole([_row(copy) for copy in rows])

    @extend_schema(responses=WholeCopySerializer)
    def copy(self, request: Request, key: str, number: str) -> Response:
        """One copy with the report as it was."""
        rows = self.get_queryset().filter(campaign=self._campaign(key), pk=number)
        found = rows.select_related("taken_by").first()
        if found is None:
            raise Http404
        return Response(_row(found) | {"report": found.report})

    @extend_schema(request=Nothing, responses={201: CopySerializer})
    def create(self, request: Request, key: str) -> Response:
        """Keep the report as it is now."""
        campaign = self._campaign(key)
        Nothing(data=request.data).is_valid(raise_exception=True)
        made = take_copy(campaign=campaign, actor=self.actor, at=timezone.now())
        return Response(_row(made), status=201)

    def _campaign(self, key: str) -> Campaign:
        found = Campaign.objects.select_related("brand").filter(brand=self.brand, key=key).first()
        if found is None:
            raise Http404
        return found


def _row(copy: ReportCopy) -> dict[str, Any]:
    return {
        "id": copy.pk,
        "taken_at": copy.taken_at,
        "taken_by": copy.taken_by.email if copy.taken_by else None,
        "digest": copy.digest,
    }
