"""Claims against made-up outcomes: holds, fails, cannot be told; always with the reason."""

from __future__ import annotations

from math import ceil, log

import pytest

from crm.models import Tier
from segmentation.models import ClaimTrial
from segmentation.services.claim_verdicts import judge
from segmentation.services.claims import Outcomes, claims
from tests.rest import assert_problem, rest_as

CLAIMS = {claim.key: claim for claim in claims()}
TIERS = [
    Tier(pk=1, key="nano", name="Nano", low=500, high=1_000),
    Tier(pk=2, key="micro", name="Micro", low=1_000, high=5_000),
    Tier(pk=3, key="macro", name="Macro", low=10_000, high=25_000),
]


def outcomes(**rates):
    """Forty creators a tier with ten posts each; half have a tenth more, half a tenth less."""
    by_key = {tier.key: tier.pk for tier in TIERS}
    events = {by_key[key]: [11 * rate, 9 * rate] * 20 for key, rate in rates.items()}
    return Outcomes(events, {tier: [10.0] * 40 for tier in events})


def verdict(key, **rates):
    found = judge(CLAIMS[key], TIERS, outcomes(**rates))
    return found["verdict"], found["words"]


@pytest.mark.parametrize(
    ("micro", "expected", "begins"),
    [
        (0.045, "holds", "Holds here: Micro creators have 50 % more"),
        (0.060, "holds", "Holds here, and by more than 60%"),
        (0.020, "fails", "Does not hold here, it is the other way round"),
        (0.030, "open", "Cannot be told here"),
    ],
)
def test_up_to_sixty_percent_more(micro, expected, begins):
    found, words = verdict("micro_engages_60", micro=micro, macro=0.03)
    assert found == expected
    assert words.startswith(begins)
    assert "19 times of 20" in words


@pytest.mark.parametrize(
    ("micro", "expected"), [(0.04, "holds"), (0.031, "fails"), (0.036, "open")]
)
def test_at_least_twenty_percent_more(micro, expected):
    assert verdict("micro_converts_20", micro=micro, macro=0.03)[0] == expected


def test_an_open_claim_says_what_it_would_take():
    found = judge(CLAIMS["micro_engages_60"], TIERS, outcomes(micro=0.03, macro=0.03))
    assert found["needs"].startswith("What is seen lies too near")
    assert found["low"] < 1 < found["high"]
    found = judge(CLAIMS["micro_engages_60"], TIERS, outcomes(micro=0.0305, macro=0.03))
    narrower = log(found["high"] / found["low"]) / 2 / log(found["ratio"])
    assert found["needs"] == (
        f"About {ceil(40 * narrower**2)} creators in the smaller of the tiers, where there are 40. "
        "That is if the difference stays as it is here."
    )


def test_too_few_creators_give_no_verdict():
    few = Outcomes({2: [0.4] * 4, 3: [0.3] * 40}, {2: [10.0] * 4, 3: [10.0] * 40})
    found = judge(CLAIMS["micro_engages_60"], TIERS, few)
    assert found["verdict"] == "open"
    assert found["why"] == "Micro: 4 of at least 5 creators have an outcome."
    assert found["ratio"] is None
    nothing = judge(CLAIMS["micro_converts_20"], TIERS, Outcomes({}, {}))
    assert nothing["needs"] == (
        "Links, clicks and conversions of at least 5 creators in each tier."
    )


def test_a_scheme_without_the_tiers_tries_nothing():
    found = judge(CLAIMS["micro_engages_60"], TIERS[:1], outcomes(nano=0.03))
    assert found["verdict"] == "untried"
    assert "“micro” and “macro”" in found["why"]


@pytest.mark.parametrize(("rate", "expected"), [(0.05, "holds"), (0.04, "fails"), (0.06, "fails")])
def test_a_level(rate, expected):
    assert verdict("micro_rate_5", micro=rate)[0] == expected


def test_order_of_tiers():
    falling = {"nano": 0.06, "micro": 0.05, "macro": 0.03}
    assert verdict("rate_falls", **falling)[0] == "holds"
    assert verdict("micro_is_best", **falling)[0] == "fails"
    peak = {"nano": 0.04, "micro": 0.05, "macro": 0.03}
    assert verdict("micro_is_best", **peak)[0] == "holds"
    found, words = verdict("rate_falls", **peak)
    assert found == "fails"
    assert words == (
        "Does not hold here: it is so between Micro and Macro; the other way round between Nano "
        "and Micro."
    )
    assert verdict("rate_falls", nano=0.05, micro=0.05)[0] == "open"


def test_the_highest_of_all_sizes_is_not_told_by_some_of_them():
    found = judge(CLAIMS["micro_is_best"], TIERS, outcomes(micro=0.05, macro=0.03))
    assert found["verdict"] == "open"
    assert found["why"] == "Nothing can be said of Nano: too few creators."
    assert found["needs"] == "Posts with counts of at least 5 creators in Nano."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "at", "code"),
    [
        ({"scheme": "nothing"}, "/scheme", "unknown_scheme"),
        ({"first_period": "2026Q9"}, "/first_period", "bad_period"),
        ({"period": "2026Q9"}, "/period", "bad_period"),
        ({"period": "2025Q1"}, "/period", "bad_period"),
        ({"first_period": "2019Q1"}, "/period", "bad_period"),
    ],
)
def test_a_trial_that_cannot_be_is_refused_with_its_place(brand, analyst, wrong, at, code):
    asked = {"scheme": "harvard_media", "first_period": "2025Q4", "period": "2026Q3"}
    answer = rest_as(analyst, brand).send("POST", "claim-trials/", asked | wrong)
    assert_problem(answer, 400, code, at=at)
    assert not ClaimTrial.objects.exists()
