"""Share of voice: of all posts that name the brand or a competitor, how many name the brand."""

from __future__ import annotations

import re

from campaigns.models import Competitor
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, Look, Tally, tallies

SHARE_OF_VOICE = Metric(
    key="share_of_voice",
    label="Share of voice",
    question="Of all mentions of the brand and its competitors, how many are ours?",
    formula=(
        "posts whose title or caption names the brand / those + posts that name a competitor, a "
        "post that names several counting for each; posts of the period that were published while "
        "the creator was a member"
    ),
    version=1,
    numerator="mentions of the brand",
    denominator="mentions of the brand and of its competitors",
    basis="mentions",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OF_POSTS,
    source="titles and captions of posts, by names of the brand and its competitors",
)

_MENTIONS = """
SELECT named.creator_id, named.at, '' AS part, named.source, named.ours + named.theirs AS n,
  named.ours AS y, named.ours + named.theirs AS w
FROM (
  SELECT p.creator_id, p.posted_at AS at, p.metrics_source AS source,
    (p.caption ~* %(us)s OR p.title ~* %(us)s)::int AS ours,
    (SELECT count(*) FROM unnest(%(them)s::text[]) one
     WHERE p.caption ~* one OR p.title ~* one)::int AS theirs
  FROM crm_post p
  WHERE p.posted_at >= %(start)s AND p.posted_at < %(until)s
    AND p.creator_id IN (SELECT r.creator_id FROM crm_relationship r WHERE r.brand_id = %(brand)s)
    AND (p.caption ~* %(any)s OR p.title ~* %(any)s)
) named
WHERE named.ours + named.theirs > 0
"""


def _measure(look: Look) -> dict[int, list[Found]]:
    rivals = list(Competitor.objects.filter(brand=look.brand).values_list("handles", flat=True))
    if not rivals:
        why = "The brand has named no competitors: there is nothing to take a share of."
        return {key: [Found(metric=SHARE_OF_VOICE, reason=why)] for key in look.all_ids}
    ours = {look.brand.name, look.brand.slug}
    found = tallies(
        look,
        _MENTIONS,
        us=_pattern(ours),
        them=[_pattern(handles) for handles in rivals],
        any=_pattern(ours.union(*rivals)),
    )
    return {key: [_row(found.get(key, {}).get("", NO_TALLY))] for key in look.all_ids}


def _pattern(words: set[str] | list[str]) -> str:
    """A regular expression of PostgreSQL for any of the words, whole."""
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return rf"(^|[^[:alnum:]_])({either})($|[^[:alnum:]_])"


def _row(tally: Tally) -> Found:
    creators = tally.sums.creators
    return of_ratio(
        SHARE_OF_VOICE,
        tally.sums,
        n=tally.n,
        n_unit="mentions",
        reason=too_few(SHARE_OF_VOICE, creators, "mentions in posts"),
        provenance=tally.provenance,
        inputs={
            "mentions_of_the_brand": round(tally.sums.y),
            "mentions_of_competitors": round(tally.sums.w - tally.sums.y),
            "creators": creators,
            "membership": "at the moment of each post, from the membership ledger",
        },
    )


VOICE = Family("voice", "Voice", (SHARE_OF_VOICE,), _measure)
