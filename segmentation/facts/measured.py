"""Facts of numbers: size, platforms, strength among peers, engagement and posting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crm.models import Platform, Tier
from segmentation.facts.sources import ENGAGEMENT, NORMS, POSTS, RECORD, SNAPSHOTS, From
from segmentation.rules.facts import Fact, FactType

# With fewer others on a platform a median says nothing: strength there is unknown.
MINIMUM_PEERS = 5
# Engagement and view rates are fractions of followers: views can exceed them many times.
RATE_MAXIMUM = 1_000.0
GROWTH_MAXIMUM = 10_000.0


def size() -> Iterator[Fact]:
    given = From(SNAPSHOTS)
    yield given.count(
        "followers",
        "Followers",
        "followers",
        "Followers of the primary profile: the one with the most.",
    )
    yield given.count(
        "followers_total",
        "Followers on all platforms",
        "followers",
        "Followers of all profiles together; people who follow several count several times.",
    )
    yield given.fact(
        "follower_growth_90d",
        "Follower growth, 90 days",
        FactType.PERCENT,
        "Change of the primary profile's followers from the newest number that is 90 to 180 days "
        "old to the newest one, which must be under 90 days old.",
        minimum=-1,
        maximum=GROWTH_MAXIMUM,
    )
    yield given.fact(
        "is_verified",
        "Verified",
        FactType.BOOLEAN,
        "The platform has verified the primary profile.",
    )
    yield From(RECORD).fact(
        "is_celebrity",
        "Celebrity",
        FactType.BOOLEAN,
        "Somebody has marked the creator as a celebrity, or as none. Unknown where nobody did.",
    )


def tier(tiers: Sequence[Tier]) -> Fact:
    """The tier as `crm.selectors.TierTable` reads it: the flag first, else the first band."""
    flags = [tier for tier in tiers if tier.low is None and tier.high is None][:1]
    cases = [f"WHEN f.is_celebrity THEN '{_quoted(tier.key)}'" for tier in flags]
    for tier in tiers:
        if tier not in flags:
            above = f"f.followers >= {tier.low or 0}"
            below = "" if tier.high is None else f" AND f.followers < {tier.high}"
            cases.append(f"WHEN {above}{below} THEN '{_quoted(tier.key)}'")
    return From(SNAPSHOTS).fact(
        "tier",
        "Tier",
        FactType.CHOICE,
        "The tier by the brand's tier scheme: celebrity where somebody said so and the scheme has "
        "it, else by the followers of the primary profile.",
        sql=f"(CASE {' '.join(cases)} END)" if cases else "(NULL::text)",
        choices={tier.key: tier.name for tier in tiers},
    )


def platforms(platforms: Iterable[Platform]) -> Iterator[Fact]:
    names = {platform.key: platform.name for platform in platforms}
    given = From("Profiles")
    yield given.fact(
        "platforms",
        "Platforms",
        FactType.SET,
        "Platforms on which the creator has a profile.",
        choices=names,
        vocabulary={platform.key: platform.number for platform in platforms},
    )
    yield given.count(
        "platforms_count", "Number of platforms", "platforms", "How many platforms that are."
    )
    yield given.fact(
        "primary_platform",
        "Primary platform",
        FactType.CHOICE,
        "The platform of the profile with the most followers.",
        choices=names,
    )


def strengths(platforms: Iterable[Platform], brand_id: int, norms: str) -> Iterator[Fact]:
    """How creators compare with what is usual, which changes for everybody with each run.

    So a row holds rates only, and they are compared when they are read: the norm is a query that
    the database answers once in a statement.
    """
    names = {platform.key: platform.name for platform in platforms}
    compared = From(NORMS)
    strength = {key: _strength(key, brand_id, norms) for key in sorted(names)}
    # Of equal ones the first by key; greatest() passes over what is unknown.
    cases = " ".join(f"WHEN {sql} THEN '{_quoted(key)}'" for key, sql in strength.items())
    strongest = f"(CASE greatest({', '.join(strength.values())}) {cases} END)"
    yield compared.fact(
        "strongest_platform",
        "Strongest platform",
        FactType.CHOICE,
        "The platform on which the creator stands out most from the brand's other creators.",
        sql=strongest if strength else "(NULL::text)",
        choices=names,
    )
    for key, name in names.items():
        yield compared.count(
            strength_key(key),
            f"Strength on {name}",
            "times the median",
            f"Engagement rate on {name} divided by the median of the brand's creators there; "
            "1 is usual. Unknown with fewer than 5 peers.",
            sql=strength[key],
        )


def _strength(platform_key: str, brand_id: int, norms: str) -> str:
    usual = (
        f"SELECT n.median_rate FROM {norms} n WHERE n.brand_id = {brand_id} "  # noqa: S608 - ours
        f"AND n.platform_id = '{_quoted(platform_key)}' AND n.creators > {MINIMUM_PEERS} "
        "AND n.median_rate > 0"
    )
    return f"((f.platform_rates ->> '{_quoted(platform_key)}')::double precision / ({usual}))"


def strength_key(platform_key: str) -> str:
    """The key of the fact that compares a creator with their peers on a platform."""
    return "strength_" + platform_key.replace("-", "_")


def engagement() -> Iterator[Fact]:
    given = From(ENGAGEMENT)
    yield given.share(
        "engagement_rate",
        "Engagement rate",
        "Likes, comments, saves and shares that are known, divided by followers: mean over the "
        "newest 12 posts of the primary profile; else from its average likes and comments; else "
        "as the source states it.",
        RATE_MAXIMUM,
    )
    yield From(POSTS).count(
        "engagement_posts",
        "Posts behind the engagement rate",
        "posts",
        "How many posts the engagement rate is computed from; 0 when it comes from averages.",
    )
    yield given.share(
        "view_rate",
        "View rate",
        "Views divided by followers, over the newest 12 posts with views.",
        RATE_MAXIMUM,
    )
    yield given.count("avg_views", "Average views", "views", "Mean views of a post.")
    yield given.count("avg_likes", "Average likes", "likes", "Mean likes of a post.")
    yield given.count("avg_comments", "Average comments", "comments", "Mean comments of a post.")


def posting() -> Iterator[Fact]:
    given = From(POSTS)
    for days in (30, 90, 365):
        yield given.count(
            f"posts_{days}d",
            f"Posts, {days} days",
            "posts",
            f"Posts of the last {days} days on all platforms. Unknown where none was ever given.",
        )
    yield given.count(
        "posts_per_week",
        "Posts a week",
        "posts",
        "Posts of the last 90 days by week.",
        sql="(f.posts_90d * 7.0 / 90)",
    )
    yield given.fact("last_post_at", "Last post", FactType.MOMENT, "When the newest post went out.")
    yield given.days(
        "days_since_last_post",
        "Days since the last post",
        "last_post_at",
        "Whole days from the newest post to the moment of the run.",
    )
    yield given.share(
        "video_share",
        "Share of video",
        "Short video, video and live among the posts of the last 365 days whose form is known; "
        "stories are left out.",
    )
    yield given.share(
        "paid_share",
        "Share of paid partnerships",
        "Posts that carry the platform's paid-partnership mark, among those of the last 365 days "
        "for which the source tells it.",
    )


def _quoted(key: str) -> str:
    """A key inside a SQL literal: a slug, but an admin may have typed anything."""
    return key.replace("'", "''")
