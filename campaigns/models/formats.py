"""What people say that creators' posts are about: a tutorial, an interview, a day in the life."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from campaigns.choices import ContentKind
from crm.models import Brand, Post, User


class PostFormat(models.Model):
    """What one post is about, as somebody of a brand says; it wins over what its words suggest."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=ContentKind.choices)
    # What its words suggested then; empty: nothing. So the share of overrides can be told.
    suggested = models.CharField(max_length=20, choices=ContentKind.choices, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["brand", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "post"], name="campaigns_post_format_once"),
            models.CheckConstraint(
                name="campaigns_post_format_choices",
                condition=Q(kind__in=ContentKind.values)
                & (Q(suggested="") | Q(suggested__in=ContentKind.values)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.kind}"
