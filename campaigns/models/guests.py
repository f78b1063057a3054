"""Links for people without an account: what each opens, for whom, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import GuestKind
from campaigns.models.campaigns import Campaign
from campaigns.models.deliverables import Deliverable
from campaigns.models.engagements import Engagement
from campaigns.models.events import EventInvitation
from crm.models import Brand, User

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class GuestLinkQuerySet(models.QuerySet["GuestLink"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Links of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open_at(self, at: datetime) -> Self:
        """Those that open something at a moment."""
        return self.filter(revoked_at=None, expires_at__gt=at)


class GuestLink(models.Model):
    """Somebody may see one thing, by a signed address, until it ends or is taken back."""

    # What the address holds, signed: a copy of the database alone opens nothing.
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=GuestKind.choices)
    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, null=True, blank=True, related_name="guests"
    )
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, null=True, blank=True, related_name="guests"
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, blank=True, related_name="guests"
    )
    invitation = models.ForeignKey(
        EventInvitation, on_delete=models.CASCADE, null=True, blank=True, related_name="guest_links"
    )
    # Who it is for: what they do is written down under this name.
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = GuestLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_guest_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="campaigns_guest_ends", condition=Q(expires_at__gt=F("created_at"))
            ),
            # Each kind opens one thing, and nothing else.
            models.CheckConstraint(
                name="campaigns_guest_opens_one",
                condition=Q(
                    kind=GuestKind.PORTAL,
                    engagement__isnull=False,
                    deliverable=None,
                    campaign=None,
                    invitation=None,
                )
                | Q(
                    kind=GuestKind.REVIEWER,
                    engagement=None,
                    deliverable__isnull=False,
                    campaign=None,
                    invitation=None,
                )
                | Q(
                    kind=GuestKind.REPORT,
                    engagement=None,
                    deliverable=None,
                    campaign__isnull=False,
                    invitation=None,
                )
                | Q(
                    kind=GuestKind.EVENT,
                    engagement=None,
                    deliverable=None,
                    campaign=None,
                    invitation__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, for {self.name}"
