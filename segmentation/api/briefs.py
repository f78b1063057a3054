"""A brief of its own for the creators of a segment, filled from its playbook."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.acting import ActingViewSet
from campaigns.api.briefs import BriefSerializer, brief_rows
from campaigns.api.calendar import campaign_at
from campaigns.api.campaigns import REFUSED
from campaigns.models import Brief
from crm.api.body import Body
from crm.choices import Scope
from segmentation.services.briefs import start_for_segment


class NewSegmentBrief(Body):
    """For whom it is."""

    segment = serializers.SlugField(max_length=60, help_text="The key of an active segment.")


class SegmentBriefViewSet(ActingViewSet[Brief]):
    """Briefs for segments."""

    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    queryset = Brief.objects.none()
    serializer_class = BriefSerializer
    http_method_names = ["post"]

    @extend_schema(request=NewSegmentBrief, responses={201: BriefSerializer, **REFUSED})
    def create(self, request: Request, key: str) -> Response:
        """Begin one with what all creators get and what the segment's playbook says."""
        campaign, body = campaign_at(self.brand.pk, key=key), self.said(NewSegmentBrief)
        segment = body.validated_data["segment"]
        made = self.done(start_for_segment, body, campaign_id=campaign.pk, segment=segment)
        [row] = brief_rows(Brief.objects.filter(pk=made.brief_id))
        return Response(row, status=201)
