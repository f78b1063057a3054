"""What a worker was asked for and has not answered yet, answered, or failed at."""

from __future__ import annotations

from django.db import models

from crm.models import User
from segmentation.choices import ErrandStatus


class Errand(models.Model):
    """Work that takes longer than anybody waits for a page; how it is done is in services.errands.

    Each table checks the status by a constraint of its own, since names of constraints differ.
    """

    status = models.CharField(
        max_length=10, choices=ErrandStatus.choices, default=ErrandStatus.QUEUED
    )
    # Why it failed, in words fit for the user; empty otherwise.
    error = models.CharField(max_length=300, blank=True, default="")
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField()
    # How often a worker took it up: more than once when one was lost on the way.
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether a worker has yet to do it."""
        return self.status == ErrandStatus.QUEUED
