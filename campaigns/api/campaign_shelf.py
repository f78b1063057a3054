"""Campaigns put away from the lists, and taken back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import (
    REFUSED,
    CampaignViewSet,
    WholeCampaignSerializer,
)
from campaigns.services import campaigns as service
from campaigns.services.refusals import CampaignRefused
from crm.api.refusals import refusals

ANSWERS: dict[Any, Any] = {200: WholeCampaignSerializer, **REFUSED}


class CampaignShelfViewSet(CampaignViewSet):
    """Whether a campaign is in the lists."""

    @extend_schema(request=None, responses=ANSWERS)
    def archive(self, request: Request, key: str) -> Response:
        """Put a campaign away from the lists; 409 while it goes on."""
        return self._put(key, is_away=True)

    @extend_schema(request=None, responses=ANSWERS)
    def restore(self, request: Request, key: str) -> Response:
        """Take a campaign back into the lists."""
        return self._put(key, is_away=False)

    def _put(self, key: str, *, is_away: bool) -> Response:
        with refusals(CampaignRefused):
            service.archive_campaign(
                campaign_id=self.found(key).pk,
                brand=self.brand,
                is_away=is_away,
                actor=self.actor,
                at=timezone.now(),
            )
        return Response(self.shown(key))
