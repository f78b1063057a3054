"""Conversations: whose they are, that nobody waits, or that somebody waits again. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import ID
from crm.api.body import Body
from crm.api.mail import THREAD_COLUMNS, ThreadSerializer, ThreadViewSet, threads
from crm.api.refusals import refusals
from crm.api.relationships import KnownCreatorField
from crm.api.schema import refusal
from crm.choices import Scope
from crm.services.mail import threads as service
from crm.services.mail.composing import MailRefused

ANSWERS: dict[Any, Any] = {200: ThreadSerializer, **refusal("refused")}


class Assigned(Body):
    """With whom a conversation is."""

    creator = KnownCreatorField()
    remember = serializers.BooleanField(
        default=True,
        help_text="Keep the sender's address as one of the creator's, so that their next mail "
        "finds its way.",
    )


class ThreadActViewSet(ThreadViewSet):
    """What is done with a conversation."""

    write_scope = Scope.MAIL_WRITE
    lookup_value_regex = ID

    @extend_schema(request=Assigned, responses=ANSWERS)
    def assign(self, request: Request, pk: str) -> Response:
        """Say with which creator a conversation is; what they wrote then waits for an answer."""
        thread = self.one(self.get_queryset().filter(pk=pk).values("id"))
        body = Assigned(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        said = body.validated_data
        return self._do(
            thread["id"],
            service.assign,
            relationship=said["creator"],
            remember=said["remember"],
        )

    @extend_schema(request=None, responses=ANSWERS)
    def aside(self, request: Request, pk: str) -> Response:
        """Say that a conversation of nobody is about no creator."""
        return self._do(pk, service.set_aside)

    @extend_schema(request=None, responses=ANSWERS)
    def done(self, request: Request, pk: str) -> Response:
        """Say that nobody waits for an answer any more."""
        return self._do(pk, service.finish)

    @extend_schema(request=None, responses=ANSWERS)
    def reopen(self, request: Request, pk: str) -> Response:
        """Say that the creator's last mail waits for an answer again."""
        return self._do(pk, service.reopen)

    def _do(self, pk: str, act: Callable[..., Any], **said: Any) -> Response:
        thread = self.one(self.get_queryset().filter(pk=pk).values("id"))
        with refusals(MailRefused):
            act(thread_id=thread["id"], actor=self.actor, at=timezone.now(), **said)
        [shown] = threads([self.one(self.get_queryset().filter(pk=pk).values(*THREAD_COLUMNS))])
        return Response(shown)
