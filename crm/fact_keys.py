"""Names that a field may have: the key of a field is the key of a fact that rules read.

Rules know what they can name and this app cannot ask them, so both lists stand here once more; a
test compares them with the rule language and the catalogue of facts.
"""

from __future__ import annotations

import re

MAX_LENGTH = 60
_FORM = re.compile(r"[a-z][a-z0-9_]*")

# Words of the text notation of rules.
RESERVED_WORDS = frozenset(
    {"all", "and", "any", "between", "contains", "empty", "false", "in", "is", "known", "last"}
    | {"next", "none", "not", "older", "or", "starts", "this", "true", "unknown", "where", "within"}
)
# Facts that every brand has. With this beginning, those of a platform (strength_tiktok).
BUILT_IN = frozenset(
    {"followers", "followers_total", "follower_growth_90d", "is_verified", "is_celebrity", "tier"}
    | {"platforms", "platforms_count", "primary_platform", "strongest_platform"}
    | {"engagement_rate", "engagement_posts", "view_rate", "avg_views", "avg_likes"}
    | {"avg_comments", "posts_30d", "posts_90d", "posts_365d", "posts_per_week", "last_post_at"}
    | {"days_since_last_post", "video_share", "paid_share", "niches", "country", "language"}
    | {"creator_type", "profession", "audience_country", "audience_age", "audience_gender"}
    | {"audience_quality", "stage", "stage_since", "days_in_stage", "known_since", "days_known"}
    | {"has_owner", "next_step_on", "has_email", "tags", "risk_tier", "risk_points"}
    | {"audience_flags", "audience_aqs", "reliability", "causes", "authenticity", "trust"}
    | {"cluster", "cluster_stability", "main_format", "format_shares", "format_posts"}
    | {"expected_views", "expected_views_low", "expected_views_high", "expected_views_posts"}
)
OF_A_PLATFORM = "strength_"
# What a map of clusters says of a creator.
CLUSTER_FACTS = ("cluster", "cluster_stability")
# With this beginning, the scores that a brand gives its creators (score_fit).
OF_A_SCORE = "score_"


def why_not(key: str) -> str:
    """What keeps a field from having this key, fit for the user; empty where nothing does."""
    if not _FORM.fullmatch(key):
        return "A key begins with a small letter and has small letters, digits and _ only."
    if len(key) > MAX_LENGTH:
        return f"A key has at most {MAX_LENGTH} characters."
    if key in RESERVED_WORDS:
        return f"“{key}” is a word of the rule language: a rule could not name the field."
    if key in BUILT_IN or key.startswith(OF_A_PLATFORM):
        return f"“{key}” is the key of a fact that every brand has."
    if key.startswith(OF_A_SCORE):
        return f"Keys that begin with {OF_A_SCORE} are those of scores."
    return ""


def key_of(label: str) -> str:
    """The key that a label suggests: "Tone of voice" is tone_of_voice. Empty where none does."""
    words = re.findall(r"[a-z0-9]+", label.lower())
    return "_".join(words).lstrip("0123456789_")[:MAX_LENGTH].rstrip("_")
