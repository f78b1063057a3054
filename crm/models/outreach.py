"""What a brand sends by, and to whom it sends no more."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models

from crm.choices import SuppressionOrigin, SuppressionReason
from crm.models.brands import Brand, User
from crm.models.creators import Creator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class OutreachPolicy(models.Model):
    """A brand's own rules of sending; without a row the defaults hold (`OutreachPolicy.of`)."""

    brand = models.OneToOneField(
        Brand, on_delete=models.CASCADE, primary_key=True, related_name="outreach_policy"
    )
    # Who writes, as a law asks it of every mail. Without a postal address nothing is sent.
    sender_name = models.CharField(max_length=120, blank=True, default="")
    postal_address = models.CharField(max_length=300, blank=True, default="")
    # What the brand tells people whose data it did not get from themselves (Art. 14 GDPR).
    privacy_url = models.URLField(max_length=300, blank=True, default="")
    # In the creator's time zone.
    window_from = models.TimeField(default=time(9))
    window_until = models.TimeField(default=time(18))
    # As ISO counts them: 1 is Monday.
    weekdays = models.CharField(max_length=7, default="12345")
    days_off = ArrayField(models.DateField(), default=list, blank=True)
    # For so long after a mail of anybody of the brand, nobody else begins a conversation.
    quiet_days = models.PositiveSmallIntegerField(default=30, validators=[MaxValueValidator(365)])
    # For countries whose rule is not on file: write only with consent.
    needs_consent_where_unknown = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="crm_policy_window_order",
                condition=models.Q(window_from__lt=models.F("window_until")),
            ),
            models.CheckConstraint(
                name="crm_policy_weekdays",
                condition=models.Q(weekdays__regex=r"^1?2?3?4?5?6?7?$") & ~models.Q(weekdays=""),
            ),
            models.CheckConstraint(
                name="crm_policy_quiet_days", condition=models.Q(quiet_days__lte=365)
            ),
        ]

    def __str__(self) -> str:
        return f"Outreach of {self.brand_id}"

    @classmethod
    def of(cls, brand: Brand) -> OutreachPolicy:
        """The brand's rules, or the defaults where it never set any."""
        return cls.objects.filter(brand=brand).first() or cls(brand=brand)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Suppressions of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_force(self) -> Self:
        """Those that nobody has lifted."""
        return self.filter(lifted_at=None)


class Suppression(models.Model):
    """That a brand sends no more mail to a creator, or to some addresses, and why.

    It outlives the creator's row: addresses are kept as hashes, so that somebody who was erased
    is not written to when an import brings the address back.
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, related_name="suppressions"
    )
    creator = models.ForeignKey(
        Creator, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # True: the creator, by any address, of today or later. False: these addresses alone.
    is_person = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, choices=SuppressionReason.choices)
    origin = models.CharField(max_length=20, choices=SuppressionOrigin.choices)
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_note = models.CharField(max_length=300, blank=True, default="")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            # Opting out twice is one opting out.
            models.UniqueConstraint(
                fields=["brand", "creator"],
                condition=models.Q(lifted_at=None, is_person=True),
                name="crm_suppression_person_once",
            ),
            models.CheckConstraint(
                name="crm_suppression_reason_valid",
                condition=models.Q(reason__in=SuppressionReason.values),
            ),
            models.CheckConstraint(
                name="crm_suppression_origin_valid",
                condition=models.Q(origin__in=SuppressionOrigin.values),
            ),
            # Who lifts one says why.
            models.CheckConstraint(
                name="crm_suppression_lifted_why",
                condition=models.Q(lifted_at=None) | ~models.Q(lifted_note=""),
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["brand", "-at", "-id"], name="crm_suppression_list"),
        ]

    def __str__(self) -> str:
        return f"{self.brand_id}: {self.reason}"


class SuppressedAddress(models.Model):
    """An address of a suppression: its hash, and as much of it as a person needs to know it."""

    suppression = models.ForeignKey(Suppression, on_delete=models.CASCADE, related_name="addresses")
    # The suppression's, for the look-up that each mail makes.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    digest = models.CharField(max_length=64)
    # "m…@example.com"; empty after an erasure.
    hint = models.CharField(max_length=254, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suppression", "digest"], name="crm_suppressed_address_once"
            ),
        ]
        indexes = [
            # "May we write to this address?", asked for each mail.
            models.Index(fields=["brand", "digest"], name="crm_suppressed_address"),
        ]

    def __str__(self) -> str:
        return self.hint or self.digest[:12]
