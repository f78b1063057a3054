"""One narrow row of typed facts per brand and creator: what the rules scan."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.models import Brand, Creator, Platform


class CreatorFacts(models.Model):
    """The facts of a creator for a brand as of the last refresh. Null is unknown, never a sentinel.

    Derived (segmentation/facts/refresh.py) and rebuilt at will; only the masks are written by runs.
    """

    pk = models.CompositePrimaryKey("brand_id", "creator_id")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    creator = models.ForeignKey(
        Creator,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    as_of = models.DateTimeField()
    # Segments this creator is in, and those whose rule was unknown: bit n of the array's words is
    # Segment.bit n (word n // 62, flag 1 << n % 62). Kept in step with the ledger by each run.
    member_bits = ArrayField(models.BigIntegerField(), default=list)
    unknown_bits = ArrayField(models.BigIntegerField(), default=list)

    # Size and growth
    followers = models.BigIntegerField(null=True)
    followers_at = models.DateTimeField(null=True)
    followers_total = models.BigIntegerField(null=True)
    follower_growth_90d = models.FloatField(null=True)
    is_celebrity = models.BooleanField(null=True)
    is_verified = models.BooleanField(null=True)
    # Platforms: Platform.number in arrays, Platform.key where there is one
    platforms = ArrayField(models.IntegerField(), null=True)
    platforms_count = models.IntegerField(null=True)
    primary_platform = models.CharField(max_length=30, null=True)
    # {platform key: engagement rate}: compared with the norms when it is read.
    platform_rates = models.JSONField(null=True)
    # Engagement
    engagement_rate = models.FloatField(null=True)
    engagement_posts = models.IntegerField(null=True)
    view_rate = models.FloatField(null=True)
    avg_views = models.FloatField(null=True)
    avg_likes = models.FloatField(null=True)
    avg_comments = models.FloatField(null=True)
    # Posting
    posts_30d = models.IntegerField(null=True)
    posts_90d = models.IntegerField(null=True)
    posts_365d = models.IntegerField(null=True)
    last_post_at = models.DateTimeField(null=True)
    video_share = models.FloatField(null=True)
    paid_share = models.FloatField(null=True)
    # Who they are
    niches = ArrayField(models.IntegerField(), null=True)
    country = models.CharField(max_length=2, null=True)
    language = models.CharField(max_length=20, null=True)
    creator_type = models.CharField(max_length=20, null=True)
    profession = models.CharField(max_length=200, null=True)
    # Audience, from the newest snapshot of the primary profile: shares as fractions
    audience_country = models.JSONField(null=True)
    audience_age = models.JSONField(null=True)
    audience_gender = models.JSONField(null=True)
    audience_quality = models.FloatField(null=True)
    audience_aqs = models.FloatField(null=True)
    # How the brand stands with them
    stage = models.CharField(max_length=20, null=True)
    stage_since = models.DateTimeField(null=True)
    known_since = models.DateTimeField(null=True)
    has_owner = models.BooleanField(null=True)
    next_step_on = models.DateField(null=True)
    has_email = models.BooleanField(null=True)
    # Tag.id of the brand's tags; empty where nobody gave one.
    tags = ArrayField(models.IntegerField(), null=True)
    # What counts of the creator's risk (campaigns.RiskAssessment, RiskOverride).
    risk_tier = models.CharField(max_length=6, null=True)
    risk_points = models.FloatField(null=True)
    # Signs raised about the creator's accounts that nobody explained (AuthenticityReading).
    audience_flags = models.IntegerField(null=True)
    # From 0 to 100; null: too little is known (ReliabilityReading).
    reliability = models.FloatField(null=True)
    # From 0 to 100; null: too little can be told (AuthenticityScore).
    authenticity = models.FloatField(null=True)
    # From 0 to 100; null: too little is known (TrustReading).
    trust = models.FloatField(null=True)
    # Numbers of campaigns.causes; empty where nobody named one.
    causes = ArrayField(models.IntegerField(), null=True)
    # {field key: value} of the brand's custom fields; an absent key is not known.
    custom = models.JSONField(db_default=models.Value({}, models.JSONField()))

    class Meta:
        verbose_name_plural = "creator facts"

    def __str__(self) -> str:
        return f"facts of {self.creator_id} for {self.brand_id}"


class FactsMoment(models.Model):
    """Up to which moment all facts of a brand are brought (segmentation/facts/advance.py).

    From there on, a refresh need only look at the creators whom time has moved since. A single
    creator's facts may be newer.
    """

    brand = models.OneToOneField(
        Brand, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    as_of = models.DateTimeField()
    # Fingerprint of the statement that fills the rows: a new release may compute them otherwise.
    definition = models.CharField(max_length=64)
    # When everything was compared with a computation from nothing, and how many rows differed.
    checked_at = models.DateTimeField(null=True)
    differences = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["brand"]

    def __str__(self) -> str:
        return f"facts of {self.brand_id} as of {self.as_of}"


class PeerNorm(models.Model):
    """What is usual among a brand's creators on a platform: computed once by each full refresh.

    One changed creator is compared with the stored norm instead of with everybody anew.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateTimeField()
    # Median engagement rate of the creators whose rate on the platform is known, and how many.
    median_rate = models.FloatField()
    creators = models.BigIntegerField()

    class Meta:
        ordering = ["brand", "platform"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "platform"], name="segmentation_peer_norm_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} of {self.brand_id}: {self.median_rate} (n={self.creators})"
