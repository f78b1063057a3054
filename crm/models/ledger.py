"""What happened: the tamper-evident audit ledger and the outbox of changed facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.models.brands import Brand, User
from crm.models.creators import Creator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Entries of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class AuditEntry(models.Model):
    """One act in a brand's ledger. Each entry holds the hash of the one before (crm/audit.py)."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The actor's address as it was, so that the ledger reads the same after an account goes.
    actor_label = models.CharField(max_length=254, default="system")
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField(null=True, blank=True)
    target_label = models.CharField(max_length=200, blank=True, default="")
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="crm_audit_number_once"),
        ]
        indexes = [
            # The timeline of one record.
            models.Index(
                fields=["brand", "target_type", "target_id", "-number"], name="crm_audit_by_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"


class FactChange(models.Model):
    """Outbox: facts of a creator for a brand may have changed; segmentation takes these rows.

    Without a creator: of all the brand's creators. Without a brand: for every brand of the creator.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, related_name="+")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, null=True, related_name="+")
    cause = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_fact_change_of_something",
                condition=models.Q(brand__isnull=False) | models.Q(creator__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.brand_id}/{self.creator_id}"
