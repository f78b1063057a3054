"""Members: how many, who came and went, how the brand stands with them, where they publish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from crm.choices import Source, Stage
from crm.models import Platform
from segmentation.metrics.entries import OF_POSTS, OUR_OWN, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found
from segmentation.metrics.look import WHOLE_BRAND, WINDOWS, Look
from segmentation.metrics.stretches.names import EXPLODED

SIZE = Metric(
    key="size",
    label="Members",
    question="How many creators are in the segment?",
    formula=(
        "creators whose stay in the segment holds at the end of the period, or at the moment "
        "looked at while the period runs"
    ),
    version=1,
    numerator="members at the end of the period",
    unit=Unit.CREATORS,
    better=Better.NEITHER,
    minimum_n=0,
    method=Method.CENSUS,
    accepts=OUR_OWN,
    source="membership ledger",
)
JOINERS = Metric(
    key="joiners",
    label="Joined",
    question="How many came in?",
    formula="stays in the segment that began in the period",
    version=1,
    numerator="stays that began",
    unit=Unit.CREATORS,
    better=Better.NEITHER,
    minimum_n=0,
    method=Method.CENSUS,
    accepts=OUR_OWN,
    source="membership ledger",
)
LEAVERS = Metric(
    key="leavers",
    label="Left",
    question="How many went out?",
    formula="stays in the segment that ended in the period",
    version=1,
    numerator="stays that ended",
    unit=Unit.CREATORS,
    better=Better.NEITHER,
    minimum_n=0,
    method=Method.CENSUS,
    accepts=OUR_OWN,
    source="membership ledger",
)
FOLLOWERS = Metric(
    key="followers_total",
    label="Followers, added up",
    question="How many followers do they have, taken together?",
    formula=(
        "followers of each member's account with the most followers at the end of the period, "
        "added up over members of whom a count is known; people who follow several of them count "
        "several times"
    ),
    version=1,
    numerator="followers of members' largest accounts",
    unit=Unit.PEOPLE,
    better=Better.NEITHER,
    minimum_n=1,
    method=Method.CENSUS,
    accepts=OF_POSTS,
    source="profiles",
)
STAGE_SHARE = Metric(
    key="stage_share",
    label="Share by stage",
    question="How does the brand stand with them?",
    formula="members in the stage / members whose stage is known, at the end of the period",
    version=1,
    numerator="members in the stage",
    denominator="members whose stage is known",
    basis="creators",
    unit=Unit.FRACTION,
    better=Better.NEITHER,
    minimum_n=1,
    method=Method.CENSUS,
    accepts=OUR_OWN,
    source="relationships",
    has_parts=True,
)
PLATFORM_SHARE = Metric(
    key="platform_share",
    label="Share by primary platform",
    question="Where is most of their following?",
    formula=(
        "members whose account with the most followers is on the platform / members with an "
        "account, at the end of the period"
    ),
    version=1,
    numerator="members whose largest account is on the platform",
    denominator="members with an account",
    basis="creators",
    unit=Unit.FRACTION,
    better=Better.NEITHER,
    minimum_n=1,
    method=Method.CENSUS,
    accepts=OF_POSTS,
    source="profiles",
    has_parts=True,
)
# Counts of one segment: the whole base has nothing to compare them with.
COUNTS = (SIZE, JOINERS, LEAVERS)

# Of all stays those that began or ended: who was there at the end, windows say.
_MOVES = """
SELECT m.segment_id, count(*) FILTER (WHERE m.entered_at >= %(start)s) AS joiners,
  count(*) FILTER (WHERE m.left_at < %(until)s) AS leavers
FROM {stays} m
WHERE (m.entered_at >= %(start)s OR m.left_at < %(until)s) AND m.entered_at < %(until)s
  AND (m.left_at IS NULL OR m.left_at >= %(start)s) AND m.segment_id = ANY(%(segments)s)
GROUP BY m.segment_id
"""

# Windows that reach the end are those of the members at the end.
_SHARES = f"""
WITH of_set AS (
  SELECT segments, stage, platform_id, followers_source AS source, count(*) AS creators,
    count(followers) AS counted, sum(followers::float8) AS followers
  FROM {WINDOWS} WHERE is_there
  GROUP BY segments, stage, platform_id, followers_source
)
SELECT segment_id, stage, platform_id, source, sum(creators)::bigint AS creators,
  sum(counted)::bigint AS counted, coalesce(sum(followers), 0)::bigint AS followers
FROM of_set {EXPLODED}
GROUP BY segment_id, stage, platform_id, source
"""  # noqa: S608 - names of ours


class _AtTheEnd:
    """The members of a segment at the end of the period."""

    def __init__(self) -> None:
        self.size = self.counted = self.followers = 0
        self.stages: dict[str, int] = defaultdict(int)
        self.platforms: dict[str, int] = defaultdict(int)
        self.provenance: dict[Source, int] = defaultdict(int)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count the members of a row of the statement."""
        self.size += row["creators"]
        self.counted += row["counted"]
        self.followers += row["followers"]
        if row["stage"] is not None:
            self.stages[row["stage"]] += row["creators"]
        if row["platform_id"] is not None:
            self.platforms[row["platform_id"]] += row["creators"]
        if row["counted"]:
            self.provenance[Source(row["source"])] += row["counted"]


def _measure(look: Look) -> dict[int, list[Found]]:
    moves = {row["segment_id"]: row for row in look.rows(_MOVES.format(stays=look.stays))}
    ends: dict[int, _AtTheEnd] = defaultdict(_AtTheEnd)
    for row in look.rows(_SHARES):
        ends[row["segment_id"]].add(row)
    names = dict(Platform.objects.values_list("key", "name"))
    whole = ends[WHOLE_BRAND].platforms
    found = {}
    for key in look.all_ids:
        end = ends[key]
        counts = {**moves.get(key, {}), "size": end.size}
        # Of the whole base, all platforms that anybody has: a row for each of theirs to stand by.
        others = ends.values() if key == WHOLE_BRAND else [end]
        seen = {*whole, *(platform for other in others for platform in other.platforms)}
        shown = {platform: name for platform, name in names.items() if platform in seen}
        found[key] = list(_rows(end, counts, shown))
    return found


def _rows(
    end: _AtTheEnd, counts: Mapping[str, int], platforms: Mapping[str, str]
) -> Iterator[Found]:
    for metric in COUNTS:
        count = counts.get(metric.key, 0)
        yield Found(
            metric=metric,
            value=count,
            n=count,
            creators=count,
            inputs={"membership": "stays in the membership ledger"},
        )
    yield _followers(end)
    for stage in Stage:
        yield _share(STAGE_SHARE, end, end.stages, (stage.value, stage.label))
    for platform in platforms.items():
        yield _share(PLATFORM_SHARE, end, end.platforms, platform)


def _followers(end: _AtTheEnd) -> Found:
    reason = "" if end.counted else "Of no member at the end of the period are followers known."
    return Found(
        metric=FOLLOWERS,
        value=end.followers if end.counted else None,
        n=end.counted,
        creators=end.counted,
        reason=reason,
        provenance=dict(end.provenance),
        inputs={
            "creators": end.counted,
            "creators_excluded": {"followers not known": end.size - end.counted},
            "membership": "at the end of the period, from the membership ledger",
        },
    )


# What a member may lack for a share: that nobody has it, and that some have not.
_LACKS = {
    STAGE_SHARE.key: ("stage is known", "stage not known"),
    PLATFORM_SHARE.key: ("accounts are known", "no account known"),
}


def _share(
    metric: Metric, end: _AtTheEnd, counts: Mapping[str, int], part: tuple[str, str]
) -> Found:
    n = sum(counts.values())
    known, missing = _LACKS[metric.key]
    key, label = part
    return Found(
        metric=metric,
        part=key,
        label=label,
        value=counts.get(key, 0) / n if n else None,
        n=n,
        creators=n,
        reason="" if n else f"At the end of the period there is no member whose {known}.",
        inputs={
            "creators": n,
            "creators_excluded": {missing: end.size - n},
            "by_part": dict(sorted(counts.items())),
            "membership": "at the end of the period, from the membership ledger",
        },
    )


MEMBERS = Family("members", "Members", (*COUNTS, FOLLOWERS, STAGE_SHARE, PLATFORM_SHARE), _measure)
