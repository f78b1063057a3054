"""What endpoints share whose writes are services of this app: bodies, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.refusals import refusals

M = TypeVar("M", bound=Model)
Made = TypeVar("Made")


class ActingViewSet(BrandViewSet[M]):
    """An endpoint whose writes are services: of the token's brand, by its user, now."""

    def said(self, kind: type[Body]) -> Body:
        """What the request says, checked: `validated_data` has it."""
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body

    def done(
        self,
        service: Callable[..., Made],
        body: Body,
        *,
        places: Mapping[str, str] | None = None,
        **named: Any,
    ) -> Made:
        """What the service makes; `refusals` says how it refuses, and what `places` are."""
        with refusals(CampaignRefused, body=body, places=places):
            return service(brand=self.brand, actor=self.actor, at=timezone.now(), **named)


class NothingSaid(Body):
    """An act that takes nothing but its address."""
