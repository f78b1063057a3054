"""What a contract says, version by version, and who accepted it.

What has been sent is never changed, nor is an acceptance: that is the database's to keep, by
triggers. `terms` is read and written by campaigns.services.contracts.terms only.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models.acceptances import Acceptance
from campaigns.models.contracts import Contract
from crm.models import User


class ContractVersion(models.Model):
    """The terms at a moment; from the moment it is sent also the document, word for word."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    # Why it differs from the version before, for ourselves.
    reason = models.CharField(max_length=1_000, blank=True, default="")
    # All terms; those that lists and rules ask for stand in columns too, written together.
    terms = models.JSONField()
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    starts_on = models.DateField(null=True, blank=True)
    # The last day; null: until everything is done.
    ends_on = models.DateField(null=True, blank=True)
    exclusive_for = models.CharField(max_length=200, blank=True, default="")
    exclusive_from = models.DateField(null=True, blank=True)
    # Exclusivity ends on a day, or so many months after the last publication.
    exclusive_until = models.DateField(null=True, blank=True)
    exclusive_months = models.PositiveSmallIntegerField(null=True, blank=True)

    # What legal looked at: a document with this digest.
    cleared_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_digest = models.CharField(max_length=64, blank=True, default="")

    # Since when it cannot be changed any more, what it says, and the digest of that.
    fixed_at = models.DateTimeField(null=True, blank=True)
    document = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"], name="campaigns_contract_version_once"
            ),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(fixed_at=None),
                name="campaigns_contract_version_one_draft",
            ),
            models.CheckConstraint(
                name="campaigns_contract_version_whole",
                condition=Q(fixed_at=None, document=None, digest="")
                | Q(fixed_at__isnull=False, document__isnull=False, digest__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="campaigns_contract_version_money",
                condition=Q(total__gte=0, currency__regex="^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="campaigns_contract_version_days",
                condition=(Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")))
                & (
                    Q(exclusive_from=None)
                    | Q(exclusive_until=None)
                    | Q(exclusive_until__gte=F("exclusive_from"))
                ),
            ),
            # For something, and until some time; or not at all.
            models.CheckConstraint(
                name="campaigns_contract_version_exclusive",
                condition=Q(
                    exclusive_for="",
                    exclusive_from=None,
                    exclusive_until=None,
                    exclusive_months=None,
                )
                | (
                    ~Q(exclusive_for="")
                    & (
                        Q(exclusive_until__isnull=False, exclusive_months=None)
                        | Q(exclusive_until=None, exclusive_months__range=(1, 120))
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}, version {self.number}"

    @property
    def is_fixed(self) -> bool:
        """Whether it can no longer be changed."""
        return self.fixed_at is not None


class ContractAcceptance(Acceptance):
    """The creator said yes to a version; what was signed on paper is kept by its hash."""

    version = models.OneToOneField(
        ContractVersion, on_delete=models.CASCADE, related_name="acceptance"
    )
    # Who consented for a minor, as typed.
    guardian = models.CharField(max_length=120, blank=True, default="")
    # On which of the brand's days it was accepted: paper comes in later.
    on = models.DateField()
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_type = models.CharField(max_length=120, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta(Acceptance.Meta):
        constraints = [
            *Acceptance.Meta.constraints,
            models.CheckConstraint(
                name="campaigns_contractacceptance_file",
                condition=Q(file_name="", file_sha256="", file_size=None)
                | (~Q(file_name="") & Q(file_sha256__regex="^[0-9a-f]{64}$", file_size__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.on}"
