"""Visits of the brand's site by those whom a link or a code brought, as its statistics say.

Nothing is kept of visitors, only how many there were on a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models.codes import PromoCode
from campaigns.models.tracking import TrackingLink
from crm.choices import Source
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class VisitBatchQuerySet(models.QuerySet["VisitBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Files of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class VisitBatch(models.Model):
    """A file of visits; taken back, what it brought is gone and what it replaced is back."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    file_name = models.CharField(max_length=255)
    days_new = models.PositiveIntegerField(default=0)
    days_known = models.PositiveIntegerField(default=0)
    # The numbers of days that it replaced, as they were.
    replaced = models.JSONField(default=list)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = VisitBatchQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        indexes = [
            # A brand's files, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_visit_files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class VisitDayQuerySet(models.QuerySet["VisitDay"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Visits of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class VisitDay(models.Model):
    """Visits that came by a link or with a code on one of the brand's days.

    engaged  visits of which the shop's statistics say that somebody stayed or looked around
    bounces  visits that ended on the first page at once
    pages, seconds  looked at and spent, added up over the visits
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    link = models.ForeignKey(
        TrackingLink,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    code = models.ForeignKey(
        PromoCode, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="+"
    )
    day = models.DateField()
    sessions = models.PositiveIntegerField()
    # Null: not told.
    engaged = models.PositiveIntegerField(null=True, blank=True)
    bounces = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveBigIntegerField(null=True, blank=True)
    seconds = models.PositiveBigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.MEASURED)
    batch = models.ForeignKey(
        VisitBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = VisitDayQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-day", "-pk"]
        constraints = [
            # A day of a link, or of a code, is told once. Also the indexes by which both are read.
            models.UniqueConstraint(
                fields=["link", "day"], condition=Q(code=None), name="campaigns_visit_link_day"
            ),
            models.UniqueConstraint(
                fields=["code", "day"], condition=Q(link=None), name="campaigns_visit_code_day"
            ),
            models.CheckConstraint(
                name="campaigns_visit_of_one",
                condition=Q(link__isnull=False, code=None) | Q(link=None, code__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_visit_parts",
                condition=Q(source__in=Source.values)
                & (Q(engaged=None) | Q(engaged__lte=F("sessions")))
                & (Q(bounces=None) | Q(bounces__lte=F("sessions"))),
            ),
        ]
        indexes = [
            # A brand's visits by day: the list, and those of a period.
            models.Index(fields=["brand", "-day", "-id"], name="campaigns_visit_days"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id or self.code_id} {self.day}: {self.sessions}"
