"""What people write below posts, from the threads that workers have scored and added up.

A comment counts where its post does: in the segments of its creator when the post was published.
What a scorer says of comments is an estimate (docs/comments.md), and the row says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from crm.choices import Source
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, Look, Tally, tallies

NO_COMMENTS = "No comments below posts of these days were taken in."
NONE_SCORED = "None of the comments below these posts is scored: {why}."
_BELOW = "below posts of the period that were published while the creator was a member"

RELEVANCE = Metric(
    key="comment_relevance",
    label="Relevant comments",
    question="How many comments are on the topic?",
    formula=(
        "comments whose words are close to those of the post or of the others below it (cosine of "
        f"TF-IDF from 0.13 on) / comments with words to compare, {_BELOW}"
    ),
    version=1,
    numerator="comments on the topic",
    denominator="comments that were classified",
    basis="comments",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=(Source.ESTIMATED,),
    source="comments",
)
SENTIMENT = Metric(
    key="sentiment",
    label="Positive comments",
    question="How many comments are positive?",
    formula=(
        "comments whose compound is from 0.05 on by VADER / comments in English, "
        f"{_BELOW}; other languages are not scored"
    ),
    version=1,
    numerator="positive comments",
    denominator="comments in languages that are scored",
    basis="comments",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=(Source.ESTIMATED,),
    source="comments",
)
DEPTH = Metric(
    key="conversation_depth",
    label="Comments with a reply",
    question="How often does a comment become a conversation?",
    formula=f"comments that another comment answers / comments, {_BELOW}",
    version=1,
    numerator="comments with a reply",
    denominator="comments",
    basis="comments",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OF_POSTS,
    source="comments",
)
METRICS = (RELEVANCE, SENTIMENT, DEPTH)
_WHY = {
    RELEVANCE: "they have no words to compare, or wait for a worker",
    SENTIMENT: "none is in English and long enough to tell, or they wait for a worker",
}

# One row of a post for each metric: what is counted, of how many.
_THREADS = """
SELECT p.creator_id, p.posted_at AS at, part.part, part.source, part.w AS n, part.y, part.w
FROM crm_commentthread t
JOIN crm_post p ON p.id = t.post_id
CROSS JOIN LATERAL (VALUES
  ('comment_relevance', 'estimated', t.relevant, t.classified),
  ('sentiment', 'estimated', t.positive, t.in_language),
  ('conversation_depth', '', t.answered, t.comments)
) AS part (part, source, y, w)
WHERE t.brand_id = %(brand)s AND part.w > 0
  AND p.posted_at >= %(start)s AND p.posted_at < %(until)s
"""


def _measure(look: Look) -> dict[int, list[Found]]:
    found = tallies(look, _THREADS)
    return {key: [_row(metric, found.get(key, {})) for metric in METRICS] for key in look.all_ids}


def _row(metric: Metric, parts: Mapping[str, Tally]) -> Found:
    tally, all_of_them = (parts.get(one.key, NO_TALLY) for one in (metric, DEPTH))
    return of_ratio(
        metric,
        tally.sums,
        n=tally.n,
        n_unit="comments",
        reason=_reason(metric, tally, all_of_them),
        provenance=tally.provenance,
        inputs={
            metric.numerator.replace(" ", "_"): round(tally.sums.y),
            "comments_counted": tally.n,
            "comments_left_out": all_of_them.n - tally.n,
            "creators": tally.sums.creators,
            "membership": "at the moment of each post, from the membership ledger",
        },
    )


def _reason(metric: Metric, tally: Tally, all_of_them: Tally) -> str:
    if not all_of_them.n:
        return NO_COMMENTS
    if not tally.n:
        return NONE_SCORED.format(why=_WHY[metric])
    return too_few(metric, tally.sums.creators, "comments")


TALK = Family("talk", "What people write", METRICS, _measure)
