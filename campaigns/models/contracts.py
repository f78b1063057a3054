"""Contracts with creators: one for an engagement, amended by another, fixed once it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import ContractAct, ContractState
from campaigns.models.engagements import Engagement
from campaigns.models.guests import GuestLink
from campaigns.models.offers import Offer
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Where one side still has to decide something.
UNDECIDED = (
    ContractState.DRAFT,
    ContractState.IN_REVIEW,
    ContractState.READY,
    ContractState.SENT,
)


# How a history says what happened.
_DONE = {
    ContractAct.SUBMIT: "Legal was asked",
    ContractAct.CLEAR: "Cleared for legal",
    ContractAct.RETURN: "Given back by legal",
    ContractAct.REOPEN: "Taken back to the draft",
    ContractAct.SEND: "Sent",
    ContractAct.ACCEPT: "Accepted",
    ContractAct.DECLINE: "Declined",
    ContractAct.REVISE: "New version begun",
    ContractAct.WITHDRAW: "Withdrawn",
    ContractAct.AMEND: "Amendment begun",
    ContractAct.TERMINATE: "Terminated",
    ContractAct.SUPERSEDE: "Superseded",
    ContractAct.END: "Ended",
}


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Contracts of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def undecided(self) -> Self:
        """Those that are written, looked at, or with the creator."""
        return self.filter(state__in=UNDECIDED)

    def in_force(self) -> Self:
        """Those that bind both sides now."""
        return self.filter(state=ContractState.ACCEPTED)

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related(
            "engagement__campaign", "engagement__relationship__creator", "owner", "current"
        )


class Contract(models.Model):
    """What binds a brand and a creator in a campaign. What it says stands in its versions.

    That an engagement has one undecided contract and one in force, the service sees to, which holds
    the engagement: a constraint would stand in the way of a merge of two creators.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="contracts")
    title = models.CharField(max_length=200)
    # The accepted offer that it was filled in from, if any.
    offer = models.ForeignKey(
        Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="contracts"
    )
    # The contract that it takes the place of, once it is accepted.
    amends = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="amendments"
    )
    # Who sees to it: answers come to their day.
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=ContractState.choices, default=ContractState.DRAFT
    )
    state_since = models.DateTimeField(default=timezone.now)
    # The newest version: what lists show and sort by.
    current = models.ForeignKey(
        "campaigns.ContractVersion",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    # Raised with each act: a decision on an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-state_since", "-pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_contract_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="campaigns_contract_state_valid", condition=Q(state__in=ContractState.values)
            ),
            models.CheckConstraint(
                name="campaigns_contract_state_order", condition=Q(state_since__gte=F("created_at"))
            ),
            models.CheckConstraint(
                name="campaigns_contract_amends_other",
                condition=Q(amends=None) | ~Q(amends=F("pk")),
            ),
        ]
        indexes = [
            # The list: what moved last comes first.
            models.Index(fields=["brand", "-state_since", "-id"], name="campaigns_contract_moved"),
            # My day, what expires, and what is promised: those that are still alive.
            models.Index(
                fields=["brand", "state", "owner"],
                condition=Q(state__in=[*(state.value for state in UNDECIDED), "accepted"]),
                name="campaigns_contract_alive",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_undecided(self) -> bool:
        """Whether it is still written, looked at, or with the creator."""
        return self.state in UNDECIDED


class ContractEvent(models.Model):
    """One thing that happened to a contract: an entry is added, never changed."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    version = models.ForeignKey(
        "campaigns.ContractVersion", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    act = models.CharField(max_length=10, choices=ContractAct.choices)
    # Somebody of the brand, or the creator behind a link; neither: by itself.
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    note = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["contract", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_contract_event_valid", condition=Q(act__in=ContractAct.values)
            ),
        ]
        indexes = [
            # The history of one contract; a creator's timeline goes through their few contracts.
            models.Index(fields=["contract", "-at", "-id"], name="campaigns_contract_history"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.act}"

    @property
    def done(self) -> str:
        """What happened, in words; changes of a draft are no events."""
        act = ContractAct(self.act)
        return _DONE.get(act, act.label)
