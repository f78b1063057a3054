"""Drafts of a piece of content: numbered versions that stay as they were submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from campaigns.choices import DraftState
from campaigns.models.deliverables import Deliverable
from campaigns.models.guests import GuestLink
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Drafts in campaigns of the brands in which `user` has a role."""
        return self.filter(
            deliverable__engagement__campaign__brand__in=Brand.objects.visible_to(user)
        )


class Draft(models.Model):
    """One version: what was handed in, by whom, and how the review of it stands.

    Once sealed, a trigger lets change only how the review stands; the same goes for its files.
    """

    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, db_index=False, related_name="drafts"
    )
    number = models.PositiveIntegerField()
    # The caption, the script, or the body.
    text = models.TextField(max_length=50_000, blank=True, default="")
    # E.g. an unlisted video; http(s) only.
    links = ArrayField(models.URLField(max_length=500), default=list, blank=True)
    # To whoever reads it, not for publication.
    note = models.CharField(max_length=1_000, blank=True, default="")
    # What its current opening is about: platform, form and the version of the brief.
    basis = models.JSONField(default=dict)
    # Why there is one more than was agreed.
    round_reason = models.CharField(max_length=500, blank=True, default="")

    submitted_at = models.DateTimeField()
    # Somebody of the brand, or the creator behind a link.
    submitted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Everything of it is there: it is fixed from now on.
    is_sealed = models.BooleanField(default=False)

    state = models.CharField(
        max_length=10, choices=DraftState.choices, default=DraftState.IN_REVIEW
    )
    state_since = models.DateTimeField()
    # How often its review was opened; each opening goes through all gates.
    opening = models.PositiveSmallIntegerField(default=1)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["deliverable", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["deliverable", "number"], name="campaigns_draft_numbered"
            ),
            # People read one version at a time.
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=Q(state=DraftState.IN_REVIEW),
                name="campaigns_draft_one_in_review",
            ),
            models.CheckConstraint(
                name="campaigns_draft_valid",
                condition=Q(state__in=DraftState.values, number__gte=1, opening__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class DraftFile(models.Model):
    """A file of a draft; kept by its hash, away from everything the web server serves."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=255)
    # By its content, not by what it was called; one of services/deliverables/files.KINDS.
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["draft", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_draft_file_valid",
                condition=Q(size__gt=0, sha256__regex="^[0-9a-f]{64}$") & ~Q(name=""),
            ),
            models.UniqueConstraint(fields=["draft", "sha256"], name="campaigns_draft_file_once"),
        ]
        indexes = [
            # Whether anything of the brand still needs a stored file.
            models.Index(fields=["brand", "sha256"], name="campaigns_draft_file_by_hash"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def medium(self) -> str:
        """What a page can do with it: image, video, audio; anything else is fetched."""
        kind = self.content_type.partition("/")[0]
        return kind if kind in {"image", "video", "audio"} else ""
