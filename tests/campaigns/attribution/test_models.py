"""Every model on journeys small enough to divide by hand."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from campaigns.attribution import markov
from campaigns.attribution.credit import attribute, attribute_all
from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.attribution.settings import Settings, SettingsRefused
from campaigns.attribution.table import Journey, JourneysRefused, table_of

STEADY = examples(max_examples=100, deadline=None, derandomize=True)

# ana opens and closes; ben only stands between; cem is met in vain, too.
SHOP = (
    Journey(("ana", "ben", "cem"), conversions=2, value=60.0, ages=(14.0, 7.0, 0.0)),
    Journey(("ben", "ana"), conversions=1, value=10.0, ages=(7.0, 0.0)),
    Journey(("ana",), conversions=1, value=30.0, lost=1, ages=(3.0,)),
    Journey(("cem",), lost=5, ages=(0.0,)),
)


def credits_of(journeys, model, settings=None):
    found = attribute(table_of(journeys), model, settings)
    assert found.reason_if_absent is None
    return {
        credit.key: (pytest.approx(credit.conversions), pytest.approx(credit.value))
        for credit in found.credits
    }


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Model.LAST, {"ana": (2, 40), "ben": (0, 0), "cem": (2, 60)}),
        (Model.FIRST, {"ana": (3, 90), "ben": (1, 10), "cem": (0, 0)}),
        # 2/3 of two conversions a third each; 10 halved; 30 alone.
        (
            Model.LINEAR,
            {"ana": (2 / 3 + 1.5, 55), "ben": (2 / 3 + 0.5, 25), "cem": (2 / 3, 20)},
        ),
        # 40 / 20 / 40 of 60; 50 / 50 of 10.
        (Model.POSITION, {"ana": (2.3, 59), "ben": (0.9, 17), "cem": (0.8, 24)}),
        # Weights 1/4, 1/2, 1 of 7/4; 1/2, 1 of 3/2.
        (
            Model.DECAY,
            {
                "ana": (2 / 7 + 2 / 3 + 1, 60 / 7 + 20 / 3 + 30),
                "ben": (4 / 7 + 1 / 3, 120 / 7 + 10 / 3),
                "cem": (8 / 7, 240 / 7),
            },
        ),
        (
            Model.SHAPLEY,
            {"ana": (2 / 3 + 1.5, 55), "ben": (2 / 3 + 0.5, 25), "cem": (2 / 3, 20)},
        ),
    ],
)
def test_by_hand(model, expected):
    assert credits_of(SHOP, model) == expected


def test_markov_by_hand():
    # Of 10 people 4 start with ana, 1 with ben, 5 with cem. From ana 2 of 5 go to ben, 2 convert,
    # 1 is lost; from ben 2 of 3 to cem, 1 of 3 to ana; of 7 at cem 2 convert.
    # h(cem) = 2/7; h(ben) = 2/3 h(cem) + 1/3 h(ana); h(ana) = 2/5 + 2/5 h(ben)
    h = {"ana": 50 / 91, "ben": 34 / 91, "cem": 26 / 91}
    total = 0.4 * h["ana"] + 0.1 * h["ben"] + 0.5 * h["cem"]
    assert total == pytest.approx(0.4)  # 4 of 10 convert
    reach = {"ana": 0.4 + 0.1 / 3, "ben": 0.1 + 0.4 * 0.4, "cem": 0.0}
    # cem is reached from the start, or over ben, who is reached (also over ana) as above and
    # goes to cem at last with 2/3 / (1 - 1/3 * 2/5) = 10/13.
    reach["cem"] = 0.5 + reach["ben"] * 10 / 13
    effect = {key: reach[key] * h[key] / total for key in h}
    found = markov.removal_effects(table_of(SHOP))
    assert found.conversions == pytest.approx([effect["ana"], effect["ben"], effect["cem"]])
    in_all = sum(effect.values())
    answer = attribute(table_of(SHOP), Model.MARKOV).by_key()
    for key, each in effect.items():
        assert answer[key].conversions == pytest.approx(4 * each / in_all)
        assert answer[key].share == pytest.approx(each / in_all)


def reached_and_converted(journeys, without):
    """P(conversion) in the chain with a creator taken out, by plain iteration."""
    moves, start = {}, {}
    for journey in journeys:
        people = journey.conversions + journey.lost
        start[journey.creators[0]] = start.get(journey.creators[0], 0) + people
        for here, there in zip(journey.creators, journey.creators[1:], strict=False):
            moves.setdefault(here, {}).setdefault(there, 0)
            moves[here][there] += people
        ends = moves.setdefault(journey.creators[-1], {})
        ends["+"] = ends.get("+", 0) + journey.conversions
        ends["-"] = ends.get("-", 0) + journey.lost
    total = sum(start.values())
    now, done = {key: people / total for key, people in start.items()}, 0.0
    while sum(now.values()) > 1e-12:
        after = {}
        for key, part in now.items():
            if key in {without, "-"}:
                continue
            if key == "+":
                done += part
                continue
            out = sum(moves[key].values())
            for there, people in moves[key].items():
                after[there] = after.get(there, 0) + part * people / out
        now = after
    return done


some_journeys = st.lists(
    st.builds(
        Journey,
        creators=st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map(tuple),
        conversions=st.integers(0, 4).map(float),
        value=st.floats(0, 100),
        lost=st.integers(1, 4).map(float),
    ),
    min_size=1,
    max_size=6,
).filter(lambda journeys: any(journey.conversions for journey in journeys))


@STEADY
@given(some_journeys)
def test_the_closed_form_is_the_chain_without_the_creator(journeys):
    table = table_of(journeys)
    found = markov.removal_effects(table)
    whole = reached_and_converted(journeys, None)
    for key, effect in zip(table.keys, found.conversions, strict=True):
        without = reached_and_converted(journeys, key)
        assert effect == pytest.approx(1 - without / whole, abs=1e-9)


def shapley_by_definition(journeys):
    """The mean over all orders of arrival of what a creator adds."""
    keys = sorted({key for journey in journeys for key in journey.creators})

    def worth(present):
        return sum(j.conversions for j in journeys if set(j.creators) <= present)

    orders = list(permutations(keys))
    found = dict.fromkeys(keys, 0.0)
    for order in orders:
        present = set()
        for key in order:
            before = worth(present)
            present.add(key)
            found[key] += (worth(present) - before) / len(orders)
    return found


@STEADY
@given(some_journeys)
def test_the_closed_form_is_the_shapley_value(journeys):
    answer = attribute(table_of(journeys), Model.SHAPLEY).by_key()
    for key, expected in shapley_by_definition(journeys).items():
        assert answer[key].conversions == pytest.approx(expected)


@STEADY
@given(some_journeys, st.randoms(use_true_random=False))
def test_every_model_divides_all_and_no_more_in_any_order(journeys, random):
    shuffled = list(journeys)
    random.shuffle(shuffled)
    for model in FORMULAS.keys() - {Model.DECAY}:
        answer = attribute(table_of(journeys), model)
        again = attribute(table_of(shuffled), model)
        total = sum(journey.conversions for journey in journeys)
        assert answer.conversions == total
        assert sum(each.conversions for each in answer.credits) == pytest.approx(total)
        assert sum(each.share for each in answer.credits) == pytest.approx(1)
        if answer.value:
            assert sum(each.value for each in answer.credits) == pytest.approx(answer.value)
        for key, credit in answer.by_key().items():
            assert again.by_key()[key].conversions == pytest.approx(credit.conversions)


def test_a_creator_met_twice_counts_twice_in_linear_and_once_in_shapley():
    twice = [Journey(("ana", "ben", "ana"), conversions=3, value=3.0)]
    assert credits_of(twice, Model.LINEAR) == {"ana": (2, 2), "ben": (1, 1)}
    assert credits_of(twice, Model.SHAPLEY) == {"ana": (1.5, 1.5), "ben": (1.5, 1.5)}


def test_position_based_shares_are_settings():
    settings = Settings(first_share=0.3, last_share=0.1)
    long = [Journey(("a", "b", "c", "d"), conversions=1, value=1.0)]
    assert credits_of(long, Model.POSITION, settings) == {
        "a": (0.3, 0.3),
        "b": (0.3, 0.3),
        "c": (0.3, 0.3),
        "d": (0.1, 0.1),
    }
    two = [Journey(("a", "b"), conversions=1, value=1.0)]
    assert credits_of(two, Model.POSITION, settings) == {"a": (0.75, 0.75), "b": (0.25, 0.25)}


def test_half_life_is_a_setting_and_old_journeys_do_not_vanish():
    old = [Journey(("a", "b"), conversions=1, value=1.0, ages=(9_001.0, 9_000.0))]
    settings = Settings(half_life=timedelta(days=1))
    assert credits_of(old, Model.DECAY, settings) == {"a": (1 / 3, 1 / 3), "b": (2 / 3, 2 / 3)}


def test_time_decay_says_that_it_needs_times():
    answer = attribute(table_of([Journey(("ana",), conversions=1)]), Model.DECAY)
    assert answer.credits == ()
    assert answer.reason_if_absent == (
        "Time decay needs the time of each touch, and these journeys have none."
    )


def test_an_unknown_value_is_not_zero():
    unknown = attribute(table_of([Journey(("ana",), conversions=2)]), Model.LAST)
    assert unknown.value is None
    assert [(each.conversions, each.value) for each in unknown.credits] == [(2.0, None)]
    partly = [Journey(("ana",), conversions=2), Journey(("ana", "ben"), conversions=1, value=8.0)]
    for model in FORMULAS.keys() - {Model.DECAY}:
        answer = attribute(table_of(partly), model)
        assert (answer.conversions, answer.valued, answer.value) == (3, 1, 8)
        assert sum(each.value for each in answer.credits) == pytest.approx(8)


def test_nothing_converted():
    for answer in attribute_all(table_of([Journey(("ana",), lost=3, ages=(1.0,))])):
        assert answer.credits == ()
        assert answer.reason_if_absent == (
            "Nothing converted in these journeys, so there is no credit to divide."
        )
    assert all(answer.reason_if_absent for answer in attribute_all(table_of([])))


def test_each_answer_names_its_formula_and_parameters():
    named = {a.formula.name: a.parameters for a in attribute_all(table_of(SHOP))}
    assert named == {
        "last_touch v1": "",
        "first_touch v1": "",
        "linear v1": "",
        "position_based v1": "first 40%, last 40%",
        "time_decay v1": "half-life 7 days",
        "shapley v1": "",
        "markov v1": "",
    }
    assert all(formula.source and formula.question for formula in FORMULAS.values())


def test_a_chain_that_is_too_large_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(markov, "MOST_KEYS", 2)
    answer = attribute(table_of(SHOP), Model.MARKOV)
    assert answer.credits == ()
    assert answer.reason_if_absent == (
        "The Markov model compares at most 2 creators at a time, and these journeys meet 3. "
        "Choose a shorter period, or compare segments."
    )


def test_alike_journeys_become_one():
    table = table_of(
        [
            Journey(("ana", "ben"), conversions=1, value=2.0),
            Journey(("ana", "ben"), lost=1),
            Journey(("ana", "ben"), conversions=1),
        ]
    )
    assert len(table) == 1
    assert (table.conversions[0], table.valued[0], table.values[0], table.lost[0]) == (2, 1, 2, 1)


@pytest.mark.parametrize(
    ("journey", "message"),
    [
        (Journey(()), "A journey without a touch credits nobody."),
        (Journey(("a",), conversions=-1), "The number of conversions cannot be negative."),
        (Journey(("a",), conversions=float("nan")), "A number of conversions or a value is not"),
        (Journey(("a", "b"), ages=(1.0,)), "A journey needs an age for each touch."),
    ],
)
def test_journeys_that_cannot_be(journey, message):
    with pytest.raises(JourneysRefused, match=message):
        table_of([journey])


def test_times_are_known_of_all_or_of_none():
    with pytest.raises(JourneysRefused, match="Some journeys have times and others have none"):
        table_of([Journey(("a",), ages=(1.0,)), Journey(("a",))])


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": timedelta()},
        {"visit": timedelta(seconds=-1)},
        {"half_life": timedelta()},
        {"first_share": -0.1},
        {"first_share": 0.0, "last_share": 0.0},
        {"first_share": 0.6, "last_share": 0.5},
    ],
)
def test_settings_that_have_no_meaning(wrong):
    with pytest.raises(SettingsRefused):
        Settings(**wrong)


def test_keys_may_be_numbers():
    answer = attribute(table_of([Journey((10, 9), conversions=1)]), Model.LINEAR)
    assert [each.key for each in answer.credits] == [9, 10]
    assert np.isclose([each.share for each in answer.credits], 0.5).all()
