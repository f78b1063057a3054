"""What people write below posts, from the threads that workers have scored and added up.

A comment counts where its post does: in the segments of its creator when the post was published.
What a scorer says of comments is an estimate (docs/comments.md), and the row says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from crm.choices import Source
from segmentation.metrics.entries import OF_POSTS, Better, Method, Metric, Unit
from segmentation.metrics.family import Family
from segmentation.metrics.found import Found, of_ratio, too_few
from segmentation.metrics.look import NO_TALLY, WINDOWS, Look, Tally, tallies
from segmentation.metrics.statistics import LEVELS, Interval, interval_ranks

NO_COMMENTS = "No comments below posts of these days were taken in."
NOT_COUNTED = "The words of the comments below these posts wait to be counted by a worker."
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
BALANCE = Metric(
    key="sentiment_balance",
    label="Positive less negative comments",
    question="Do more comments praise than complain?",
    formula=(
        "(comments whose compound is from 0.05 on - comments whose compound is up to -0.05 by "
        f"VADER) / comments in English, {_BELOW}; other languages are not scored"
    ),
    version=1,
    numerator="positive less negative comments",
    denominator="comments in languages that are scored",
    basis="comments",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.BALANCE,
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
REPLIES = Metric(
    key="replies_per_comment",
    label="Replies for each comment",
    question="How long do conversations go on?",
    formula=f"comments that answer another one / comments that answer none, {_BELOW}",
    version=1,
    numerator="replies",
    denominator="comments that answer none",
    basis="first comments",
    unit=Unit.REPLIES,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.EVENT_RATE,
    accepts=OF_POSTS,
    source="comments",
)
WORDS = Metric(
    key="comment_words_median",
    label="Words of a comment, median",
    question="How much do people have to say?",
    formula=f"median over creators of the median words of a creator's comments, {_BELOW}",
    version=1,
    numerator="words",
    basis="comments",
    unit=Unit.WORDS,
    better=Better.HIGHER,
    minimum_n=6,
    method=Method.ORDER,
    accepts=OF_POSTS,
    source="comments",
)
METRICS = (RELEVANCE, SENTIMENT, BALANCE, DEPTH, REPLIES, WORDS)
_NO_MOOD = "none is in English and long enough to tell, or they wait for a worker"
_WHY = {
    RELEVANCE: "they have no words to compare, or wait for a worker",
    SENTIMENT: _NO_MOOD,
    BALANCE: _NO_MOOD,
}

# One row of a post for each metric: what is counted, of how many.
_THREADS = """
SELECT p.creator_id, p.posted_at AS at, part.part, part.source, part.w AS n, part.y, part.w
FROM crm_commentthread t
JOIN crm_post p ON p.id = t.post_id
CROSS JOIN LATERAL (VALUES
  ('comment_relevance', 'estimated', t.relevant, t.classified),
  ('sentiment', 'estimated', t.positive, t.in_language),
  ('sentiment_balance', 'estimated', t.positive - t.negative, t.in_language),
  ('conversation_depth', '', t.answered, t.comments),
  ('replies_per_comment', '', t.replies, t.comments - t.replies)
) AS part (part, source, y, w)
WHERE t.brand_id = %(brand)s AND part.w > 0
  AND p.posted_at >= %(start)s AND p.posted_at < %(until)s
"""

# The words of comments are counted when they are scored, and kept when the words themselves go.
_WORDS = f"""
SELECT any_value(w.segments) AS segments, count(*) AS comments,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY s.words) AS words
FROM crm_postcomment c
JOIN crm_commentscore s ON s.comment_id = c.id
JOIN crm_post p ON p.id = c.post_id
JOIN {WINDOWS} w
  ON w.creator_id = p.creator_id AND p.posted_at >= w.since AND p.posted_at < w.until
WHERE c.brand_id = %(brand)s AND p.posted_at >= %(start)s AND p.posted_at < %(until)s
GROUP BY w.unit
"""  # noqa: S608 - a name of ours


def _measure(look: Look) -> dict[int, list[Found]]:
    found = tallies(look, _THREADS)
    words = _words(look) if found else {}
    return {
        key: [
            *(_row(metric, found.get(key, {})) for metric in METRICS if metric is not WORDS),
            _typical(words.get(key, []), found.get(key, {})),
        ]
        for key in look.all_ids
    }


def _words(look: Look) -> dict[int, list[tuple[float, int]]]:
    """By segment, for each creator: the median words of a comment, and of how many comments."""
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for row in look.rows(_WORDS):
        for segment in look.segments_of(row["segments"]):
            found[segment].append((row["words"], row["comments"]))
    return found


def _typical(of_creators: Sequence[tuple[float, int]], parts: Mapping[str, Tally]) -> Found:
    values = sorted(words for words, _ in of_creators)
    creators, comments = len(values), sum(count for _, count in of_creators)
    there = parts.get(DEPTH.key, NO_TALLY).n
    reason = too_few(WORDS, creators, "comments whose words were counted")
    if not comments:
        reason = NOT_COUNTED if there else NO_COMMENTS
    wide, narrow = (None, None) if reason else (_ranked(values, level) for level in LEVELS)
    return Found(
        metric=WORDS,
        value=None if reason else median(values),
        n=comments,
        n_unit="comments",
        creators=creators,
        reason=reason,
        wide=wide,
        narrow=narrow,
        inputs={
            "comments_counted": comments,
            "comments_left_out": there - comments,
            "creators": creators,
            "membership": "at the moment of each post, from the membership ledger",
        },
    )


def _ranked(values: Sequence[float], level: float) -> Interval | None:
    ranks = interval_ranks(len(values), level)
    return ranks and Interval(level, values[ranks[0] - 1], values[ranks[1] - 1])


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
