"""Answers of the REST API that are kept for a while, so that a request may be repeated."""

from __future__ import annotations

from django.db import models

from crm.models.brands import ApiToken


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered. It may tell of creators: it goes in a day.

    There is a row only for what was done: a refusal leaves the key free.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # SHA-256 of the request: the same key with another one is a mistake.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="crm_kept_answer_once"),
            models.CheckConstraint(
                name="crm_kept_answer_of_a_success",
                condition=models.Q(status__gte=200, status__lt=300),
            ),
        ]

    def __str__(self) -> str:
        return self.key
