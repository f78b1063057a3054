"""Intervals that cover what they say, tests that cry wolf as rarely as they say, and words."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats
from scipy.special import stdtrit

from campaigns.experiments.analysis import analyse
from campaigns.experiments.jackknife import TooLittle, difference, log_rate
from campaigns.experiments.results import Outcome, Plan, PlanRefused, Reading
from campaigns.experiments.sequential import anytime
from campaigns.experiments.words import in_words


def outcomes(arm, rows, stratum=""):
    return [
        Outcome(f"{arm}{number}", arm, events, weight, stratum)
        for number, (events, weight) in enumerate(rows)
    ]


def drawn(chance, creators, *, clicks, between, lift=1.0, rate=0.03):
    """Conversions and clicks of made-up creators: both differ from one to the next."""
    weight = np.ceil(200 * chance.lognormal(-clicks * clicks / 2, clicks, creators))
    own = rate * lift * chance.lognormal(-between * between / 2, between, creators)
    return chance.poisson(weight * own).tolist(), weight.tolist()


def test_one_arm_by_hand():
    # Means of creators 1..5: rate 3; without each: 14/4, 13/4, 12/4, 11/4, 10/4.
    found = log_rate([1.0, 2, 3, 4, 5], [1.0] * 5)
    logs = [log(total / 4) for total in (14, 13, 12, 11, 10)]
    mean = sum(logs) / 5
    assert found.value == pytest.approx(log(3))
    assert found.variance == pytest.approx(4 / 5 * sum((each - mean) ** 2 for each in logs))
    assert (found.creators, found.effective) == (5, pytest.approx(5))


def test_creators_with_most_of_the_clicks_count_as_few():
    found = log_rate([30.0, 1, 1, 1, 1, 1], [95.0, 1, 1, 1, 1, 1])
    assert (found.creators, found.effective) == (6, pytest.approx(1 / (0.95**2 + 5 * 0.01**2)))


def test_difference_by_hand():
    one = log_rate([1.0, 2, 3, 4, 5], [1.0] * 5)
    other = log_rate([2.0, 2, 2, 2, 2, 3], [1.0] * 6)
    found = difference(other, one)
    assert found.value == pytest.approx(log(13 / 6 / 3))
    assert found.variance == pytest.approx(one.variance + other.variance)
    assert found.freedom == pytest.approx(
        found.variance**2 / (one.variance**2 / 4 + other.variance**2 / 5)
    )


@pytest.mark.parametrize(
    ("events", "missing"),
    [
        ([1, 2, 3, 4], "4 of at least 5 creators have an outcome"),
        ([0, 0, 0, 0, 0], "nothing was counted"),
        ([0, 0, 9, 0, 0], "all that was counted is of one creator"),
    ],
)
def test_too_little_for_an_interval(events, missing):
    with pytest.raises(TooLittle, match=missing):
        log_rate(events, [1.0] * len(events))


def test_one_creator_with_all_the_clicks_is_too_little():
    with pytest.raises(TooLittle, match="all that it is counted on is of one creator"):
        log_rate([9.0, 1, 1, 1, 1], [1e20, 1, 1, 1, 1])


@pytest.mark.parametrize("creators", [10, 50, 500])
@pytest.mark.parametrize(
    ("clicks", "between"),
    [(0.0, 0.6), (1.0, 0.6), (0.7, 0.4), (1.0, 0.0)],
    ids=["same clicks", "unequal clicks", "milder", "creators alike"],
)
def test_the_interval_covers_what_it_says(creators, clicks, between):
    """Within 2 points of nominal, for 10, 50 and 500 creators in each arm and a true lift."""
    chance = np.random.default_rng(2026 + creators)
    rounds, lift, freedom, errors = 3_000, 1.3, [], []
    for _ in range(rounds):
        control = log_rate(*drawn(chance, creators, clicks=clicks, between=between))
        treated = log_rate(*drawn(chance, creators, clicks=clicks, between=between, lift=lift))
        apart = difference(treated, control)
        freedom.append(apart.freedom)
        errors.append(abs(apart.value - log(lift)) / sqrt(apart.variance))
    for level in (0.80, 0.95):
        covered = np.array(errors) <= stdtrit(np.array(freedom), 0.5 + level / 2)
        assert covered.mean() == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize("creators", [10, 50, 500])
@pytest.mark.parametrize(("clicks", "between"), [(0.0, 0.6), (0.7, 0.6), (0.7, 0.4)])
def test_the_interval_of_a_single_rate_covers_what_it_says(creators, clicks, between):
    chance = np.random.default_rng(2027 + creators)
    rounds = 3_000
    found = [
        log_rate(*drawn(chance, creators, clicks=clicks, between=between)) for _ in range(rounds)
    ]
    errors = np.array([abs(each.value - log(0.03)) / sqrt(each.variance) for each in found])
    freedom = np.array([each.effective - 1 for each in found])
    for level in (0.80, 0.95):
        covered = errors <= stdtrit(freedom, 0.5 + level / 2)
        assert covered.mean() == pytest.approx(level, abs=0.02)


def test_counting_clicks_cries_wolf_and_counting_creators_does_not():
    chance = np.random.default_rng(11)
    rounds, by_click, by_creator, by_chance = 400, 0, 0, 0
    for number in range(rounds):
        arms = [drawn(chance, 20, clicks=0.5, between=0.6) for _ in range(2)]
        (a, m), (b, n) = [(sum(events), sum(weight)) for events, weight in arms]
        both = (a + b) / (m + n)
        z = (a / m - b / n) / sqrt(both * (1 - both) * (1 / m + 1 / n))
        by_click += abs(z) > 1.96
        rows = [
            *outcomes("a", zip(*arms[0], strict=True)),
            *outcomes("b", zip(*arms[1], strict=True)),
        ]
        [found] = analyse(rows, Plan("a", seed=str(number))).comparisons
        by_creator += found.is_decided
        by_chance += found.by_chance <= 0.05
    assert by_click / rounds > 0.25
    assert by_creator / rounds == pytest.approx(0.05, abs=0.02)
    assert by_chance / rounds == pytest.approx(0.05, abs=0.025)


def alarms(chance, rounds, reads):
    """Experiments without any difference, looked at 20 times while creators join in pairs."""
    found = dict.fromkeys(reads, 0)
    for _ in range(rounds):
        events = chance.gamma(2.5, 1.0, (2, 400)).tolist()
        crossed = set()
        for look in range(1, 21):
            one = [1.0] * 20 * look
            apart = difference(*(log_rate(arm[: 20 * look], one) for arm in events))
            z = abs(apart.value) / sqrt(apart.variance)
            crossed |= {key for key, width in reads.items() if z > width(apart.variance)}
        for key in crossed:
            found[key] += 1
    return {key: count / rounds for key, count in found.items()}


def test_looking_often_is_safe_only_where_it_was_planned_for():
    found = alarms(
        np.random.default_rng(5),
        1_500,
        {
            "plain": lambda _: 1.96,
            Reading.PLANNED: lambda _: 2.672,
            Reading.ANYTIME: lambda variance: anytime(variance, 0.95, log(1.2)),
        },
    )
    assert found["plain"] == pytest.approx(0.248, abs=0.03)
    assert found[Reading.PLANNED] == pytest.approx(0.05, abs=0.015)
    assert found[Reading.ANYTIME] <= 0.05


def test_anytime_by_hand():
    # v = t^2: sqrt(2 x (2 log 20 + log 2)).
    assert anytime(0.04, 0.95, 0.2) == pytest.approx(sqrt(2 * (2 * log(20) + log(2))))


ROWS = [
    *outcomes("control", [(4, 100), (6, 100), (5, 100), (5, 100), (4, 100), (6, 100)], "nano"),
    *outcomes("teach", [(9, 100), (10, 100), (11, 100), (10, 100), (9, 100), (11, 100)], "nano"),
]


def test_a_result_with_exact_numbers():
    found = analyse(ROWS, Plan("control"))
    assert found.arms["teach"].rate == pytest.approx(0.10)
    assert (found.arms["teach"].creators, found.arms["teach"].unknown) == (6, 0)
    [comparison] = found.comparisons
    assert comparison.lift == pytest.approx(1.0)
    rates = [log_rate(e, [100.0] * 6) for e in ([9.0, 10, 11, 10, 9, 11], [4.0, 6, 5, 5, 4, 6])]
    apart = difference(*rates)
    half = stats.t(apart.freedom).ppf(0.975) * sqrt(apart.variance)
    assert comparison.interval.low == pytest.approx(2 * exp(-half) - 1)
    assert comparison.interval.high == pytest.approx(2 * exp(half) - 1)
    # Of 924 ways to deal 6 of 12, 2 set them so far apart.
    assert comparison.by_chance == pytest.approx(2 / 924, abs=0.0015)
    assert found.method.startswith("ratio of rates by arm; delete-one-creator jackknife")
    arm = stats.t(5, rates[0].value, sqrt(rates[0].variance)).interval(0.95)
    shown = found.arms["teach"].interval
    assert (log(shown.low), log(shown.high)) == (pytest.approx(arm[0]), pytest.approx(arm[1]))
    assert analyse(ROWS, Plan("control")) == found
    seen, verdict = in_words(found)
    assert seen == (
        "teach brought 100 % more than control (6 and 6 creators); the difference lies between "
        "65 % more and 142 % more, by a method that is right in 95 of 100 experiments."
    )
    assert verdict == "teach does better than control."


def test_strata_are_shuffled_within():
    # All of one arm are in one stratum, all of the other in the other: nothing can be shuffled.
    apart = [Outcome(each.creator, each.arm, each.events, each.weight, each.arm) for each in ROWS]
    assert analyse(apart, Plan("control")).comparisons[0].by_chance is None


def test_looking_more_than_once_makes_the_interval_wider():
    once = analyse(ROWS, Plan("control")).comparisons[0].interval
    planned = analyse(ROWS, Plan("control", reading=Reading.PLANNED, looks=5), look=2)
    anytime_ = analyse(ROWS, Plan("control", reading=Reading.ANYTIME))
    for found in (planned, anytime_):
        assert found.comparisons[0].interval.low < once.low
        assert found.comparisons[0].interval.high > once.high
        assert found.comparisons[0].by_chance is None
    assert planned.method.endswith("Pocock's boundary for 5 looks")
    assert anytime_.method.endswith("always valid (mSPRT), narrowest at a difference of 20 %")


def test_several_arms_share_the_doubt():
    third = outcomes("sing", [(5, 100), (6, 100), (4, 100), (5, 100), (6, 100), (4, 100)])
    found = analyse([*ROWS, *third], Plan("control"))
    assert found.method.endswith("Bonferroni for 2 comparisons")
    alone = analyse(ROWS, Plan("control")).comparisons[0].interval
    assert found.comparisons[0].interval.low < alone.low
    words = in_words(found, name=str.title)
    assert words[2].startswith("Sing brought 0 % more than Control")
    assert words[3] == (
        "That leaves open whether there is a difference; it does not show that there is none."
    )


def test_a_small_difference_can_be_shown_to_be_small():
    same = [
        *outcomes("control", [(500 + number, 10_000) for number in range(20)]),
        *outcomes("teach", [(501 + number, 10_000) for number in range(20)]),
    ]
    words = in_words(analyse(same, Plan("control", planned_lift=0.1)))
    assert words[1] == (
        "If there is a difference, it is smaller than the 10 % the experiment was made to find."
    )


def test_unknown_is_not_zero():
    more = [Outcome("x", "teach", None), Outcome("y", "teach", 0, 0), Outcome("z", "control", None)]
    found = analyse([*ROWS, *more], Plan("control", randomised=False))
    assert (found.arms["teach"].unknown, found.arms["teach"].silent) == (1, 1)
    assert found.comparisons == analyse(ROWS, Plan("control")).comparisons
    *_, left_out, caution = in_words(found)
    assert left_out == (
        "Left out: 2 creators without a known outcome and 1 creator with nothing to count on."
    )
    assert caution == (
        "Creators were not assigned at random: they may differ in other ways, too, so this shows "
        "a difference and not its cause."
    )


def test_too_little_says_what_is_missing():
    found = analyse([*ROWS[:6], *outcomes("teach", [(3, 100), (2, 100)])], Plan("control"))
    assert found.comparisons[0].interval is None
    assert found.arms["teach"].rate == pytest.approx(0.025)
    assert found.arms["teach"].interval is None
    [sentence] = in_words(found)
    assert sentence == (
        "teach against control: Too little to say in “teach”: 2 of at least 5 creators have an "
        "outcome."
    )
    assert in_words(analyse(ROWS[:6], Plan("control"))) == (
        "There is nobody to compare with control.",
    )


@pytest.mark.parametrize(
    ("rows", "plan", "look", "message"),
    [
        (ROWS, {"control": "sing"}, None, "Nobody is in “sing”"),
        ([*ROWS, ROWS[0]], {}, None, "Each creator has one outcome"),
        ([*ROWS, Outcome("x", "teach", 1, -1)], {}, None, "cannot be negative"),
        (ROWS, {"reading": Reading.PLANNED, "looks": 3}, 4, "which of the 3 planned looks"),
    ],
)
def test_what_cannot_be_analysed(rows, plan, look, message):
    with pytest.raises(PlanRefused, match=message):
        analyse(rows, Plan(**({"control": "control"} | plan)), look=look)


@pytest.mark.parametrize(
    "wrong",
    [{"level": 1.0}, {"planned_lift": 0.0}, {"reading": Reading.PLANNED, "looks": 1}],
)
def test_plans_that_have_no_meaning(wrong):
    with pytest.raises(PlanRefused):
        Plan("control", **wrong)
