"""What endpoints share whose writes are services of this app: bodies, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import Http404
from django.utils import timezone

from campaigns.api.campaigns import problem
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body

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
        """What the service makes. Its refusal is a problem that names its place in the body, and
        what is gone is not found.

        `places` says where in the body a field stands that is called otherwise there.
        """
        try:
            return service(brand=self.brand, actor=self.actor, at=timezone.now(), **named)
        except ObjectDoesNotExist as gone:
            raise Http404 from gone
        except CampaignRefused as refusal:
            raise problem(refusal, body, **(places or {})) from refusal


class NothingSaid(Body):
    """An act that takes nothing but its address."""
