"""Whom a brand wants to reach, and which creator segments reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.models import Brand
from segmentation.models.segments import Segment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from crm.models import User


class AudienceSegmentQuerySet(models.QuerySet["AudienceSegment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Audience segments of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class AudienceSegment(models.Model):
    """People the brand wants to reach: not creators, and never counted as such."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    # Where they are looked for: creators elsewhere do not cover them. Empty: anywhere.
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    platforms = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    # With fewer active creators the audience is thinly covered, with none it is a gap.
    wanted_creators = models.PositiveIntegerField(default=3)
    segments = models.ManyToManyField(Segment, blank=True, related_name="audiences")
    position = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AudienceSegmentQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="segmentation_audience_once"),
            models.CheckConstraint(
                name="segmentation_audience_wanted", condition=models.Q(wanted_creators__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name
