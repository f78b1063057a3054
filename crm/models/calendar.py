"""The secret addresses by which people's calendars read what is due."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from crm.models.brands import User


class CalendarFeed(models.Model):
    """One person's feed: who has the address reads it. Only the hash of its secret is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            # A new address ends the one before it.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at=None),
                name="crm_calendar_feed_one_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
