"""Daily series: what they count, and where a value comes from."""

from __future__ import annotations

from django.db import models


class SeriesKind(models.TextChoices):
    """What a daily series of a brand counts."""

    BRAND_SEARCH = "brand_search", "Searches for the brand"
    DIRECT_TRAFFIC = "direct_traffic", "Direct traffic"
    FOLLOWERS = "followers", "Followers of its own accounts"
    ENGAGEMENT_RATE = "engagement_rate", "Engagement rate of its own accounts"
    OTHER = "other", "Something else"
