"""How to work with the creators of a segment, and who is a good example of it."""

from __future__ import annotations

from django.db import models

from crm.models import Creator, User
from segmentation.models.segments import Segment


class Playbook(models.Model):
    """The strategy of a segment, in words that a brief can take over."""

    segment = models.OneToOneField(
        Segment, on_delete=models.CASCADE, primary_key=True, related_name="playbook"
    )
    outreach = models.TextField(blank=True, default="", verbose_name="outreach approach")
    briefing = models.TextField(blank=True, default="", verbose_name="briefing style")
    formats = models.TextField(blank=True, default="")
    usage_rights = models.TextField(blank=True, default="", verbose_name="usage-rights expectation")
    success_metrics = models.TextField(blank=True, default="")
    dos = models.TextField(blank=True, default="", verbose_name="do")
    donts = models.TextField(blank=True, default="", verbose_name="don't")
    claims_policy = models.TextField(blank=True, default="")
    # Fraction of a campaign's creators; null: no limit.
    maximum_share = models.FloatField(null=True, blank=True, verbose_name="maximum share")
    # What to recommend to these creators (personas), and whether to leave them in peace.
    campaign_type = models.CharField(max_length=200, blank=True, default="")
    do_not_pitch = models.BooleanField(default=False)
    # What a mistake with them costs: decides how deep an approval goes.
    mistake_cost = models.CharField(
        max_length=10,
        blank=True,
        default="",
        choices=[("low", "Low: room for error"), ("medium", "Medium"), ("high", "High")],
    )
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="segmentation_playbook_share",
                condition=models.Q(maximum_share=None)
                | models.Q(maximum_share__gt=0, maximum_share__lte=1),
            ),
            models.CheckConstraint(
                name="segmentation_playbook_cost",
                condition=models.Q(mistake_cost__in=["", "low", "medium", "high"]),
            ),
        ]

    def __str__(self) -> str:
        return f"playbook of {self.segment_id}"


class SegmentExample(models.Model):
    """A creator who shows what the segment means: one who is in, or one who is rightly out."""

    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, db_index=False, related_name="examples"
    )
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    belongs = models.BooleanField()
    note = models.CharField(max_length=300, blank=True, default="")
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["segment", "-belongs", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "creator"], name="segmentation_example_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id} {'in' if self.belongs else 'out of'} {self.segment_id}"
