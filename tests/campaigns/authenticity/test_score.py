"""From signs to a score, who comments again and again, pods, and bare accounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from campaigns.authenticity.account import Account, Count
from campaigns.authenticity.bare import bare, points
from campaigns.authenticity.commenters import Commenters, Group, Tie, groups, pod, repeated
from campaigns.authenticity.score import Sign, score
from campaigns.authenticity.score import standard as weights
from campaigns.authenticity.thresholds import KEYS, OF_COMMENTS, standard

ON = date(2026, 11, 15)
LIMITS = standard()


def test_weights_are_of_signs_and_not_of_vendors() -> None:
    assert set(weights().weights) == {*KEYS, *OF_COMMENTS} - {"audience_quality"}


@pytest.mark.parametrize(
    ("excess", "expected"), [(0.001, 100), (0.5, 100), (1, 50), (2**0.5, 25), (2, 0), (100, 0)]
)
def test_points(excess: float, expected: float) -> None:
    assert points(excess) == pytest.approx(expected)


def test_a_score_is_the_mean_of_what_can_be_told() -> None:
    signs = [
        Sign("growth_spike", 1),
        Sign("rate_low", 0.1),
        Sign("comment_ratio", 3),
        Sign("country_mismatch", None),
        Sign("audience_quality", 9),
    ]
    found = score(signs, weights())
    # 50 x 20, 100 x 15, 0 x 15 of a weight of 50.
    assert found.score == Decimal("50.0")
    assert found.known == pytest.approx(50 / 120)
    assert sum(part.adds for part in found.parts if part.adds is not None) == pytest.approx(50)
    explained = [Sign("growth_spike", 1, is_explained=True), *signs[1:], Sign("bare_account", 0.1)]
    assert score(explained, weights()).score == Decimal("66.7")
    assert score(signs[:2], weights()).score is None
    # Three signs of little weight are too little.
    light = [Sign("mass_following", 0.1), Sign("rate_high", 0.1), Sign("country_mismatch", 0.1)]
    assert score(light, weights()).score is None


def test_regulars() -> None:
    unknown = repeated(None, LIMITS)
    assert (unknown.state, unknown.excess) == ("unknown", None)
    assert repeated(Commenters(4, 300, 80, 5, 100), LIMITS).state == "unknown"
    found = repeated(Commenters(12, 200, 80, 6, 90, ON), LIMITS)
    assert (found.state, found.on) == ("raised", ON)
    assert found.value == (
        "6 of 80 writers are regulars, who wrote 90 of 200 comments (45%) below 12 posts"
    )
    assert found.excess == pytest.approx(1.125)
    assert repeated(Commenters(12, 200, 80, 6, 70), LIMITS).state == "clear"


def test_accounts_that_hang_together() -> None:
    found = groups([Tie(1, 2, 2, 3), Tie(2, 3, writers=6), Tie(8, 9, 2, 2)])
    assert found[1] == found[2] == found[3] == Group(accounts=3, ties=2, mutual=5, writers=6)
    assert found[9] == Group(accounts=2, ties=1, mutual=4, writers=0)
    assert pod(found[3], LIMITS, is_told=True).state == "raised"
    pair = pod(found[9], LIMITS, is_told=True)
    assert (pair.state, pair.excess) == ("clear", pytest.approx(0.667))
    assert pod(None, LIMITS, is_told=True).state == "clear"
    assert pod(None, LIMITS, is_told=False).state == "unknown"


def test_a_bare_account() -> None:
    def account(followers: int, following: int, posts: int | None, handle: str) -> Account:
        counts = (Count(ON, followers),)
        return Account(
            "instagram", ON, counts, following=following, posts_count=posts, handle=handle
        )

    found = bare(account(20, 2_000, 0, "user7423"), LIMITS)
    assert (found.state, found.excess) == ("raised", 2)
    assert found.value == (
        "follows 2,000, has 20 followers; 0 posts in all; 4 of 8 characters of the handle are "
        "digits: 0 of 100 points"
    )
    assert bare(account(20_000, 900, 400, "annaholm"), LIMITS).excess == 0.5
    # Nobody on either side says nothing: only posts and the handle count.
    nothing = bare(account(0, 0, 0, "annaholm"), LIMITS)
    assert nothing.value.endswith("characters of the handle are digits: 33 of 100 points")
    assert bare(account(0, 0, None, "annaholm"), LIMITS).state == "unknown"
    # Half of the weight at least: the handle alone is too little.
    assert bare(Account("instagram", ON, handle="user7423"), LIMITS).state == "unknown"
