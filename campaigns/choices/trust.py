"""What speaks for or against an audience, and what a creator stands for."""

from django.db import models


class Flag(models.TextChoices):
    """A sign that numbers of an account may not come from its audience. Never a verdict."""

    GROWTH = "growth_spike", "Followers jumped"
    RATE_HIGH = "rate_high", "More engagement than accounts of this size have"
    RATE_LOW = "rate_low", "Less engagement than accounts of this size have"
    COMMENTS = "comment_ratio", "Comments out of proportion to likes"
    REPEATED = "repeat_commenters", "The same people comment again and again"
    COUNTRY = "country_mismatch", "Audience elsewhere than the creator"
    DRIFT = "rate_drift", "Engagement fell while followers did not"
    FOLLOWING = "mass_following", "Follows very many accounts"
    QUALITY = "audience_quality", "A source finds few real followers"
    POD = "comment_pod", "Creators comment on each other's posts"
    BARE = "bare_account", "The account looks bare"


class FlagState(models.TextChoices):
    """What became of looking for a sign."""

    RAISED = "raised", "Raised"
    CLEAR = "clear", "Not raised"
    UNKNOWN = "unknown", "Cannot be told"
