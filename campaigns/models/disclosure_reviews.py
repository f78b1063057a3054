"""Legal's look at the disclosure of a piece: what the rules say, what people found and decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.choices import (
    DisclosureVerdict,
    ItemResult,
    ReviewStage,
    ReviewState,
    RiskTier,
)
from campaigns.models.deliverables import Deliverable
from campaigns.models.drafts import Draft
from campaigns.models.evidence import Evidence
from campaigns.models.guests import GuestLink
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

OPEN_REVIEWS = (ReviewState.WAITING, ReviewState.SECOND)


class DisclosureReviewQuerySet(models.QuerySet["DisclosureReview"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Reviews of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(state__in=OPEN_REVIEWS)


class DisclosureReview(models.Model):
    """One look at one piece: at a version of its draft, or at the post as it is to be seen."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, db_index=False, related_name="disclosure_reviews"
    )
    stage = models.CharField(max_length=5, choices=ReviewStage.choices)
    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Which opening of the draft's review; 0: a published post.
    opening = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ReviewState.choices, default=ReviewState.WAITING)
    opened_at = models.DateTimeField()
    # By the working hours of the brand as they were when it was opened.
    due_at = models.DateTimeField()
    # Who handed the content in or published it: never its reviewer. Null: the product, or somebody
    # behind a link.
    requested_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # How careful to be, with the reasons in words.
    risk = models.CharField(max_length=6, choices=RiskTier.choices, default=RiskTier.LOW)
    risk_reasons = models.JSONField(default=list)
    needs_second = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    # What the rules said when last asked; the one that the decision stands on.
    finding = models.ForeignKey(
        "DisclosureFinding", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What people decided in the end; empty: not yet.
    verdict = models.CharField(
        max_length=12, choices=DisclosureVerdict.choices, blank=True, default=""
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    objects = DisclosureReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_review_choices",
                condition=Q(
                    stage__in=ReviewStage.values,
                    state__in=ReviewState.values,
                    risk__in=RiskTier.values,
                    verdict__in=["", *DisclosureVerdict.values],
                ),
            ),
            models.CheckConstraint(
                name="campaigns_review_of_draft",
                condition=Q(stage=ReviewStage.DRAFT, draft__isnull=False, opening__gte=1)
                | Q(stage=ReviewStage.LIVE, draft=None, opening=0),
            ),
            models.CheckConstraint(
                name="campaigns_review_decided",
                condition=Q(state=ReviewState.DECIDED, decided_at__gte=F("opened_at"))
                & ~Q(verdict="")
                | ~Q(state=ReviewState.DECIDED) & Q(verdict="", decided_at=None),
            ),
            models.CheckConstraint(
                name="campaigns_review_clock", condition=Q(due_at__gte=F("opened_at"))
            ),
            # People look at one thing at a time.
            models.UniqueConstraint(
                fields=["deliverable", "stage"],
                condition=Q(state__in=[state.value for state in OPEN_REVIEWS]),
                name="campaigns_review_one_open",
            ),
        ]
        indexes = [
            # The queue, what is late first.
            models.Index(
                fields=["brand", "due_at", "id"],
                condition=Q(state__in=[state.value for state in OPEN_REVIEWS]),
                name="campaigns_review_queue",
            ),
            # What was decided about a piece, newest first.
            models.Index(
                fields=["deliverable", "-opened_at", "-id"], name="campaigns_review_of_piece"
            ),
            # Statistics and rates of a period.
            models.Index(
                fields=["brand", "decided_at"],
                condition=Q(state=ReviewState.DECIDED),
                name="campaigns_review_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable_id}: {self.stage}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in OPEN_REVIEWS


class DisclosureFinding(models.Model):
    """What the rules made of a snapshot on a day. It stays as it was, for later."""

    review = models.ForeignKey(DisclosureReview, on_delete=models.CASCADE, related_name="findings")
    # What it is about; null: nothing was captured.
    evidence = models.ForeignKey(
        Evidence, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    # The day whose rules count.
    on = models.DateField()
    verdict = models.CharField(max_length=12, choices=DisclosureVerdict.choices)
    # The jurisdiction that decides; empty: none was asked.
    strictest = models.CharField(max_length=8, blank=True, default="")
    # What went in and what came out (campaigns.disclosure: Case and Finding as JSON).
    case = models.JSONField()
    result = models.JSONField(null=True, blank=True)
    # Why nothing came out: no jurisdiction, a platform without rules.
    problem = models.CharField(max_length=1_000, blank=True, default="")
    # Version and digest of the rules of each jurisdiction, and of the lexicon.
    packs = models.JSONField(default=dict)
    # SHA-256 of all of this.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["review", "made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_finding_valid",
                condition=Q(verdict__in=DisclosureVerdict.values, digest__regex="^[0-9a-f]{64}$")
                & (Q(result__isnull=False, problem="") | Q(result=None) & ~Q(problem="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.verdict}"


class DisclosureAnswer(models.Model):
    """What a person found about one item of the checklist; the newest counts."""

    review = models.ForeignKey(DisclosureReview, on_delete=models.CASCADE, related_name="answers")
    # The item's, as the engine calls it.
    key = models.CharField(max_length=200)
    result = models.CharField(max_length=14, choices=ItemResult.choices)
    note = models.CharField(max_length=1_000, blank=True, default="")
    evidence = models.ForeignKey(
        Evidence, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["review", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_answer_valid",
                condition=Q(result__in=ItemResult.values) & ~Q(key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.result}"


class DisclosureDecision(models.Model):
    """What one reviewer decided, on which finding, and why."""

    review = models.ForeignKey(DisclosureReview, on_delete=models.CASCADE, related_name="decisions")
    finding = models.ForeignKey(DisclosureFinding, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=12, choices=DisclosureVerdict.choices)
    # Needed where it is not what the rules say.
    reason = models.CharField(max_length=2_000, blank=True, default="")
    is_second = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # In whose stead.
    on_behalf_of = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    # Decided together with others of the same kind: the same for all of them.
    together = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["review", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_disclosure_decision_valid",
                condition=Q(verdict__in=DisclosureVerdict.values),
            ),
            # A review is decided once by each of the two.
            models.UniqueConstraint(
                fields=["review", "is_second"], name="campaigns_disclosure_decision_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.verdict}"
