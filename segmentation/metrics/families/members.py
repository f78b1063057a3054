"""Members: how many, who came and went, how the brand stands with them, where they publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from crm.choices import Source, Stage
from crm.models import Platform
from segmentation.metrics.entries import OF_POSTS, OUR_OWN, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found
from segmentation.metrics.look import LEDGER, WHOLE_BRAND, Look
from segmentation.metrics.periods import calendar_of
from segmentation.metrics.stretches.members import Members
from segmentation.metrics.stretches.moves import Moves

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
NOT_YET = "There was no such segment in this period."

# Of segments without a member: those that were made after the period, and have no stay before its
# end either.
_MADE_LATER = """
SELECT s.id, s.created_at FROM segmentation_segment s
WHERE s.id = ANY(%(empty)s) AND s.created_at >= %(until)s AND NOT EXISTS (
  SELECT FROM segmentation_membership m WHERE m.segment_id = s.id AND m.entered_at < %(until)s)
"""


def _measure(look: Look) -> dict[int, list[Found]]:
    members, moves = look.counted.members, look.counted.moves
    made = _made_later(look, [key for key in look.segment_ids if key not in moves])
    nobody, nothing = Members(), Moves()
    names = dict(Platform.objects.values_list("key", "name"))
    whole = members.get(WHOLE_BRAND, nobody).platforms
    found = {}
    for key in look.all_ids:
        end = members.get(key, nobody)
        counts = {**vars(moves.get(key, nothing)), SIZE.key: end.size}
        # Of the whole base, all platforms that anybody has: a row for each of theirs to stand by.
        others = members.values() if key == WHOLE_BRAND else [end]
        seen = {*whole, *(platform for other in others for platform in other.platforms)}
        shown = {platform: name for platform, name in names.items() if platform in seen}
        found[key] = list(_rows(end, counts, shown, made.get(key)))
    return found


def _made_later(look: Look, unmoved: Sequence[int]) -> dict[int, date]:
    """The days on which segments were made that there were not yet. Tiers have always been."""
    members = look.counted.members
    empty = [key for key in unmoved if key not in members or not members[key].size]
    if look.stays != LEDGER or not empty:
        return {}
    day_of = calendar_of(look.brand).day_of
    rows = look.rows(_MADE_LATER, empty=empty)
    return {row["id"]: day_of(row["created_at"]) for row in rows}


def _rows(
    end: Members,
    counts: Mapping[str, int],
    platforms: Mapping[str, str],
    made_on: date | None,
) -> Iterator[Found]:
    # That nobody is in what there is not is no number of members.
    reason = "" if made_on is None else f"{NOT_YET} It was made on {made_on:%-d %B %Y}."
    for metric in COUNTS:
        count = counts[metric.key]
        yield Found(
            metric=metric,
            value=None if reason else count,
            n=count,
            creators=count,
            reason=reason,
            inputs={"membership": "stays in the membership ledger"},
        )
    yield _followers(end)
    for stage in Stage:
        yield _share(STAGE_SHARE, end, end.stages, (stage.value, stage.label))
    for platform in platforms.items():
        yield _share(PLATFORM_SHARE, end, end.platforms, platform)


def _followers(end: Members) -> Found:
    reason = "" if end.counted else "Of no member at the end of the period are followers known."
    return Found(
        metric=FOLLOWERS,
        value=end.followers if end.counted else None,
        n=end.counted,
        creators=end.counted,
        reason=reason,
        provenance={source: end.sources[source] for source in Source if end.sources[source]},
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


def _share(metric: Metric, end: Members, counts: Mapping[str, int], part: tuple[str, str]) -> Found:
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
