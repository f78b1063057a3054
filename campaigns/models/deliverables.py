"""The pieces of content that creators make in a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import ContentKind, DeliverableAct, DeliverableState, Gate
from campaigns.models.engagements import Engagement
from crm.choices import PostKind
from crm.models import Brand, Platform, Post, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Where something is still to be done.
OPEN_STATES = (
    DeliverableState.PLANNED,
    DeliverableState.IN_REVIEW,
    DeliverableState.NEEDS_WORK,
    DeliverableState.APPROVED,
)


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Deliverables in campaigns of the brands in which `user` has a role."""
        return self.filter(engagement__campaign__brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that are neither published nor called off."""
        return self.filter(state__in=OPEN_STATES)


class Deliverable(models.Model):
    """One piece of content that a creator makes: one post, one story, one episode."""

    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, db_index=False, related_name="deliverables"
    )
    title = models.CharField(max_length=200)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    # What it is about, and what form it has.
    kind = models.CharField(max_length=20, choices=ContentKind.choices)
    form = models.CharField(max_length=20, choices=PostKind.choices)
    # The brand's day by which a draft is to be there.
    draft_due_on = models.DateField(null=True, blank=True)
    # When it is to be published; null: not planned yet.
    publish_at = models.DateTimeField(null=True, blank=True)

    # Before the state: defaults are taken in this order, and no state is older than its piece.
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=12, choices=DeliverableState.choices, default=DeliverableState.PLANNED
    )
    state_since = models.DateTimeField(default=timezone.now)

    # How many drafts are agreed, where the contract says so; null: as the campaign has it.
    rounds = models.PositiveSmallIntegerField(null=True, blank=True)
    # The fast lane: the gates that are left for it, and why; null: those of the campaign.
    gates = ArrayField(models.CharField(max_length=10, choices=Gate.choices), null=True, blank=True)
    fast_lane_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    # Where it is, once it is published, and the post that an import or a capture brought.
    published_url = models.URLField(max_length=500, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    post = models.ForeignKey(
        Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = ["engagement", "pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_deliverable_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="campaigns_deliverable_choices",
                condition=Q(
                    state__in=DeliverableState.values,
                    kind__in=ContentKind.values,
                    form__in=PostKind.values,
                ),
            ),
            models.CheckConstraint(
                name="campaigns_deliverable_published",
                condition=~Q(state=DeliverableState.PUBLISHED) | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_deliverable_state_order",
                condition=Q(state_since__gte=F("created_at")),
            ),
            # Nobody takes the short way without a word.
            models.CheckConstraint(
                name="campaigns_deliverable_fast_lane",
                condition=Q(gates=None, fast_lane_reason="")
                | (Q(gates__isnull=False) & ~Q(fast_lane_reason="")),
            ),
            models.CheckConstraint(
                name="campaigns_deliverable_rounds", condition=Q(rounds=None) | Q(rounds__gte=1)
            ),
        ]
        indexes = [
            # A creator's pieces in a campaign; a campaign's through its engagements.
            models.Index(fields=["engagement", "id"], name="campaigns_deliverable_list"),
            # What waits in a state, longest first: queues, My day, what is missing.
            models.Index(
                fields=["state", "state_since"],
                condition=Q(state__in=[state.value for state in OPEN_STATES]),
                name="campaigns_deliverable_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it is neither published nor called off."""
        return self.state in OPEN_STATES


class DeliverableEvent(models.Model):
    """One thing that happened to a piece of content: an entry is added, never changed."""

    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    act = models.CharField(max_length=10, choices=DeliverableAct.choices)
    # Somebody of the brand; else `name` is a person behind a link, or nobody (the product).
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()
    # Which version of the draft it is about; null: the piece as a whole.
    number = models.PositiveIntegerField(null=True, blank=True)
    gate = models.CharField(max_length=10, choices=Gate.choices, blank=True, default="")
    note = models.CharField(max_length=2_000, blank=True, default="")

    class Meta:
        ordering = ["deliverable", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_deliverable_event_valid",
                condition=Q(act__in=DeliverableAct.values, gate__in=["", *Gate.values]),
            ),
            models.CheckConstraint(
                name="campaigns_deliverable_event_reasoned",
                condition=~Q(
                    act__in=[
                        DeliverableAct.SHORTEN,
                        DeliverableAct.REFUSE,
                        DeliverableAct.REOPEN,
                        DeliverableAct.CANCEL,
                    ]
                )
                | ~Q(note=""),
            ),
        ]
        indexes = [
            # The history of one piece.
            models.Index(
                fields=["deliverable", "-at", "-id"], name="campaigns_deliverable_history"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable_id}: {self.act}"
