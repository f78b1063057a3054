"""Contracts that wait for legal, for whoever made them, or for the creator; and those that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, Expression, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.timesince import timesince

from campaigns.choices import ContractState
from campaigns.models import Contract
from crm.day import DAY_AT, Asker, PutAside, Row, Section, Source
from crm.permissions import Can

# So long a creator may take before anybody asks, and so long before its last day it is told.
PATIENCE = timedelta(days=5)
SOON = timedelta(days=30)


class ContractsForLegal(Source):
    """Contracts that legal is asked to look at."""

    key = "contract-legal"
    section = Section.DECIDE
    name = "Contract for legal"
    icon = "signature"
    can = Can.CLEAR_LEGAL

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """All of them: legal is one queue."""
        rows = Contract.objects.filter(brand=asker.brand, state=ContractState.IN_REVIEW)
        return rows.for_list_page().annotate(**{DAY_AT: F("state_since")})

    def show(self, asker: Asker, rows: Sequence[Contract]) -> list[Row]:
        """How long it waits."""
        return [_row(asker, row, f"waits {timesince(row.state_since, asker.at)}") for row in rows]


class ContractsToSend(Source):
    """Contracts that legal has cleared, and that nobody has sent."""

    key = "contract-ready"
    section = Section.UNBLOCK
    name = "Contract to send"
    icon = "signature"
    can = Can.MAKE_CONTRACTS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those one leads, and those that nobody does."""
        return _own(asker, F("state_since"), state=ContractState.READY)

    def show(self, asker: Asker, rows: Sequence[Contract]) -> list[Row]:
        """Since when it could go out."""
        return [
            _row(asker, row, f"cleared {timesince(row.state_since, asker.at)} ago, not sent")
            for row in rows
        ]


class ContractsDeclined(PutAside):
    """Contracts that the creator declined: a new version, or somebody else."""

    key = "contract-declined"
    section = Section.ANSWER
    name = "Contract declined"
    icon = "signature"
    can = Can.MAKE_CONTRACTS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those one leads, and those that nobody does."""
        return _own(asker, F("state_since"), state=ContractState.DECLINED)

    def show(self, asker: Asker, rows: Sequence[Contract]) -> list[Row]:
        """What they say is a click away."""
        return [
            _row(asker, row, f"declined {timesince(row.state_since, asker.at)} ago", "Put aside")
            for row in rows
        ]


class ContractsUnanswered(PutAside):
    """Contracts that the creator has had for a while."""

    key = "contract-quiet"
    section = Section.CHASE
    name = "Contract without an answer"
    icon = "signature"
    can = Can.MAKE_CONTRACTS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those that were sent a while ago."""
        return _own(
            asker,
            F("state_since"),
            state=ContractState.SENT,
            state_since__lte=asker.at - PATIENCE,
        )

    def show(self, asker: Asker, rows: Sequence[Contract]) -> list[Row]:
        """How long they have had it."""
        return [
            _row(asker, row, f"sent {timesince(row.state_since, asker.at)} ago", "Put aside")
            for row in rows
        ]


class ContractsEnding(PutAside):
    """Contracts in force whose last day is near."""

    key = "contract-ending"
    section = Section.CHASE
    name = "Contract ends"
    icon = "signature"
    can = Can.MAKE_CONTRACTS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By their last day."""
        return _own(
            asker,
            Cast("current__ends_on", DateTimeField()),
            state=ContractState.ACCEPTED,
            current__ends_on__range=(asker.today, asker.today + SOON),
        )

    def show(self, asker: Asker, rows: Sequence[Contract]) -> list[Row]:
        """How long it still holds."""
        found = []
        for row in rows:
            last = row.current.ends_on if row.current else None
            days = (last - asker.today).days if last else 0
            words = ("today", "tomorrow")[days] if days < 2 else f"in {days} days"
            found.append(_row(asker, row, f"ends {words}", "Put aside"))
        return found


def _own(asker: Asker, since: Expression | F, **which: Any) -> QuerySet[Any]:
    rows = Contract.objects.filter(brand=asker.brand, **which).for_list_page()
    mine = rows if asker.is_team else rows.filter(Q(owner=asker.user) | Q(owner=None))
    dated: QuerySet[Any] = mine.annotate(**{DAY_AT: since})
    return dated


def _row(asker: Asker, row: Contract, why: str, done: str = "") -> Row:
    return Row(
        pk=row.pk,
        title=row.title,
        url=reverse("campaigns:contract", args=[asker.brand.slug, row.pk]),
        why=why,
        since=getattr(row, DAY_AT),
        about=row.engagement.relationship.creator.name,
        who=row.owner.display_name if row.owner else "nobody",
        done=done,
    )


SOURCES: tuple[Source, ...] = (
    ContractsForLegal(),
    ContractsToSend(),
    ContractsDeclined(),
    ContractsUnanswered(),
    ContractsEnding(),
)
