"""Posts and every number over time: raw counts as they were given, each with source and moment."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models

from crm.choices import PostKind, Source
from crm.models.creators import Creator, Platform, Profile
from crm.models.origins import Imported


class MetricSnapshot(Imported):
    """The numbers of a profile at a moment. History is never overwritten by a later number."""

    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, db_index=False, related_name="snapshots"
    )
    captured_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    followers = models.BigIntegerField(null=True, blank=True)
    following = models.BigIntegerField(null=True, blank=True)
    posts_count = models.BigIntegerField(null=True, blank=True)
    avg_views = models.FloatField(null=True, blank=True)
    avg_likes = models.FloatField(null=True, blank=True)
    avg_comments = models.FloatField(null=True, blank=True)
    avg_shares = models.FloatField(null=True, blank=True)
    engagement_rate = models.FloatField(null=True, blank=True)

    class Meta(Imported.Meta):
        ordering = ["profile", "-captured_at", "pk"]
        constraints = [
            # Also the index for "the newest as of a moment".
            models.UniqueConstraint(
                fields=["profile", "captured_at", "source"], name="crm_snapshot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} at {self.captured_at:%Y-%m-%d}"


class Post(Imported):
    """A publication of a profile. Its counts are the newest; history is PostMetricSnapshot."""

    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, db_index=False, related_name="posts"
    )
    # The profile's creator, repeated so that facts over posts need no join.
    creator = models.ForeignKey(
        Creator, on_delete=models.CASCADE, db_index=False, related_name="posts"
    )
    external_id = models.CharField(max_length=200)
    # null where the source does not tell it: such posts count in no window.
    posted_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=PostKind.choices, default=PostKind.OTHER)
    title = models.CharField(max_length=500, blank=True, default="")
    caption = models.TextField(blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    language = models.CharField(max_length=20, blank=True, default="")
    # The platform's own paid-partnership mark; null where the source does not tell it.
    is_paid_partnership = models.BooleanField(null=True, blank=True)
    followers_at_post = models.BigIntegerField(null=True, blank=True)
    likes = models.BigIntegerField(null=True, blank=True)
    comments = models.BigIntegerField(null=True, blank=True)
    saves = models.BigIntegerField(null=True, blank=True)
    shares = models.BigIntegerField(null=True, blank=True)
    views = models.BigIntegerField(null=True, blank=True)
    reach = models.BigIntegerField(null=True, blank=True)
    impressions = models.BigIntegerField(null=True, blank=True)
    # Seen or heard to the end; of effects, how often opened and caught; of episodes, fetched.
    completions = models.BigIntegerField(null=True, blank=True)
    opens = models.BigIntegerField(null=True, blank=True)
    captures = models.BigIntegerField(null=True, blank=True)
    downloads = models.BigIntegerField(null=True, blank=True)
    metrics_at = models.DateTimeField(null=True, blank=True)
    metrics_source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Imported.Meta):
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "external_id"], name="crm_post_once"),
            models.CheckConstraint(
                name="crm_post_kind_valid", condition=models.Q(kind__in=PostKind.values)
            ),
        ]
        indexes = [
            *Imported.Meta.indexes,
            # Facts and the creator page: the posts of a creator by time.
            models.Index(fields=["creator", "-posted_at"], name="crm_post_by_creator"),
            # Scorecards: the posts of a period.
            models.Index(fields=["posted_at"], name="crm_post_by_time"),
            # Scorecards: those of them of which is known how often they were seen to the end.
            models.Index(
                fields=["posted_at"],
                condition=models.Q(completions__isnull=False),
                name="crm_post_watched",
            ),
            # Which post a comment in a file is below: files name the platform's key and no account.
            HashIndex(fields=["external_id"], name="crm_post_by_key"),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def headline(self) -> str:
        """What it is called where posts are named: title, else caption, else the platform's key."""
        return self.title or " ".join(self.caption.split()) or self.external_id


class PostMetricSnapshot(Imported):
    """The counts of a post at a moment."""

    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, db_index=False, related_name="snapshots"
    )
    captured_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    likes = models.BigIntegerField(null=True, blank=True)
    comments = models.BigIntegerField(null=True, blank=True)
    saves = models.BigIntegerField(null=True, blank=True)
    shares = models.BigIntegerField(null=True, blank=True)
    views = models.BigIntegerField(null=True, blank=True)
    reach = models.BigIntegerField(null=True, blank=True)
    impressions = models.BigIntegerField(null=True, blank=True)
    # Seen or heard to the end; of effects, how often opened and caught; of episodes, fetched.
    completions = models.BigIntegerField(null=True, blank=True)
    opens = models.BigIntegerField(null=True, blank=True)
    captures = models.BigIntegerField(null=True, blank=True)
    downloads = models.BigIntegerField(null=True, blank=True)

    class Meta(Imported.Meta):
        ordering = ["post", "-captured_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "captured_at", "source"], name="crm_post_snapshot_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} at {self.captured_at:%Y-%m-%d}"


class AudienceSnapshot(Imported):
    """Who follows a profile, as a source says at a moment: shares as fractions, {"DK": 0.25}."""

    profile = models.ForeignKey(
        Profile, on_delete=models.CASCADE, db_index=False, related_name="audiences"
    )
    captured_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.VENDOR)
    countries = models.JSONField(null=True, blank=True)
    ages = models.JSONField(null=True, blank=True)
    genders = models.JSONField(null=True, blank=True)
    languages = models.JSONField(null=True, blank=True)
    # Share of the audience that the source holds for real people.
    quality = models.FloatField(null=True, blank=True)
    # HypeAuditor's Audience Quality Score, 1 to 100: its own formula, which it does not publish.
    aqs = models.FloatField(null=True, blank=True)

    class Meta(Imported.Meta):
        ordering = ["profile", "-captured_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "captured_at", "source"], name="crm_audience_once"
            ),
            models.CheckConstraint(
                name="crm_audience_aqs",
                condition=models.Q(aqs=None) | models.Q(aqs__gte=0, aqs__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"audience of {self.profile_id} at {self.captured_at:%Y-%m-%d}"


class CreatorMetrics(models.Model):
    """What the numbers of a creator add up to now: derived, can be rebuilt (crm/performance.py).

    Lists, cards and facts read this row instead of posts. Every null is unknown.
    """

    creator = models.OneToOneField(
        Creator, on_delete=models.CASCADE, primary_key=True, related_name="metrics"
    )
    as_of = models.DateTimeField()
    # Of the profile with the most followers, which is also the primary profile.
    followers = models.BigIntegerField(null=True, blank=True)
    followers_at = models.DateTimeField(null=True, blank=True)
    followers_total = models.BigIntegerField(null=True, blank=True)
    follower_growth_90d = models.FloatField(null=True, blank=True)
    primary_platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    primary_handle = models.CharField(max_length=200, blank=True, default="")
    platforms_count = models.PositiveSmallIntegerField(default=0)
    # Platform.number of every profile, for filters and rules over sets.
    platforms = ArrayField(models.IntegerField(), default=list)
    # Of the primary profile: its newest posts with known counts and followers (at most 12), and n.
    engagement_rate = models.FloatField(null=True, blank=True)
    engagement_posts = models.PositiveIntegerField(default=0)
    # "posts": computed from posts; "averages": from the profile's average likes and comments;
    # "vendor": as the profile's source states it.
    engagement_source = models.CharField(max_length=10, blank=True, default="")
    # The same rate for each platform: {platform key: rate}; null where none is known.
    platform_rates = models.JSONField(null=True, blank=True)
    view_rate = models.FloatField(null=True, blank=True)
    avg_views = models.FloatField(null=True, blank=True)
    avg_likes = models.FloatField(null=True, blank=True)
    avg_comments = models.FloatField(null=True, blank=True)
    # null where no post of the creator was ever given: unknown is not zero.
    posts_30d = models.IntegerField(null=True, blank=True)
    posts_90d = models.IntegerField(null=True, blank=True)
    posts_365d = models.IntegerField(null=True, blank=True)
    last_post_at = models.DateTimeField(null=True, blank=True)
    video_share = models.FloatField(null=True, blank=True)
    paid_share = models.FloatField(null=True, blank=True)

    class Meta:
        indexes = [
            # One for each order of the list; both columns in one direction (crm/paging.py).
            models.Index(
                models.F("followers").desc(nulls_last=True),
                models.F("creator").desc(),
                name="crm_metrics_followers",
            ),
            models.Index(
                models.F("engagement_rate").desc(nulls_last=True),
                models.F("creator").desc(),
                name="crm_metrics_er",
            ),
            models.Index(
                models.F("last_post_at").desc(nulls_last=True),
                models.F("creator").desc(),
                name="crm_metrics_last",
            ),
        ]

    def __str__(self) -> str:
        return f"metrics of {self.creator_id}"
