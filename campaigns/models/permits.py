"""Permits and entries in registers that creators need to advertise somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import PaperKind, PaperState
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PermitQuerySet(models.QuerySet["Permit"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Papers of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Those that nobody put away."""
        return self.filter(archived_at=None)


class Permit(models.Model):
    """That a creator has a permit or stands in a register, or that somebody found they do not."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    # A key of the packs of campaigns/disclosure.
    jurisdiction = models.CharField(max_length=2)
    kind = models.CharField(max_length=8, choices=PaperKind.choices)
    state = models.CharField(max_length=4, choices=PaperState.choices, default=PaperState.HELD)
    number = models.CharField(max_length=80, blank=True, default="")
    # Days of the brand; null: not known, or without end.
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    # The paper itself, kept by its hash.
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_type = models.CharField(max_length=120, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    # Who compared it with the public register, on which day, and where that is.
    checked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    checked_on = models.DateField(null=True, blank=True)
    checked_at_url = models.CharField(max_length=500, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    archived_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PermitQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-pk"]
        verbose_name_plural = "permits and registers"
        constraints = [
            models.CheckConstraint(
                name="campaigns_permit_valid",
                condition=Q(kind__in=PaperKind.values, jurisdiction__regex="^[A-Z]{2}$")
                & (
                    Q(state=PaperState.NONE, number="", valid_until=None)
                    | (Q(state=PaperState.HELD) & ~Q(number=""))
                ),
            ),
            models.CheckConstraint(
                name="campaigns_permit_days",
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="campaigns_permit_file",
                condition=Q(file_name="", file_sha256="", file_size=None)
                | (~Q(file_name="") & Q(file_sha256__regex="^[0-9a-f]{64}$", file_size__gt=0)),
            ),
            models.CheckConstraint(
                name="campaigns_permit_checked",
                condition=Q(checked_by=None) | Q(checked_on__isnull=False),
            ),
        ]
        indexes = [
            # The register, the newest first.
            models.Index(fields=["brand", "-id"], name="campaigns_permit_list"),
            # What ends soon.
            models.Index(
                fields=["valid_until"],
                condition=Q(archived_at=None, state="held"),
                name="campaigns_permit_ending",
            ),
        ]

    def __str__(self) -> str:
        words = f"{self.jurisdiction} {self.get_kind_display().lower()}"
        return f"{words} {self.number}" if self.number else f"no {words}"
