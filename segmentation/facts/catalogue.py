"""What rules may ask about a creator: each fact with label, type, unit, description and source.

The SQL of a fact reads one row `f` of segmentation_creatorfacts, to which `rows` adds the moment
that relative facts (days in stage) count from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from crm.choices import CreatorType, Stage
from crm.models import Brand, Niche, Platform, Tag, Tier
from segmentation.facts.custom import archived, custom_facts
from segmentation.facts.links import BrandSegments
from segmentation.facts.records import record_types
from segmentation.facts.vocabulary import Vocabulary, vocabulary_text
from segmentation.rules.facts import Catalogue, Fact, FactType, Sound
from segmentation.rules.records import RecordType

FACTS_TABLE = "segmentation_creatorfacts"
# With fewer others on a platform a median says nothing: strength there is unknown.
MINIMUM_PEERS = 5

SNAPSHOTS = "Profile snapshots"
POSTS = "Posts"
RECORD = "Creator record"
AUDIENCE = "Audience snapshots"
RELATIONSHIP = "Relationship with the brand"
NORMS = "Posts and profile snapshots, against the brand's other creators"
ENGAGEMENT = "Posts, else profile snapshots"

# Engagement and view rates are fractions of followers: views can exceed them many times.
RATE_MAXIMUM = 1_000.0
GROWTH_MAXIMUM = 10_000.0


def rows(table: str = FACTS_TABLE, *, some: bool = False) -> str:
    """The rows that facts read, as a FROM item `f`, of all the brand's creators or `some`.

    Parameters: the moment, the brand's id and, for some, the list of creator ids.
    """
    only = " AND c.creator_id = ANY(%s)" if some else ""
    return (
        f"(SELECT c.*, %s::timestamptz AS moment FROM {table} c"  # noqa: S608 - a name of ours
        f" WHERE c.brand_id = %s{only}) f"
    )


def norms_table(table: str = FACTS_TABLE) -> str:
    """Where the norms are that the facts of a table are compared with."""
    return "segmentation_peernorm" if table == FACTS_TABLE else f"{table}_norms"


def catalogue(brand: Brand, table: str = FACTS_TABLE) -> Catalogue:
    """Every fact that rules of `brand` may read of the rows in `table`.

    Asks for what people may add to.
    """
    return catalogue_of(brand, vocabulary_text(brand), table)


def catalogue_of(brand: Brand, vocabulary: str, table: str = FACTS_TABLE) -> Catalogue:
    """The same, by somebody who has asked for the text of the vocabulary already."""
    facts = _facts(brand.pk, vocabulary, norms_table(table))
    return Catalogue(
        facts.facts,
        gone=facts.gone,
        records=facts.records,
        segments=BrandSegments(brand),
        sound=facts.sound,
    )


@dataclass(frozen=True)
class _Facts:
    """What is the same in all catalogues of a brand until somebody adds to it."""

    facts: tuple[Fact, ...]
    gone: dict[str, str]
    records: tuple[RecordType, ...]
    sound: Sound = field(default_factory=Sound)


# The key is all that the facts are made of, so that no process needs to be told of a change.
@lru_cache(maxsize=256)
def _facts(brand_id: int, vocabulary: str, norms: str) -> _Facts:
    """The facts of a brand, from the text of its vocabulary and the name of its table of norms."""
    words = Vocabulary.of(vocabulary)
    built_in = [
        *_size(),
        _tier(words.tiers),
        *_platforms(words.platforms),
        *_strengths(words.platforms, brand_id, norms),
        *_engagement(),
        *_posting(),
        *_person(words.niches),
        *_audience(),
        *_relationship(words.tags),
    ]
    return _Facts(
        (*built_in, *custom_facts(words.fields, {fact.key for fact in built_in})),
        archived(words.fields),
        record_types(words.platforms),
    )


def strength_key(platform_key: str) -> str:
    """The key of the fact that compares a creator with their peers on a platform."""
    return "strength_" + platform_key.replace("-", "_")


@dataclass(frozen=True)
class _From:
    """Facts of one source, to spare its name on every line."""

    source: str

    def fact(
        self,
        key: str,
        label: str,
        kind: FactType,
        description: str,
        *,
        sql: str = "",
        unit: str = "",
        minimum: float | None = None,
        maximum: float | None = None,
        choices: dict[str, str] | None = None,
        vocabulary: dict[str, int] | None = None,
    ) -> Fact:
        return Fact(
            key=key,
            label=label,
            type=kind,
            sql=sql or f"f.{key}",
            unit=unit,
            description=description,
            source=self.source,
            choices=choices,
            vocabulary=vocabulary,
            minimum=minimum,
            maximum=maximum,
        )

    def count(self, key: str, label: str, unit: str, description: str, *, sql: str = "") -> Fact:
        return self.fact(key, label, FactType.NUMBER, description, sql=sql, unit=unit, minimum=0)

    def share(self, key: str, label: str, description: str, maximum: float = 1.0) -> Fact:
        return self.fact(key, label, FactType.PERCENT, description, minimum=0, maximum=maximum)

    def days(self, key: str, label: str, since: str, description: str) -> Fact:
        sql = f"floor(extract(epoch FROM f.moment - f.{since}) / 86400)"
        return self.count(key, label, "days", description, sql=sql)


def _size() -> Iterator[Fact]:
    given = _From(SNAPSHOTS)
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
    yield _From(RECORD).fact(
        "is_celebrity",
        "Celebrity",
        FactType.BOOLEAN,
        "Somebody has marked the creator as a celebrity, or as none. Unknown where nobody did.",
    )


def _tier(tiers: Sequence[Tier]) -> Fact:
    """The tier as `crm.selectors.TierTable` reads it: the flag first, else the first band."""
    flags = [tier for tier in tiers if tier.low is None and tier.high is None][:1]
    cases = [f"WHEN f.is_celebrity THEN '{_quoted(tier.key)}'" for tier in flags]
    for tier in tiers:
        if tier not in flags:
            above = f"f.followers >= {tier.low or 0}"
            below = "" if tier.high is None else f" AND f.followers < {tier.high}"
            cases.append(f"WHEN {above}{below} THEN '{_quoted(tier.key)}'")
    return _From(SNAPSHOTS).fact(
        "tier",
        "Tier",
        FactType.CHOICE,
        "The tier by the brand's tier scheme: celebrity where somebody said so and the scheme has "
        "it, else by the followers of the primary profile.",
        sql=f"(CASE {' '.join(cases)} END)" if cases else "(NULL::text)",
        choices={tier.key: tier.name for tier in tiers},
    )


def _platforms(platforms: Iterable[Platform]) -> Iterator[Fact]:
    names = {platform.key: platform.name for platform in platforms}
    given = _From("Profiles")
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


def _strengths(platforms: Iterable[Platform], brand_id: int, norms: str) -> Iterator[Fact]:
    """How creators compare with what is usual, which changes for everybody with each run.

    So a row holds rates only, and they are compared when they are read: the norm is a query that
    the database answers once in a statement.
    """
    names = {platform.key: platform.name for platform in platforms}
    compared = _From(NORMS)
    yield compared.fact(
        "strongest_platform",
        "Strongest platform",
        FactType.CHOICE,
        "The platform on which the creator stands out most from the brand's other creators.",
        choices=names,
    )
    for key, name in names.items():
        usual = (
            f"SELECT n.median_rate FROM {norms} n WHERE n.brand_id = {brand_id} "  # noqa: S608 - ours
            f"AND n.platform_id = '{_quoted(key)}' AND n.creators > {MINIMUM_PEERS} "
            "AND n.median_rate > 0"
        )
        yield compared.count(
            strength_key(key),
            f"Strength on {name}",
            "times the median",
            f"Engagement rate on {name} divided by the median of the brand's creators there; "
            "1 is usual. Unknown with fewer than 5 peers.",
            sql=f"((f.platform_rates ->> '{_quoted(key)}')::double precision / ({usual}))",
        )


def _quoted(key: str) -> str:
    """A key inside a SQL literal: a slug, but an admin may have typed anything."""
    return key.replace("'", "''")


def _engagement() -> Iterator[Fact]:
    given = _From(ENGAGEMENT)
    yield given.share(
        "engagement_rate",
        "Engagement rate",
        "Likes, comments, saves and shares that are known, divided by followers: mean over the "
        "newest 12 posts of the primary profile; else from its average likes and comments; else "
        "as the source states it.",
        RATE_MAXIMUM,
    )
    yield _From(POSTS).count(
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


def _posting() -> Iterator[Fact]:
    given = _From(POSTS)
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


def _person(niches: Iterable[Niche]) -> Iterator[Fact]:
    given = _From(RECORD)
    yield given.fact(
        "niches",
        "Niches",
        FactType.SET,
        "Subjects the creator works in. Unknown where nobody named one.",
        choices={niche.key: niche.label for niche in niches},
        vocabulary={niche.key: niche.pk for niche in niches},
    )
    yield given.fact(
        "country", "Country", FactType.TEXT, "Where the creator is, as two letters: DK."
    )
    yield given.fact(
        "language", "Language", FactType.TEXT, "What the creator speaks, as a language tag: da."
    )
    yield given.fact(
        "creator_type",
        "Kind of creator",
        FactType.CHOICE,
        "External creator, employee, customer, expert or virtual.",
        choices=_labels(CreatorType.choices),
    )
    yield given.fact(
        "profession", "Profession", FactType.TEXT, "What the creator does besides, in words."
    )


def _audience() -> Iterator[Fact]:
    given = _From(AUDIENCE)
    for key, label, what in (
        ("audience_country", "Audience countries", "country, as two letters"),
        ("audience_age", "Audience ages", "age band"),
        ("audience_gender", "Audience genders", "gender"),
    ):
        yield given.fact(
            key,
            label,
            FactType.DISTRIBUTION,
            f"Share of the primary profile's audience by {what}, from the newest snapshot.",
        )
    yield given.share(
        "audience_quality",
        "Audience quality",
        "Share of the audience that the source holds for real people.",
    )


def _relationship(tags: Iterable[Tag]) -> Iterator[Fact]:
    given = _From(RELATIONSHIP)
    yield given.fact(
        "tags",
        "Tags",
        FactType.SET,
        "The brand's own words for the creator. Nobody gave one: none, which is known.",
        choices={tag.key: tag.name for tag in tags},
        vocabulary={tag.key: tag.pk for tag in tags},
    )
    yield given.fact(
        "stage",
        "Stage",
        FactType.CHOICE,
        "How the brand stands with the creator.",
        choices=_labels(Stage.choices),
    )
    yield given.fact(
        "stage_since", "In this stage since", FactType.MOMENT, "When the stage was entered."
    )
    yield given.days(
        "days_in_stage",
        "Days in stage",
        "stage_since",
        "Whole days from entering the stage to the moment of the run.",
    )
    yield given.fact(
        "known_since", "Known since", FactType.MOMENT, "From when on the brand knows the creator."
    )
    yield given.days(
        "days_known",
        "Days known",
        "known_since",
        "Whole days from the first acquaintance to the moment of the run.",
    )
    yield given.fact(
        "has_owner", "Has an owner", FactType.BOOLEAN, "Somebody looks after the relationship."
    )
    yield given.fact(
        "next_step_on", "Next step on", FactType.DATE, "The day of the next step with the creator."
    )
    yield given.fact(
        "has_email",
        "E-mail address known",
        FactType.BOOLEAN,
        "The brand has an e-mail address that may be used.",
    )


def _labels(choices: Iterable[tuple[str, object]]) -> dict[str, str]:
    return {value: str(label) for value, label in choices}
