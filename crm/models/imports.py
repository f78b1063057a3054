"""Imports: what was brought in, what was refused, and what stood there before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from crm.choices import ImportStatus, Source
from crm.models.brands import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Imports of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ImportBatch(models.Model):
    """One file, from upload to result. New rows elsewhere name the batch that brought them."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="imports")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(
        max_length=10, choices=[("creators", "Creators"), ("posts", "Posts")], default="creators"
    )
    source = models.CharField(max_length=60, help_text="What the file comes from, e.g. modash.")
    file_name = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(
        max_length=12, choices=ImportStatus.choices, default=ImportStatus.UPLOADED
    )
    # How the file is read (encoding, delimiter, header) and what each column means.
    reading = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    captured_at = models.DateTimeField(help_text="The day the numbers are from.")
    # What its numbers are: a file's are a tool's; a platform's own interface measures.
    numbers_source = models.CharField(
        max_length=20,
        choices=Source.choices,
        default=Source.VENDOR,
        db_default=Source.VENDOR,
    )
    # Results: counts by name, rejected rows by reason.
    counts = models.JSONField(default=dict)
    rejected = models.JSONField(default=dict)
    phase = models.CharField(max_length=40, blank=True, default="")
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="crm_import_status_valid", condition=models.Q(status__in=ImportStatus.values)
            ),
        ]
        indexes = [
            models.Index(fields=["brand", "-created_at"], name="crm_import_by_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class ImportReject(models.Model):
    """A row that was not taken: where it stands in the file, which column, and why."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejects")
    line = models.BigIntegerField()
    column = models.CharField(max_length=200, blank=True, default="")
    value = models.CharField(max_length=300, blank=True, default="")
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["batch", "line", "pk"]
        indexes = [models.Index(fields=["batch", "line"], name="crm_reject_by_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class ImportBeforeImage(models.Model):
    """A row as it was before an import changed it: what undo puts back."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="before_images")
    table_name = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "table_name", "row_id"], name="crm_before_image_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id} before #{self.batch_id}"


class SavedMapping(models.Model):
    """The column mapping that a brand last used for a source."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=60)
    mapping = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "source"], name="crm_saved_mapping_once"),
        ]

    def __str__(self) -> str:
        return self.source
