"""What people ask about their own data, what they were told of it, and how long it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.choices import (
    IdentityCheck,
    NoticeWay,
    ProposalStatus,
    RequestKind,
    RequestOrigin,
    RequestStatus,
    RetentionPurpose,
)
from crm.models.brands import Brand, User
from crm.models.relationships import Relationship

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PrivacyPolicy(models.Model):
    """How a brand handles personal data; without a row the defaults hold (`PrivacyPolicy.of`)."""

    brand = models.OneToOneField(
        Brand, on_delete=models.CASCADE, primary_key=True, related_name="privacy_policy"
    )
    # Contracts and what they promise outlive an erasure, for so many years after they were made.
    contract_years = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(30)]
    )
    # Why people are not told one by one (Art. 14 (5) GDPR), and where everybody can read it.
    exempt_reason = models.CharField(max_length=500, blank=True, default="")
    exempt_url = models.URLField(max_length=300, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_privacy_contract_years", condition=Q(contract_years__lte=30)
            ),
            # Who tells nobody says why, and where it is published.
            models.CheckConstraint(
                name="crm_privacy_exempt_whole",
                condition=Q(exempt_reason="", exempt_url="")
                | (~Q(exempt_reason="") & ~Q(exempt_url="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Privacy of {self.brand_id}"

    @classmethod
    def of(cls, brand: Brand) -> PrivacyPolicy:
        """The brand's rules, or the defaults where it never set any."""
        return cls.objects.filter(brand=brand).first() or cls(brand=brand)


class NoticeText(models.Model):
    """What a first mail tells of where somebody's data comes from, in one language."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="notice_texts"
    )
    # BCP 47, its first part: "de".
    language = models.CharField(max_length=3)
    text = models.TextField(max_length=2_000)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["language", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "language"], name="crm_notice_text_once"),
            models.CheckConstraint(
                name="crm_notice_text_whole", condition=~Q(text="") & Q(language__regex="^[a-z]+$")
            ),
        ]

    def __str__(self) -> str:
        return self.language


class Notice(models.Model):
    """That somebody was told what a brand keeps of them (Art. 14 GDPR), and how."""

    relationship = models.OneToOneField(
        Relationship, on_delete=models.CASCADE, related_name="notice"
    )
    at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=NoticeWay.choices)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_notice_way_valid", condition=Q(way__in=NoticeWay.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship_id}: {self.way}"


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Requests made to the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(status=RequestStatus.OPEN)


class PrivacyRequest(models.Model):
    """What somebody asked about their data, until when it is answered, and what came of it."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="privacy_requests"
    )
    # Empty where whoever asked is not known here, or was erased since without a trace.
    relationship = models.ForeignKey(
        Relationship,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="privacy_requests",
    )
    # As they named themselves; emptied by an erasure.
    name = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=20, choices=RequestKind.choices)
    origin = models.CharField(max_length=10, choices=RequestOrigin.choices)
    text = models.TextField(max_length=2_000, blank=True, default="")
    received_on = models.DateField()
    due_on = models.DateField()
    # Two further months at most, with the reason that the person was told.
    extended_because = models.CharField(max_length=300, blank=True, default="")
    identity = models.CharField(
        max_length=20, choices=IdentityCheck.choices, default=IdentityCheck.WAITING
    )
    identity_note = models.CharField(max_length=300, blank=True, default="")
    status = models.CharField(
        max_length=20, choices=RequestStatus.choices, default=RequestStatus.OPEN
    )
    outcome = models.CharField(max_length=500, blank=True, default="")
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PrivacyRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            # Who asks twice asks once.
            models.UniqueConstraint(
                fields=["relationship", "kind"],
                condition=Q(status=RequestStatus.OPEN),
                name="crm_privacy_request_open_once",
            ),
            models.CheckConstraint(
                name="crm_privacy_request_kind", condition=Q(kind__in=RequestKind.values)
            ),
            models.CheckConstraint(
                name="crm_privacy_request_origin", condition=Q(origin__in=RequestOrigin.values)
            ),
            models.CheckConstraint(
                name="crm_privacy_request_identity",
                condition=Q(identity__in=IdentityCheck.values),
            ),
            models.CheckConstraint(
                name="crm_privacy_request_days", condition=Q(due_on__gte=F("received_on"))
            ),
            # An end has its moment and says what came of it.
            models.CheckConstraint(
                name="crm_privacy_request_closed",
                condition=Q(status=RequestStatus.OPEN, closed_at=None, outcome="")
                | (
                    Q(status__in=[RequestStatus.DONE, RequestStatus.REFUSED])
                    & Q(closed_at__isnull=False)
                    & ~Q(outcome="")
                ),
            ),
        ]
        indexes = [
            # The register and My day: what is due first.
            models.Index(
                fields=["brand", "status", "due_on", "id"], name="crm_privacy_request_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Erasure(models.Model):
    """That somebody was erased: when, why, by whom and how much; nothing of who it was."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="erasures"
    )
    # Where papers are kept the row stays, without a person.
    relationship = models.OneToOneField(
        Relationship, on_delete=models.SET_NULL, null=True, blank=True, related_name="erasure"
    )
    request = models.ForeignKey(
        PrivacyRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What went and what is kept, in numbers: {"gone": {"Notes": 3}, "kept": {"Contracts": 1}}.
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(name="crm_erasure_reasoned", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["brand", "-at", "-id"], name="crm_erasure_list")]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"


class RetentionRule(models.Model):
    """How many months a brand keeps data of one purpose, counted from when it was last needed."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="retention_rules"
    )
    purpose = models.CharField(max_length=20, choices=RetentionPurpose.choices)
    months = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    # Carried out without a person's yes.
    is_automatic = models.BooleanField(default=False)

    class Meta:
        ordering = ["purpose", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "purpose"], name="crm_retention_rule_once"),
            models.CheckConstraint(
                name="crm_retention_purpose_valid",
                condition=Q(purpose__in=RetentionPurpose.values),
            ),
            models.CheckConstraint(
                name="crm_retention_months", condition=Q(months__range=(1, 240))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.months} months"


class RetentionProposal(models.Model):
    """What a rule would delete, as of a night; a person says yes or no to it."""

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="retention_proposals"
    )
    purpose = models.CharField(max_length=20, choices=RetentionPurpose.choices)
    months = models.PositiveSmallIntegerField()
    cutoff = models.DateTimeField()
    status = models.CharField(
        max_length=20, choices=ProposalStatus.choices, default=ProposalStatus.WAITING
    )
    # How many were found, and of how many it was done (somebody may have written since).
    found = models.PositiveIntegerField()
    done = models.PositiveIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            # The next night replaces what nobody decided about.
            models.UniqueConstraint(
                fields=["brand", "purpose"],
                condition=Q(status=ProposalStatus.WAITING),
                name="crm_retention_waiting_once",
            ),
            models.CheckConstraint(
                name="crm_retention_status_valid", condition=Q(status__in=ProposalStatus.values)
            ),
            models.CheckConstraint(
                name="crm_retention_decided",
                condition=Q(status=ProposalStatus.WAITING, decided_at=None)
                | (~Q(status=ProposalStatus.WAITING) & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} before {self.cutoff:%Y-%m-%d}: {self.found}"


class RetentionItem(models.Model):
    """One of those whom a proposal names: whoever was approved is who goes."""

    proposal = models.ForeignKey(
        RetentionProposal, on_delete=models.CASCADE, db_index=False, related_name="items"
    )
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["proposal", "relationship"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "relationship"], name="crm_retention_item_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.relationship_id}"
