"""Signs in what people do with the posts: far from what is usual, or out of proportion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from campaigns.authenticity.account import (
    CLEAR,
    RAISED,
    UNKNOWN,
    Account,
    PostSeen,
    Seen,
    at_ease,
    excess,
)
from campaigns.authenticity.thresholds import Thresholds

_TENTH, _HUNDREDTH = 0.1, 0.01


def rate(known: Account, limits: Thresholds) -> tuple[Seen, Seen]:
    """Whether people react far more, or far less, than is usual for this platform and size."""
    band = limits.rates.get(known.platform)
    if band is None:
        why = f"No usual rate is published for {known.platform}."
        return _both(UNKNOWN, why, "", "")
    if known.followers is None:
        return _both(UNKNOWN, "The number of followers is not known.", "", band.source)
    found = _rate(known, band.per, limits)
    if found is None:
        least = limits.given["rate"]["posts_min"]
        why = f"Fewer than {least} posts have counts, and no source states averages."
        return _both(UNKNOWN, why, "", band.source)
    value, words, on = found
    usual = band.of(known.followers)
    said = f"{_percent(value)} of {band.per} react: {words}"
    high, low = value > usual.high, value < usual.low
    above, below = f"above {_percent(usual.high)}", f"below {_percent(usual.low)}"
    far_up, far_down = excess(value, usual.high), excess(usual.low, value)
    return (
        Seen("rate_high", _state(high), said, above, band.source, on, far_up),
        Seen("rate_low", _state(low), said, below, band.source, on, far_down),
    )


def comments(known: Account, limits: Thresholds) -> Seen:
    """Whether there are far fewer, or far more, comments than likes let expect."""
    form, band = limits.given["comment_ratio"], limits.comments.get(known.platform)
    source = str(form["source"])

    def seen(
        state: str,
        value: str,
        threshold: str = "",
        on: date | None = None,
        far: float | None = None,
    ) -> Seen:
        return Seen("comment_ratio", state, value, threshold, source, on, far)

    if band is None:
        return seen(UNKNOWN, f"No usual proportion is known for {known.platform}.")
    posts = [
        (post.likes, post.comments, post.on)
        for post in known.posts[-limits.given["rate"]["posts"] :]
        if post.likes is not None and post.comments is not None
    ]
    if len(posts) < form["posts_min"]:
        return seen(UNKNOWN, f"Likes and comments are known of {_posts(len(posts))} only.")
    likes, said = sum(row[0] for row in posts), sum(row[1] for row in posts)
    if likes < form["likes_min"]:
        return seen(UNKNOWN, f"{likes:,} likes are too few to compare with.")
    ratio = said / likes
    threshold = f"below {_percent(band.low)} or above {_percent(band.high)}"
    noun = "comment" if said == 1 else "comments"
    share = f"{said:,} {noun} for {likes:,} likes ({_percent(ratio)})"
    words = f"{share} on {_posts(len(posts))}"
    is_out = not band.low <= ratio <= band.high
    far = max(excess(ratio, band.high), excess(band.low, ratio))
    return seen(_state(is_out), words, threshold, posts[-1][2], far)


def drift(known: Account, limits: Thresholds) -> Seen:
    """Whether those who react became fewer while followers did not."""
    form = limits.given["rate_drift"]
    source = str(form["source"])

    def seen(
        state: str,
        value: str,
        threshold: str = "",
        on: date | None = None,
        far: float | None = None,
    ) -> Seen:
        return Seen("rate_drift", state, value, threshold, source, on, far)

    since = known.on - timedelta(days=form["days"])
    first = since - timedelta(days=form["before_days"])
    now = [post for post in known.posts if post.on > since]
    before = [post for post in known.posts if first < post.on <= since]
    mine, theirs = _interactions(now), _interactions(before)
    if min(len(mine), len(theirs)) < form["posts_min"]:
        return seen(
            UNKNOWN,
            f"{_posts(len(mine))} with counts in {form['days']} days and {len(theirs)} before: "
            f"at least {form['posts_min']} each are needed.",
        )
    # Of the counts nearest to the two periods' ends.
    counts_now = [count for count in known.counts if count.on > since]
    counts_before = [count for count in known.counts if first < count.on <= since]
    if not counts_now or not counts_before:
        return seen(UNKNOWN, "Followers are not known of both periods.")
    latest, earlier = counts_now[-1].followers, counts_before[-1].followers
    if not latest or not earlier or not median(theirs):
        return seen(UNKNOWN, "There is nothing to divide by.")
    kept = (median(mine) / latest) / (median(theirs) / earlier)
    words = (
        f"{median(mine):,.0f} reactions for a middle post of {len(mine)} in {form['days']} days, "
        f"{median(theirs):,.0f} of {len(theirs)} before; followers from {earlier:,} to {latest:,}"
    )
    threshold = f"to {form['falls_to']:.0%} or less of the rate before, with no fewer followers"
    is_out = kept <= form["falls_to"] and latest >= earlier
    far = excess(form["falls_to"], kept)
    far = far if latest >= earlier else at_ease(far)
    return seen(_state(is_out), words, threshold, now[-1].on, far)


def _rate(known: Account, per: str, limits: Thresholds) -> tuple[float, str, date | None] | None:
    form = limits.given["rate"]
    values = [
        (value, post.on) for post in known.posts if (value := _of(post, per, known)) is not None
    ][-form["posts"] :]
    if len(values) >= form["posts_min"]:
        middle = median(value for value, _on in values)
        return middle, f"the middle of {_posts(len(values))}", values[-1][1]
    stated = known.avg_likes
    basis = known.followers if per == "followers" else known.avg_views
    if stated is None or not basis:
        return None
    total = stated + (known.avg_comments or 0)
    return total / basis, "averages as the source states them", known.averages_on


def _of(post: PostSeen, per: str, known: Account) -> float | None:
    basis = post.views if per == "views" else (post.followers_then or known.followers)
    reactions = post.interactions
    return None if reactions is None or not basis else reactions / basis


def _interactions(posts: Sequence[PostSeen]) -> list[int]:
    return [reactions for post in posts if (reactions := post.interactions) is not None]


def _both(state: str, value: str, threshold: str, source: str) -> tuple[Seen, Seen]:
    return (
        Seen("rate_high", state, value, threshold, source),
        Seen("rate_low", state, value, threshold, source),
    )


def _state(is_out: bool) -> str:
    return RAISED if is_out else CLEAR


def _posts(number: int) -> str:
    return f"{number} post{'s'[: number != 1]}"


def _percent(share: float) -> str:
    """Two significant digits at least: 0.25 %, 4.8 %, 30 %."""
    digits = 0 if share >= _TENTH else 1 if share >= _HUNDREDTH else 2
    return f"{share * 100:.{digits}f} %"
