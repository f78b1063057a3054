"""The library: content that a brand has, where it came from, and what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import AiPart, AssetKind, AssetOrigin, Releases
from campaigns.models.deliverables import Deliverable
from campaigns.models.engagements import Engagement
from crm.models import Brand, Platform, Post, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assets of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def for_list_page(self) -> Self:
        """With everything that a row shows, but its rights."""
        return self.select_related(
            "relationship__creator", "engagement__campaign", "platform", "deliverable"
        )


class Asset(models.Model):
    """One piece of content: a file that is kept, or the address of a published one."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AssetKind.choices)
    origin = models.CharField(max_length=12, choices=AssetOrigin.choices)

    # The file, kept by its hash; what it is says its content, not its name.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    file_name = models.CharField(max_length=255, blank=True, default="")
    content_type = models.CharField(max_length=120, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True, blank=True)
    # Where it is or was published.
    url = models.CharField(max_length=500, blank=True, default="")

    # Whom it is from: a creator whom the brand knows, or somebody by name, or nobody said.
    relationship = models.ForeignKey(
        Relationship, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_by = models.CharField(max_length=120, blank=True, default="")
    engagement = models.ForeignKey(
        Engagement, on_delete=models.SET_NULL, null=True, blank=True, related_name="assets"
    )
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.SET_NULL, null=True, blank=True, related_name="assets"
    )
    post = models.ForeignKey(
        Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # What is to be seen, for those who do not see it.
    alt_text = models.CharField(max_length=1_000, blank=True, default="")
    # Empty: nobody said.
    ai_use = models.CharField(max_length=10, choices=AiPart.choices, blank=True, default="")
    releases = models.CharField(max_length=10, choices=Releases.choices, blank=True, default="")
    people = models.CharField(max_length=300, blank=True, default="")

    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_asset_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="campaigns_asset_choices",
                condition=Q(
                    kind__in=AssetKind.values,
                    origin__in=AssetOrigin.values,
                    ai_use__in=["", *AiPart.values],
                    releases__in=["", *Releases.values],
                ),
            ),
            # A file is whole, and there is a file or an address.
            models.CheckConstraint(
                name="campaigns_asset_is_somewhere",
                condition=(
                    Q(sha256__regex="^[0-9a-f]{64}$", size__gt=0)
                    & ~Q(file_name="")
                    & ~Q(content_type="")
                )
                | (Q(sha256="", file_name="", content_type="", size=None) & ~Q(url="")),
            ),
            # The same file twice would have two answers to what may be done with it.
            models.UniqueConstraint(
                fields=["brand", "sha256"],
                condition=~Q(sha256=""),
                name="campaigns_asset_file_once",
            ),
            models.UniqueConstraint(
                fields=["brand", "url"], condition=~Q(url=""), name="campaigns_asset_url_once"
            ),
        ]
        indexes = [
            # The library, newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_asset_list"),
            # The library by tag.
            GinIndex(fields=["tags"], name="campaigns_asset_tags"),
        ]

    def __str__(self) -> str:
        return self.title
