"""Requests to put a disclosure right: asked by hand, asked again, answered, withdrawn.

Mails are written and read through by people; here is written down what was said or sent elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.campaigns import REFUSED
from campaigns.api.remediations import RemediationViewSet, WholeRemediationSerializer
from campaigns.api.words import LOCK
from campaigns.choices import Channel
from campaigns.models import DisclosureReview
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignRefused
from campaigns.services.remediation import asking, ending
from crm.api.body import Body
from crm.api.problems import BadBody, Fault
from crm.api.query import MomentField
from crm.api.refusals import problem, refusals
from crm.choices import Scope

BY_HAND = [one for one in Channel.choices if one[0] != Channel.MAIL]
ANSWERS: dict[Any, Any] = {200: WholeRemediationSerializer, **REFUSED}


class AskAgain(Body):
    """What the creator is asked once more, and until when."""

    version = serializers.IntegerField(**LOCK)
    words = serializers.CharField(max_length=asking.WORDS_MAX)
    due_at = MomentField(help_text="60 days at most.")
    channel = serializers.ChoiceField(choices=BY_HAND, help_text="How it was said or sent.")


class NewRemediation(Body):
    """What the creator was asked after a look at a published post."""

    review = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    words = serializers.CharField(max_length=asking.WORDS_MAX)
    due_at = MomentField(help_text="60 days at most.")
    channel = serializers.ChoiceField(choices=BY_HAND, help_text="How it was said or sent.")


class PutRight(Body):
    """The creator said that it is done."""

    version = serializers.IntegerField(**LOCK)
    note = serializers.CharField(max_length=ending.NOTE_MAX, required=False, default="")


class RemediationAndWhy(Body):
    """Nothing is asked for any more, and why."""

    version = serializers.IntegerField(**LOCK)
    reason = serializers.CharField(max_length=ending.NOTE_MAX)


class RemediationActViewSet(RemediationViewSet):
    """What is done with requests."""

    write_scope = Scope.CAMPAIGNS_RUN

    @extend_schema(request=NewRemediation, responses={201: WholeRemediationSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Write down that a creator was asked to put a post right, and until when."""
        body = NewRemediation(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        review = said.pop("review")
        try:
            made = asking.ask(
                review_id=review,
                brand=self.brand,
                wanted=asking.Request(**said),
                actor=self.actor,
                at=timezone.now(),
            )
        except DisclosureReview.DoesNotExist as gone:
            words = "There is no such review in your brand."
            raise BadBody([Fault("/review", "does_not_exist", words)]) from gone
        except CampaignRefused as refusal:
            raise problem(refusal, body, places={"due_on": "/due_at"}) from refusal
        answer = self.retrieve(request, str(made.pk))
        answer.status_code = HTTPStatus.CREATED
        return answer

    @extend_schema(request=AskAgain, responses=ANSWERS)
    def again(self, request: Request, pk: str) -> Response:
        """Write down that the creator was asked once more, with a new moment."""

        def act(*, words: str, due_at: Any, channel: str, **rest: Any) -> None:
            asking.ask_again(wanted=asking.Request(words, due_at, channel), **rest)

        return self._do(pk, AskAgain, act, actor=self.actor)

    @extend_schema(request=PutRight, responses=ANSWERS)
    def done(self, request: Request, pk: str) -> Response:
        """Write down that the creator said it is done: legal looks again."""
        return self._do(pk, PutRight, ending.answer, actor=Actor(self.actor))

    @extend_schema(request=RemediationAndWhy, responses=ANSWERS)
    def withdraw(self, request: Request, pk: str) -> Response:
        """Ask for nothing any more, with the reason."""
        return self._do(pk, RemediationAndWhy, ending.withdraw, actor=self.actor)

    def _do(self, pk: str, kind: type[Body], act: Callable[..., Any], *, actor: Any) -> Response:
        row = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        version = said.pop("version")
        with refusals(CampaignRefused, body=body, places={"due_on": "/due_at"}):
            act(
                remediation_id=row["id"],
                brand=self.brand,
                actor=actor,
                at=timezone.now(),
                expected_version=version,
                **said,
            )
        return self.retrieve(self.request, pk)
