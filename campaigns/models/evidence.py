"""What content was like at a moment: snapshots that never change, to decide by and to prove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import EvidenceFileKind, EvidenceSource, ReviewStage
from campaigns.models.deliverables import Deliverable
from campaigns.models.drafts import Draft
from campaigns.models.guests import GuestLink
from crm.models import Brand, ImportBatch, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Evidence of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Evidence(models.Model):
    """One snapshot of a piece of content: null in a field means that nobody captured it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.CASCADE, db_index=False, related_name="evidence"
    )
    stage = models.CharField(max_length=5, choices=ReviewStage.choices)
    # The version that it shows; null: the published post.
    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    source = models.CharField(max_length=8, choices=EvidenceSource.choices)
    # When the content looked like this, and when that was written down.
    captured_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    url = models.URLField(max_length=500, blank=True, default="")
    title = models.TextField(null=True, blank=True)
    text = models.TextField(null=True, blank=True)
    # As much of the text as was to be seen without opening more, where somebody captured that.
    visible_text = models.TextField(null=True, blank=True)
    # Words on the picture, one text a story frame or scene; and what is said.
    frames = ArrayField(models.TextField(), null=True, blank=True)
    spoken = models.TextField(null=True, blank=True)
    # Whether the platform's own label is on.
    platform_tool = models.BooleanField(null=True, blank=True)
    # How long the label is to be seen, and how long the film is.
    label_seconds = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    # Whether a body or face was altered, and whether a person made by a machine appears.
    is_retouched = models.BooleanField(null=True, blank=True)
    is_synthetic = models.BooleanField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    link = models.ForeignKey(
        GuestLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # SHA-256 of all that it shows, its files' hashes included (services/disclosures/evidence.py).
    digest = models.CharField(max_length=64)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["deliverable", "captured_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_evidence_choices",
                condition=Q(stage__in=ReviewStage.values, source__in=EvidenceSource.values),
            ),
            models.CheckConstraint(
                name="campaigns_evidence_of_draft",
                condition=Q(stage=ReviewStage.DRAFT, draft__isnull=False)
                | Q(stage=ReviewStage.LIVE, draft=None),
            ),
            models.CheckConstraint(
                name="campaigns_evidence_past", condition=Q(captured_at__lte=F("recorded_at"))
            ),
            models.CheckConstraint(
                name="campaigns_evidence_digest", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="campaigns_evidence_seconds",
                condition=(Q(seconds=None) | Q(seconds__gte=0))
                & (Q(label_seconds=None) | Q(label_seconds__gte=0)),
            ),
        ]
        indexes = [
            # What was captured of a piece, newest first.
            models.Index(
                fields=["deliverable", "-captured_at", "-id"], name="campaigns_evidence_of_piece"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.captured_at:%Y-%m-%d %H:%M}"


class EvidenceFile(models.Model):
    """A file of a snapshot, kept below its hash."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="files")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=EvidenceFileKind.choices)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["evidence", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_evidence_file_valid",
                condition=Q(
                    kind__in=EvidenceFileKind.values,
                    size__gt=0,
                    sha256__regex="^[0-9a-f]{64}$",
                )
                & ~Q(name=""),
            ),
            models.UniqueConstraint(
                fields=["evidence", "sha256"], name="campaigns_evidence_file_once"
            ),
        ]
        indexes = [
            # Whether anything of the brand still needs a stored file.
            models.Index(fields=["brand", "sha256"], name="campaigns_evidence_by_hash"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def medium(self) -> str:
        """What a page can do with it: image, video, audio; anything else is fetched."""
        kind = self.content_type.partition("/")[0]
        return kind if kind in {"image", "video", "audio"} else ""
