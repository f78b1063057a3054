"""Samples of who follows an account, as a brand took them in; nothing says who they are.

Whoever is in a sample is a number out of the platform's key and a secret, the same one as below
posts (crm/services/post_comments/authors.py). After the brand's months the people go and how many
they were stays (docs/audience-graph.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.choices import Source
from crm.models.brands import Brand, User
from crm.models.creators import Profile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SampleBatchQuerySet(models.QuerySet["SampleBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Files of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class SampleBatch(models.Model):
    """Samples that came at once, by a file or over REST; taken back, they are gone."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    file_name = models.CharField(max_length=255)
    samples = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = SampleBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "sample batches"
        ordering = ["brand", "-created_at", "-pk"]
        indexes = [
            # A brand's files, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="crm_sample_files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class AudienceSampleQuerySet(models.QuerySet["AudienceSample"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Samples of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def for_list_page(self) -> Self:
        """With everything that a row shows, without the people."""
        return self.select_related("profile__creator", "profile__platform").defer("members")


class AudienceSample(models.Model):
    """Some of those who follow an account, drawn on a day; the newest one of an account counts."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    taken_on = models.DateField()
    # How many followed the account then: of so many the sample was drawn.
    audience_size = models.PositiveBigIntegerField()
    # How many people are in the sample; stays when the people go.
    people = models.PositiveIntegerField()
    # Their numbers, each once, in order; empty once their months are over.
    members = ArrayField(models.BigIntegerField())
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    batch = models.ForeignKey(SampleBatch, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AudienceSampleQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "profile", "-taken_on", "-pk"]
        constraints = [
            # Also finds the newest of an account.
            models.UniqueConstraint(
                fields=["brand", "profile", "taken_on"], name="crm_sample_once"
            ),
            models.CheckConstraint(
                name="crm_sample_valid",
                condition=Q(
                    source__in=Source.values, people__gte=1, audience_size__gte=F("people")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} of {self.audience_size} of {self.profile_id}"
