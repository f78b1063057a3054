"""The page on which a brand tells everybody what it asks of creators and what it keeps of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.models import Brand, User


class PublicPolicy(models.Model):
    """What the brand itself writes on its page; the rest comes from its settings."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # Who answers for the data (name, address), and where people write to.
    controller = models.CharField(max_length=500, blank=True, default="")
    contact_email = models.EmailField(max_length=254, blank=True, default="")
    # Words before and after what the product knows; plain text.
    disclosure = models.TextField(max_length=10_000, blank=True, default="")
    more = models.TextField(max_length=10_000, blank=True, default="")
    # Whether everybody may read the newest version.
    is_open = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "public policies"
        constraints = [
            models.CheckConstraint(
                name="campaigns_public_policy_signed",
                condition=Q(is_open=False) | (~Q(controller="") & ~Q(contact_email="")),
            ),
        ]

    def __str__(self) -> str:
        return f"public policy of brand {self.brand_id}"


class PublicPolicyVersion(models.Model):
    """The page as it was published: never changed, which the database keeps."""

    policy = models.ForeignKey(
        PublicPolicy, on_delete=models.CASCADE, db_index=False, related_name="versions"
    )
    number = models.PositiveIntegerField()
    # The sections as they are shown (services/public_policies.py), and their SHA-256.
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["policy", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "number"], name="campaigns_public_policy_once"
            ),
            models.CheckConstraint(
                name="campaigns_public_policy_version_valid",
                condition=Q(number__gte=1, digest__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
