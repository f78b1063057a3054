"""Whether an account looks made to follow others: it follows many and has hardly anything."""

from __future__ import annotations

from math import log2, log10

from campaigns.authenticity.account import CLEAR, RAISED, UNKNOWN, Account, Seen
from campaigns.authenticity.thresholds import Thresholds

_HALF = 50
_ALL = 100


def points(far: float) -> float:
    """From how far a number went towards its threshold to points.

    All points at half of it or less, 50 on it, none at twice it.
    """
    return min(max(_HALF - _HALF * log2(max(far, 1e-9)), 0.0), float(_ALL))


def bare(known: Account, limits: Thresholds) -> Seen:
    """Three things by weight; raised below half of all points."""
    form = limits.given["bare_account"]
    source = str(form["source"])
    parts: list[tuple[str, float]] = []
    words = []
    if known.following is not None and known.followers is not None:
        words.append(f"follows {known.following:,}, has {known.followers:,} followers")
        # Nobody on either side: how many it follows for each follower cannot be told.
        if known.following or known.followers:
            times = known.following / max(known.followers, 1)
            parts.append(("ratio", points(times / form["ratio"])))
    if known.posts_count is not None:
        reached = log10(1 + known.posts_count) / log10(1 + form["posts"])
        parts.append(("posts", min(_ALL * reached, _ALL)))
        words.append(f"{known.posts_count:,} post{'s'[: known.posts_count != 1]} in all")
    if known.handle:
        digits = sum(sign.isdigit() for sign in known.handle)
        parts.append(("digits", points(digits / len(known.handle) / form["digits"])))
        words.append(f"{digits} of {len(known.handle)} characters of the handle are digits")
    weights = form["weights"]
    weight = sum(weights[key] for key, _points in parts)
    if weight * 2 < sum(weights.values()) or parts == []:
        why = "How many it follows for each follower and how often it has posted cannot be told."
        return Seen("bare_account", UNKNOWN, why, "", source)
    got = sum(weights[key] * value for key, value in parts) / weight
    value = f"{'; '.join(words)}: {got:.0f} of {_ALL} points"
    state = RAISED if got < _HALF else CLEAR
    # So that a threshold means the same here as elsewhere.
    far = round(2 ** ((_HALF - got) / _HALF), 3)
    return Seen(
        "bare_account", state, value, f"below {_HALF} points", source, known.following_on, far
    )
