"""Vetting: what colleagues think of a creator, by criteria with written anchors.

A vetting is asked about one creator and is answered by one review or by two blind ones. What a
review says is for its author alone until all that were asked for are in (`Vetting.all_in_at`):
every page, answer and export asks `ReviewQuerySet.readable_by` or `Review.is_readable_by`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.choices import CriterionKind, ResultBasis, ReviewStatus, VettingStatus
from crm.models.brands import Brand, User
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from decimal import Decimal

    from django.contrib.auth.models import AnonymousUser

SCORES = range(1, 6)
OPEN_VETTINGS = (VettingStatus.OPEN, VettingStatus.DISPUTED)


class Option(TypedDict):
    """One answer of a list."""

    value: str
    label: str


class Criterion(models.Model):
    """One wording of one criterion. It never changes: another wording is another row.

    So what reviewers were asked stays what it was, and agreement is counted by wording. The key is
    the same in all wordings: the fact that rules read is `review_` and the key.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=50, db_index=False)
    label = models.CharField(max_length=80)
    question = models.CharField(max_length=300)
    kind = models.CharField(max_length=6, choices=CriterionKind.choices)
    # What 1, 2, 3, 4 and 5 mean, or the answers of the list.
    anchors = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    options = models.JSONField(default=list, blank=True)
    # The reviewer has to say what it was seen by: a link, a quotation.
    needs_evidence = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ["brand", "key", "pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_criterion_key_valid", condition=Q(key__regex=r"^[a-z][a-z0-9_]*$")
            ),
            models.CheckConstraint(
                name="crm_criterion_kind_valid",
                condition=Q(kind=CriterionKind.SCALE, anchors__len=5, options=[])
                | (Q(kind=CriterionKind.CHOICE, anchors__len=0) & ~Q(options=[])),
            ),
        ]
        indexes = [
            # The wordings of one criterion.
            models.Index(fields=["brand", "key"], name="crm_criterion_wordings"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_scale(self) -> bool:
        """Whether the answer is a score."""
        return self.kind == CriterionKind.SCALE

    @property
    def field_key(self) -> str:
        """The key of the fact that its result is."""
        return f"review_{self.key}"

    @property
    def labels(self) -> dict[str, str]:
        """What people call each answer of the list; of a scale, what each score means."""
        if self.is_scale:
            return {str(score): anchor for score, anchor in zip(SCORES, self.anchors, strict=True)}
        given: list[Option] = self.options
        return {option["value"]: option["label"] for option in given}


class ReviewForm(models.Model):
    """A version of a brand's review form; the one with the highest number is in use."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    criteria = models.ManyToManyField(
        Criterion, through="FormCriterion", related_name="review_forms"
    )
    guidance = models.TextField(max_length=2_000, blank=True, default="")
    # How many reviews are asked for: one, or two that do not see each other.
    reviewers = models.PositiveSmallIntegerField(default=2)
    # Scores so far apart, or farther, go to a third person.
    dispute_from = models.PositiveSmallIntegerField(default=2)
    requester_may_review = models.BooleanField(default=False)
    days = models.PositiveSmallIntegerField(default=7)
    why = models.CharField(max_length=300, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["brand", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="crm_review_form_once"),
            models.CheckConstraint(
                name="crm_review_form_valid",
                condition=Q(reviewers__range=(1, 2), dispute_from__range=(1, 4))
                & Q(days__range=(1, 90)),
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    def lines_in_order(self) -> list[FormCriterion]:
        """The criteria as reviewers see them, each with what passes."""
        return list(self.lines.select_related("criterion").order_by("position"))

    def criteria_in_order(self) -> list[Criterion]:
        """As reviewers see them."""
        return [line.criterion for line in self.lines_in_order()]


class FormCriterion(models.Model):
    """A line of a review form."""

    form = models.ForeignKey(
        ReviewForm, on_delete=models.CASCADE, db_index=False, related_name="lines"
    )
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    # Which results pass: scores from `least` to `most`, or these answers. All null: it is no bar.
    least = models.PositiveSmallIntegerField(null=True, blank=True)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    passing = ArrayField(models.CharField(max_length=120), null=True, blank=True)

    class Meta:
        verbose_name_plural = "form criteria"
        ordering = ["form", "position"]
        constraints = [
            models.CheckConstraint(
                name="crm_form_criterion_bar",
                condition=Q(least=None, most=None, passing=None)
                | Q(
                    passing=None,
                    least__isnull=False,
                    most__isnull=False,
                    least__gte=1,
                    most__lte=5,
                    least__lte=F("most"),
                )
                | Q(least=None, most=None, passing__isnull=False, passing__len__gt=0),
            ),
            models.UniqueConstraint(fields=["form", "position"], name="crm_form_criterion_place"),
            models.UniqueConstraint(fields=["form", "criterion"], name="crm_form_criterion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.criterion_id}"

    @property
    def wants_little(self) -> bool:
        """Whether a low score is a good one, as of risk: the bar begins at 1 and ends below 5."""
        return self.least == 1 and self.most is not None and self.most < max(SCORES)

    @property
    def bar_words(self) -> str:
        """Which results pass, in words; empty: the criterion is no bar."""
        if self.least is not None and self.most is not None:
            return f"{self.least} to {self.most} passes"
        if self.passing:
            labels = self.criterion.labels
            named = " or ".join(f"“{labels.get(value, value)}”" for value in self.passing)
            return f"{named} passes"
        return ""

    def lets_pass(self, score: Decimal | None, choice: str | None) -> bool | None:
        """Whether a result passes; None: it is no bar, or nobody could say."""
        if self.least is not None and self.most is not None:
            return None if score is None else self.least <= score <= self.most
        if self.passing:
            return None if choice is None else choice in self.passing
        return None


class VettingQuerySet(models.QuerySet["Vetting"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Vettings of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def unsettled(self) -> Self:
        """That somebody still has to do something about."""
        return self.filter(status__in=OPEN_VETTINGS)

    def disputed_for(self, user: User) -> Self:
        """Those that `user` may settle as the third person."""
        mine = Review.objects.filter(vetting=models.OuterRef("pk"), reviewer=user)
        asked = Q(requested_by=user, form__requester_may_review=False)
        return self.filter(~models.Exists(mine), ~asked, status=VettingStatus.DISPUTED)

    def with_people(self) -> Self:
        """With everything that a row shows but the reviews."""
        return self.select_related("relationship__creator", "form", "requested_by", "settled_by")


class Vetting(models.Model):
    """That reviews of a creator were asked for, and what came of it.

    One at a time is open for a creator. The service sees to it: a constraint would let a merge of
    two creators with one each throw one away.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, related_name="vettings"
    )
    form = models.ForeignKey(ReviewForm, on_delete=models.PROTECT, related_name="+")
    reviewers = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300, blank=True, default="")
    due_on = models.DateField()
    status = models.CharField(
        max_length=9, choices=VettingStatus.choices, default=VettingStatus.OPEN
    )
    requested_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    # From here on everybody may read the reviews.
    all_in_at = models.DateTimeField(null=True, blank=True)
    # Settled or withdrawn.
    settled_at = models.DateTimeField(null=True, blank=True)
    # The third person, or who withdrew it; nobody where the reviews settled it.
    settled_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why_withdrawn = models.CharField(max_length=300, blank=True, default="")

    objects = VettingQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_vetting_reviewers_valid", condition=Q(reviewers__range=(1, 2))
            ),
            models.CheckConstraint(
                name="crm_vetting_status_valid",
                condition=Q(status=VettingStatus.OPEN, all_in_at=None, settled_at=None)
                | Q(status=VettingStatus.DISPUTED, all_in_at__isnull=False, settled_at=None)
                | Q(status=VettingStatus.SETTLED, all_in_at__isnull=False, settled_at__isnull=False)
                | Q(status=VettingStatus.WITHDRAWN, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="crm_vetting_order",
                condition=(Q(all_in_at=None) | Q(all_in_at__gte=F("requested_at")))
                & (Q(settled_at=None) | Q(settled_at__gte=F("requested_at"))),
            ),
        ]
        indexes = [
            # The list of reviews: what is open, or settled, newest first.
            models.Index(fields=["brand", "status", "-requested_at", "-id"], name="crm_vet_list"),
        ]

    def __str__(self) -> str:
        return f"Vetting {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in OPEN_VETTINGS


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of the brands in which `user` has a role: that they are there, not what they say."""
        return self.filter(vetting__brand__in=Brand.objects.visible_to(user))

    def readable_by(self, user: User) -> Self:
        """Those of which `user` may read what they say: one's own, and once all are in."""
        return self.visible_to(user).filter(Q(reviewer=user) | Q(vetting__all_in_at__isnull=False))

    def waiting_for(self, user: User) -> Self:
        """What `user` was asked to write and did not yet."""
        return self.filter(
            reviewer=user, status=ReviewStatus.WAITING, vetting__status=VettingStatus.OPEN
        )

    def taking_part(self) -> Self:
        """Without those that were declined or given to somebody else."""
        return self.filter(status__in=(ReviewStatus.WAITING, ReviewStatus.SUBMITTED))


class Review(models.Model):
    """One person's answers in a vetting; of the third person, only to what was disputed."""

    vetting = models.ForeignKey(
        Vetting, on_delete=models.CASCADE, db_index=False, related_name="reviews"
    )
    reviewer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    is_adjudication = models.BooleanField(default=False)
    status = models.CharField(
        max_length=9, choices=ReviewStatus.choices, default=ReviewStatus.WAITING
    )
    assigned_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    assigned_at = models.DateTimeField(default=timezone.now)
    # Handed in, declined or given to somebody else.
    closed_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(max_length=4_000, blank=True, default="")
    why_declined = models.CharField(max_length=300, blank=True, default="")
    # Raised with each save: a page left open in a second tab does not overwrite.
    version = models.PositiveIntegerField(default=1)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["vetting", "assigned_at", "pk"]
        constraints = [
            # Nobody reviews a creator twice in one vetting, not even as the third person.
            models.UniqueConstraint(fields=["vetting", "reviewer"], name="crm_review_once"),
            models.UniqueConstraint(
                fields=["vetting"],
                condition=Q(is_adjudication=True),
                name="crm_review_one_third_person",
            ),
            models.CheckConstraint(
                name="crm_review_status_valid",
                condition=Q(status=ReviewStatus.WAITING, closed_at=None)
                | Q(
                    status__in=(
                        ReviewStatus.SUBMITTED,
                        ReviewStatus.DECLINED,
                        ReviewStatus.RELEASED,
                    ),
                    closed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="crm_review_declined_with_reason",
                condition=~Q(status=ReviewStatus.DECLINED) | ~Q(why_declined=""),
            ),
        ]
        indexes = [
            # My day and the list: what waits for one person.
            models.Index(
                fields=["reviewer"],
                condition=Q(status=ReviewStatus.WAITING),
                name="crm_review_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"Review {self.pk}"

    def is_readable_by(self, user: User) -> bool:
        """As `readable_by`, for a user of the brand; its vetting should be at hand."""
        return self.reviewer_id == user.pk or self.vetting.all_in_at is not None

    def is_refusal_readable_by(self, user: User) -> bool:
        """Why somebody declined may be private: whoever asked has to know it in any case."""
        return self.is_readable_by(user) or self.vetting.requested_by_id == user.pk


class Answer(models.Model):
    """What a review says to one criterion."""

    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, db_index=False, related_name="answers"
    )
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    choice = models.CharField(max_length=120, null=True, blank=True)
    cannot_say = models.BooleanField(default=False)
    evidence = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["review", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="crm_answer_once"),
            models.CheckConstraint(
                name="crm_answer_one_thing",
                condition=Q(score__range=(1, 5), choice=None, cannot_say=False)
                | Q(score=None, choice__isnull=False, cannot_say=False)
                | Q(score=None, choice=None, cannot_say=True),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def meaning(self) -> str:
        """What the score stands for; empty where the answer says it itself."""
        return "" if self.score is None else self.criterion.labels[str(self.score)]

    @property
    def words(self) -> str:
        """What it says, as people read it."""
        if self.cannot_say:
            return "cannot say"
        if self.score is not None:
            return str(self.score)
        return self.criterion.labels.get(self.choice or "", self.choice or "")


class VettingResult(models.Model):
    """What a vetting found for one criterion, and how."""

    vetting = models.ForeignKey(
        Vetting, on_delete=models.CASCADE, db_index=False, related_name="results"
    )
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    # A median of two can lie halfway.
    score = models.DecimalField(max_digits=2, decimal_places=1, null=True, blank=True)
    choice = models.CharField(max_length=120, null=True, blank=True)
    basis = models.CharField(max_length=12, choices=ResultBasis.choices)
    # Whether it passed the bar of the vetting's form; null: none was set, or nobody could say.
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["vetting", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["vetting", "criterion"], name="crm_vet_result_once"),
            models.CheckConstraint(
                name="crm_vet_result_valid",
                condition=Q(basis=ResultBasis.UNKNOWN, score=None, choice=None)
                | (
                    Q(basis__in=[one for one in ResultBasis.values if one != "unknown"])
                    & (Q(score__range=(1, 5), choice=None) | Q(score=None, choice__isnull=False))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.words}"

    @property
    def words(self) -> str:
        """What was found, as people read it."""
        if self.score is not None:
            return f"{self.score:g}" if self.score % 1 else f"{self.score:.0f}"
        if self.choice is not None:
            return self.criterion.labels.get(self.choice, self.choice)
        return "nobody could say"

    @property
    def meaning(self) -> str:
        """What it stands for; empty for a median halfway, which has no anchor of its own."""
        value = self.choice if self.score is None else self.words
        return self.criterion.labels.get(value or "", "")
