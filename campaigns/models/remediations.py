"""What is asked of a creator whose published post is not disclosed as the rules ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.choices import Channel, RemediationAct, RemediationState
from campaigns.models.deliverables import Deliverable
from campaigns.models.disclosure_reviews import DisclosureReview
from campaigns.models.guests import GuestLink
from crm.models import Brand, Incident, Message, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Somebody still has to do something.
OPEN_REMEDIATIONS = (
    RemediationState.OPEN,
    RemediationState.ANSWERED,
    RemediationState.OVERDUE,
    RemediationState.INCIDENT,
)
# The creator has to.
WAITING_FOR_CREATOR = (RemediationState.OPEN, RemediationState.OVERDUE, RemediationState.INCIDENT)


class RemediationQuerySet(models.QuerySet["Remediation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that nobody has resolved or withdrawn."""
        return self.filter(state__in=OPEN_REMEDIATIONS)


class Remediation(models.Model):
    """A creator was asked to put the disclosure of a published post right, by a day."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, db_index=False, related_name="remediations"
    )
    # The look at the post that found it wanting.
    review = models.ForeignKey(DisclosureReview, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=10, choices=RemediationState.choices, default=RemediationState.OPEN
    )
    state_since = models.DateTimeField()
    asked_at = models.DateTimeField()
    # By when it is to be done, of the newest request.
    due_at = models.DateTimeField()
    # The words of the newest request, as they were sent.
    words = models.TextField()
    # How they went: the product's mail, or another way that is written down.
    channel = models.CharField(max_length=10, choices=Channel.choices)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How often the creator was asked.
    times = models.PositiveSmallIntegerField(default=1)
    # Who looks after it.
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What came of it where nothing was done in time.
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = RemediationQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_remediation_choices",
                condition=Q(state__in=RemediationState.values, channel__in=Channel.values),
            ),
            models.CheckConstraint(
                name="campaigns_remediation_order",
                condition=Q(due_at__gt=F("asked_at"), state_since__gte=F("asked_at"), times__gte=1),
            ),
            models.CheckConstraint(name="campaigns_remediation_said", condition=~Q(words="")),
            # A creator is asked one thing of a post at a time.
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=Q(state__in=[state.value for state in OPEN_REMEDIATIONS]),
                name="campaigns_remediation_one_open",
            ),
            # A look is answered by one request.
            models.UniqueConstraint(
                fields=["review"],
                condition=~Q(state=RemediationState.WITHDRAWN),
                name="campaigns_remediation_of_review",
            ),
        ]
        indexes = [
            # The list of what is open, what is due first; the task that looks what is late.
            models.Index(
                fields=["brand", "due_at", "id"],
                condition=Q(state__in=[state.value for state in OPEN_REMEDIATIONS]),
                name="campaigns_remediation_open",
            ),
            # The list of all.
            models.Index(fields=["brand", "-asked_at", "-id"], name="campaigns_remediation_list"),
            # What was asked about a piece, newest first.
            models.Index(
                fields=["deliverable", "-asked_at", "-id"], name="campaigns_remediation_of_piece"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in OPEN_REMEDIATIONS


class RemediationEvent(models.Model):
    """One thing that happened to a request: an entry is added, never changed."""

    remediation = models.ForeignKey(
        Remediation, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    act = models.CharField(max_length=10, choices=RemediationAct.choices)
    state = models.CharField(max_length=10, choices=RemediationState.choices)
    # Somebody of the brand; else `link` is the creator behind a link, or nobody (the product).
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    note = models.CharField(max_length=2_000, blank=True, default="")
    # The words of a request.
    words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["remediation", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_remediation_event_valid",
                condition=Q(act__in=RemediationAct.values, state__in=RemediationState.values),
            ),
            models.CheckConstraint(
                name="campaigns_remediation_event_reasoned",
                condition=~Q(act=RemediationAct.WITHDRAW) | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="campaigns_remediation_event_said",
                condition=~Q(act__in=[RemediationAct.ASK, RemediationAct.ASK_AGAIN]) | ~Q(words=""),
            ),
        ]
        indexes = [
            # What happened, in its order.
            models.Index(fields=["remediation", "at", "id"], name="campaigns_remediation_history"),
        ]

    def __str__(self) -> str:
        return f"{self.remediation_id}: {self.act}"
