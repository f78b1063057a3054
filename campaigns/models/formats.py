"""What people say that creators' posts are about: a tutorial, an interview, a day in the life."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from campaigns.choices import ContentKind
from crm.models import Brand, Post, Relationship, User


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


class FormatReading(models.Model):
    """In which formats a creator posted, as of a moment; another outcome closes the one before.

    Derived from posts, from our pieces and from what people of the brand said. Rules read it as of
    any moment.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    read_at = models.DateTimeField()
    # When the posts were last looked at; the same outcome stays one row.
    looked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # {format: posts} of the newest posts of a year; those without a format are not in it.
    counts = models.JSONField()
    # How many posts were looked at, with those without a format.
    posts = models.PositiveIntegerField()

    class Meta:
        ordering = ["relationship", "-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(superseded_at=None),
                name="campaigns_formats_one_current",
            ),
            models.CheckConstraint(
                name="campaigns_formats_order",
                condition=Q(looked_at__gte=F("read_at"))
                & (Q(superseded_at=None) | Q(superseded_at__gte=F("read_at"))),
            ),
        ]
        indexes = [
            # What counted at a moment, for facts.
            models.Index(fields=["relationship", "-read_at", "-id"], name="campaigns_formats_at"),
            # Whom nobody has looked at for longest.
            models.Index(
                fields=["brand", "looked_at", "relationship"],
                condition=Q(superseded_at=None),
                name="campaigns_formats_due",
            ),
        ]

    def __str__(self) -> str:
        return f"formats of {self.relationship_id} as of {self.read_at:%Y-%m-%d}"
