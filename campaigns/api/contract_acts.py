"""Contracts: to legal and back, called off, ended; and who sees to one."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.contract_term_bodies import REASON_MAX
from campaigns.api.contracts import ContractViewSet, WholeContractSerializer
from campaigns.api.words import LOCK, REFUSED, PersonField
from campaigns.services.contracts import deciding, reviewing, writing
from campaigns.services.contracts.record import NOTE_MAX
from campaigns.services.refusals import CampaignRefused
from crm.api.body import Body
from crm.api.refusals import refusals
from crm.choices import Scope

ANSWERS: dict[Any, Any] = {200: WholeContractSerializer, **REFUSED}


class SeenContract(Body):
    """Which version you saw, and what to note."""

    version = serializers.IntegerField(**LOCK)
    note = serializers.CharField(max_length=NOTE_MAX, required=False)


class ContractAndWhy(Body):
    """Which version you saw, and why."""

    version = serializers.IntegerField(**LOCK)
    note = serializers.CharField(max_length=NOTE_MAX)


class ContractOwner(Body):
    """Who sees to it; null: nobody."""

    owner = PersonField(allow_null=True)


class AnotherVersion(Body):
    """Which version you saw, and why there is another one."""

    version = serializers.IntegerField(**LOCK)
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)


class ContractActViewSet(ContractViewSet):
    """What is done with a contract beside sending and signing it."""

    write_scopes = {"clear": Scope.LEGAL_WRITE, "give_back": Scope.LEGAL_WRITE}

    @extend_schema(request=SeenContract, responses=ANSWERS)
    def submit(self, request: Request, pk: str) -> Response:
        """Give a draft to legal."""
        return self._act(pk, SeenContract, reviewing.submit)

    @extend_schema(request=SeenContract, responses=ANSWERS)
    def reopen(self, request: Request, pk: str) -> Response:
        """Make it a draft again."""
        return self._act(pk, SeenContract, reviewing.reopen)

    @extend_schema(request=SeenContract, responses=ANSWERS)
    def clear(self, request: Request, pk: str) -> Response:
        """Legal clears it: it can be sent."""
        return self._act(pk, SeenContract, reviewing.clear)

    @extend_schema(request=ContractAndWhy, responses=ANSWERS)
    def give_back(self, request: Request, pk: str) -> Response:
        """Legal gives it back to the draft, with the reason."""
        return self._act(pk, ContractAndWhy, reviewing.give_back)

    @extend_schema(request=ContractAndWhy, responses=ANSWERS)
    def decline(self, request: Request, pk: str) -> Response:
        """Write down that the creator declined it, and why."""
        return self._act(pk, ContractAndWhy, deciding.decline)

    @extend_schema(request=ContractAndWhy, responses=ANSWERS)
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back before it is accepted, with the reason."""
        return self._act(pk, ContractAndWhy, deciding.withdraw)

    @extend_schema(request=ContractAndWhy, responses=ANSWERS)
    def terminate(self, request: Request, pk: str) -> Response:
        """End an accepted contract, with the reason."""
        return self._act(pk, ContractAndWhy, deciding.terminate)

    @extend_schema(request=AnotherVersion, responses=ANSWERS)
    def revise(self, request: Request, pk: str) -> Response:
        """Begin a further version with what the last one says; what was sent holds no more."""
        self._known(pk)
        body = self._body(AnotherVersion)
        return self._do(writing.revise, pk, body, reason=body.validated_data.get("reason", ""))

    @extend_schema(request=AnotherVersion, responses={201: WholeContractSerializer, **REFUSED})
    def amend(self, request: Request, pk: str) -> Response:
        """Draft a contract that takes the place of this one once it is accepted: it is answered."""
        self._known(pk)
        body = self._body(AnotherVersion)
        with refusals(CampaignRefused, body=body):
            made = writing.amend(
                contract_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                expected_version=body.validated_data["version"],
                reason=body.validated_data.get("reason", ""),
            )
        return Response(self._whole(made.pk), status=201)

    @extend_schema(request=ContractOwner, responses=ANSWERS)
    def owner(self, request: Request, pk: str) -> Response:
        """Say who sees to it."""
        self._known(pk)
        body = self._body(ContractOwner)
        with refusals(CampaignRefused, body=body):
            writing.hand_over(
                contract_id=int(pk),
                brand=self.brand,
                actor=self.actor,
                at=timezone.now(),
                **body.validated_data,
            )
        return Response(self._whole(int(pk)))

    def _act(self, pk: str, kind: type[Body], act: Any) -> Response:
        self._known(pk)
        body = self._body(kind)
        return self._do(act, pk, body, note=body.validated_data.get("note", ""))
