"""Records that rules may count and sum up: one entry for each kind, here and nowhere else.

A kind is one pass over its table for all the rules of a run. Records are those of the brand, or of
creators whom the brand knows, as far as they are known as of the moment.
"""

from __future__ import annotations

from collections.abc import Iterable

from campaigns.choices import Compensation, OfferAct, OfferState
from crm.choices import PostKind, Stage
from crm.models import Platform
from segmentation.rules.facts import Catalogue, Fact, FactType
from segmentation.rules.records import RecordType
from segmentation.rules.sql import once

RATE_MAXIMUM = 1_000.0


def record_types(platforms: Iterable[Platform]) -> tuple[RecordType, ...]:
    """Every kind of record there is."""
    names = {platform.key: platform.name for platform in platforms}
    return (_posts(names), _profiles(names), _stage_changes(), _notes(), _offers(), _gifts())


def _field(
    key: str,
    label: str,
    kind: FactType,
    sql: str = "",
    *,
    unit: str = "",
    choices: Iterable[tuple[str, object]] | None = None,
    maximum: float | None = None,
) -> Fact:
    is_number = kind in (FactType.NUMBER, FactType.PERCENT)
    return Fact(
        key=key,
        label=label,
        type=kind,
        sql=sql or f"r.{key}",
        unit=unit,
        choices=None if choices is None else {name: str(words) for name, words in choices},
        minimum=0 if is_number else None,
        maximum=maximum,
    )


def _posts(platforms: dict[str, str]) -> RecordType:
    counts = [
        _field(key, label, FactType.NUMBER, unit=label.lower())
        for key, label in (
            ("likes", "Likes"),
            ("comments", "Comments"),
            ("saves", "Saves"),
            ("shares", "Shares"),
            ("views", "Views"),
            ("reach", "Reach"),
            ("impressions", "Impressions"),
        )
    ]
    engagement = (
        "CASE WHEN r.likes IS NOT NULL OR r.comments IS NOT NULL THEN (coalesce(r.likes, 0) + "
        "coalesce(r.comments, 0) + coalesce(r.saves, 0) + coalesce(r.shares, 0))::double precision "
        "/ nullif(r.followers_at_post, 0) END"
    )
    return RecordType(
        key="posts",
        label="posts",
        description="Publications on all of the creator's profiles; counts are the newest known.",
        # Joined for the platform only: the planner leaves the profile out where no rule asks.
        sql="crm_post r LEFT JOIN crm_profile p ON p.id = r.profile_id",
        creator="r.creator_id",
        where="{creators:r.creator_id}",
        moment="r.posted_at",
        # Without a date it counts from the day it was recorded.
        known="coalesce(r.posted_at, r.created_at)",
        order="r.id",
        fields=Catalogue(
            [
                _field(
                    "platform",
                    "Platform",
                    FactType.CHOICE,
                    "p.platform_id",
                    choices=platforms.items(),
                ),
                _field("kind", "Kind", FactType.CHOICE, choices=PostKind.choices),
                _field("posted_at", "Posted", FactType.MOMENT),
                *counts,
                _field(
                    "followers_at_post",
                    "Followers at the time",
                    FactType.NUMBER,
                    unit="followers",
                ),
                _field(
                    "engagement_rate",
                    "Engagement rate",
                    FactType.PERCENT,
                    engagement,
                    maximum=RATE_MAXIMUM,
                ),
                _field("is_paid_partnership", "Paid partnership", FactType.BOOLEAN),
                _field("language", "Language", FactType.TEXT, "nullif(r.language, '')"),
                _field("title", "Title", FactType.TEXT, "nullif(r.title, '')"),
                _field("caption", "Caption", FactType.TEXT, "nullif(r.caption, '')"),
            ]
        ),
    )


def _profiles(platforms: dict[str, str]) -> RecordType:
    newest = (
        "(array_agg(s.{0} ORDER BY s.captured_at DESC, s.id DESC) FILTER "
        "(WHERE s.{0} IS NOT NULL AND s.captured_at <= {{as_of}}))[1] AS {0}"
    )
    numbers = ("followers", "following", "posts_count", "avg_views", "avg_likes", "avg_comments")
    newest_numbers = ", ".join(newest.format(name) for name in numbers)
    snapshots = (
        f"SELECT s.profile_id, min(s.captured_at) AS first_at, {newest_numbers} "  # noqa: S608 - names of ours
        "FROM crm_metricsnapshot s JOIN crm_profile o ON o.id = s.profile_id "
        "WHERE {creators:o.creator_id} GROUP BY 1"
    )
    return RecordType(
        key="profiles",
        label="profiles",
        description="Accounts on platforms, with their newest known numbers as of the moment.",
        sql=f"crm_profile r LEFT JOIN {once(snapshots)} n ON n.profile_id = r.id",
        creator="r.creator_id",
        where="{creators:r.creator_id}",
        moment="n.first_at",
        # A profile counts unless everything we have of it is from later.
        known="n.first_at",
        order="r.id",
        fields=Catalogue(
            [
                _field(
                    "platform",
                    "Platform",
                    FactType.CHOICE,
                    "r.platform_id",
                    choices=platforms.items(),
                ),
                _field("handle", "Handle", FactType.TEXT),
                _field("is_verified", "Verified", FactType.BOOLEAN),
                _field("followers", "Followers", FactType.NUMBER, "n.followers", unit="followers"),
                _field("following", "Following", FactType.NUMBER, "n.following", unit="accounts"),
                _field("posts_count", "Posts", FactType.NUMBER, "n.posts_count", unit="posts"),
                _field("avg_views", "Average views", FactType.NUMBER, "n.avg_views::numeric"),
                _field("avg_likes", "Average likes", FactType.NUMBER, "n.avg_likes::numeric"),
                _field(
                    "avg_comments", "Average comments", FactType.NUMBER, "n.avg_comments::numeric"
                ),
                _field("first_seen_at", "First seen", FactType.MOMENT, "n.first_at"),
            ]
        ),
    )


def _stage_changes() -> RecordType:
    return RecordType(
        key="stage_changes",
        label="stage changes",
        description="Each time the creator entered a stage of the relationship with the brand.",
        sql="crm_stagechange r JOIN crm_relationship rel ON rel.id = r.relationship_id",
        creator="rel.creator_id",
        where="rel.brand_id = {brand} AND {creators:rel.creator_id}",
        moment="r.entered_at",
        known="r.entered_at",
        order="r.id",
        fields=Catalogue(
            [
                _field("stage", "Stage", FactType.CHOICE, choices=Stage.choices),
                _field(
                    "from_stage",
                    "Stage before",
                    FactType.CHOICE,
                    "nullif(r.from_stage, '')",
                    choices=Stage.choices,
                ),
                _field("entered_at", "Entered", FactType.MOMENT),
                _field("reason", "Reason", FactType.TEXT, "nullif(r.reason, '')"),
            ]
        ),
    )


def _notes() -> RecordType:
    return RecordType(
        key="notes",
        label="notes",
        description="What somebody of the brand wrote down about the creator.",
        sql="crm_note r JOIN crm_relationship rel ON rel.id = r.relationship_id",
        creator="rel.creator_id",
        # What few may read is not told to everybody by who is in a segment.
        where="rel.brand_id = {brand} AND {creators:rel.creator_id} AND NOT r.is_restricted",
        moment="r.created_at",
        known="r.created_at",
        order="r.id",
        fields=Catalogue(
            [
                _field("text", "Text", FactType.TEXT),
                _field("written_at", "Written", FactType.MOMENT, "r.created_at"),
            ]
        ),
    )


# The state that an act leaves behind; drafts are nobody's but the brand's and leave none.
_STATES = {
    OfferAct.SEND: OfferState.SENT,
    OfferAct.COUNTER: OfferState.COUNTERED,
    OfferAct.ACCEPT: OfferState.ACCEPTED,
    OfferAct.DECLINE: OfferState.DECLINED,
    OfferAct.WITHDRAW: OfferState.WITHDRAWN,
    OfferAct.EXPIRE: OfferState.EXPIRED,
}


def _offers() -> RecordType:
    newest = (
        "SELECT DISTINCT ON (e.offer_id) e.offer_id, e.act, e.at, v.compensation, v.amount, "
        "v.currency, rel.creator_id FROM campaigns_offerevent e "
        "JOIN campaigns_offer o ON o.id = e.offer_id "
        "JOIN crm_relationship rel ON rel.id = o.relationship_id "
        "LEFT JOIN campaigns_offerversion v ON v.id = e.version_id "
        "WHERE o.brand_id = {brand} AND e.at <= {as_of} AND {creators:rel.creator_id} "
        "ORDER BY e.offer_id, e.at DESC, e.id DESC"
    )
    cases = " ".join(f"WHEN '{act}' THEN '{state}'" for act, state in _STATES.items())
    return RecordType(
        key="offers",
        label="offers",
        description="What the brand offered the creator, as it stood: sent, answered or over. "
        "Amounts are in the offer's own currency: name it in the condition.",
        app="campaigns",
        sql=f"{once(newest)} r",
        creator="r.creator_id",
        moment="r.at",
        known="r.at",
        order="r.offer_id",
        fields=Catalogue(
            [
                _field(
                    "state",
                    "State",
                    FactType.CHOICE,
                    f"CASE r.act {cases} END",
                    choices=[(state.value, state.label) for state in _STATES.values()],
                ),
                _field(
                    "compensation",
                    "Compensation",
                    FactType.CHOICE,
                    choices=Compensation.choices,
                ),
                _field("amount", "Amount", FactType.NUMBER),
                _field("currency", "Currency", FactType.TEXT, "nullif(r.currency, '')"),
                _field("moved_at", "Last moved", FactType.MOMENT, "r.at"),
            ]
        ),
    )


def _gifts() -> RecordType:
    return RecordType(
        key="gifts",
        label="gifts",
        description="Parcels that the brand sent the creator, from the day on which they left. "
        "Values are in the gift's own currency: name it in the condition.",
        app="campaigns",
        sql="campaigns_gift r JOIN crm_relationship rel ON rel.id = r.relationship_id",
        creator="rel.creator_id",
        where="rel.brand_id = {brand} AND {creators:rel.creator_id} AND r.shipped_on IS NOT NULL",
        moment="(r.shipped_on::timestamp AT TIME ZONE 'UTC')",
        known="(r.shipped_on::timestamp AT TIME ZONE 'UTC')",
        order="r.id",
        fields=Catalogue(
            [
                _field("product", "Product", FactType.TEXT),
                _field("value", "Value", FactType.NUMBER),
                _field("currency", "Currency", FactType.TEXT, "nullif(r.currency, '')"),
                _field("shipped_on", "Shipped", FactType.DATE),
                _field("posted_on", "Posted", FactType.DATE),
                _field("returned_on", "Came back", FactType.DATE),
            ]
        ),
    )
