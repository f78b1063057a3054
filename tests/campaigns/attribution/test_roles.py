"""Who introduced, influenced and closed; and where the models disagree."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.attribution.agreement import compare, in_words
from campaigns.attribution.credit import attribute_all
from campaigns.attribution.events import Conversion, Touch
from campaigns.attribution.formulas import Model
from campaigns.attribution.journeys import journeys
from campaigns.attribution.roles import Roles, roles
from campaigns.attribution.table import Journey, table_of


def test_each_conversion_counts_once_for_each_creator_on_the_journey():
    found = roles(
        table_of(
            [
                Journey(("ana", "ben", "cem"), conversions=3),
                Journey(("ana", "ben", "ana"), conversions=2),
                Journey(("ana", "ana"), conversions=1),
                Journey(("ben", "cem"), lost=4),
            ]
        )
    )
    assert found == (
        Roles("ana", alone=1, closed=2, introduced=3, influenced=0),
        Roles("ben", alone=0, closed=0, introduced=0, influenced=5),
        Roles("cem", alone=0, closed=3, introduced=0, influenced=0),
    )
    assert [(role.on_journey, role.assisted) for role in found] == [(6, 3), (5, 5), (3, 0)]


def test_links_assist_where_the_code_takes_all():
    noon = datetime(2026, 3, 1, tzinfo=UTC)
    built = journeys(
        [Touch("p", noon, "ana")],
        [Conversion(1, noon + timedelta(days=1), "p", None, code="cem")],
        as_of=noon + timedelta(days=2),
    )
    assert roles(built.table) == (
        Roles("ana", alone=0, closed=0, introduced=1, influenced=0),
        Roles("cem", alone=0, closed=1, introduced=0, influenced=0),
    )


# Ana opens, ben closes: the single-touch models contradict each other.
OPENER = (
    Journey(("ana", "ben"), conversions=6),
    Journey(("ben",), conversions=2),
    Journey(("cem",), conversions=2, lost=30),
)


def test_how_far_models_are_apart():
    found = compare(attribute_all(table_of(OPENER)))
    assert found.left_out == {
        Model.DECAY: "Time decay needs the time of each touch, and these journeys have none."
    }
    assert len(found.models) == 6
    assert len(found.pairs) == 15
    furthest = found.pairs[0]
    assert (furthest.one, furthest.other) == (Model.LAST, Model.FIRST)
    assert furthest.moved == pytest.approx(0.6)
    ana = next(spread for spread in found.spreads if spread.key == "ana")
    assert (ana.lowest, ana.highest, ana.width) == (Model.LAST, Model.FIRST, pytest.approx(0.6))
    assert (ana.ranks[Model.LAST], ana.ranks[Model.FIRST]) == (3, 1)
    cem = next(spread for spread in found.spreads if spread.key == "cem")
    # First touch leaves cem level with ben: both are second.
    assert (cem.ranks[Model.FIRST], cem.ranks[Model.LAST]) == (2, 2)
    assert found.first_for_all is None


def test_disagreement_in_words():
    found = compare(attribute_all(table_of(OPENER)))
    furthest, nearest, widest, leader = in_words(found, name=str.title)
    assert furthest == (
        "Last touch and First touch are furthest apart: 60 % of the credit goes to different "
        "creators."
    )
    assert nearest == "Position-based and Shapley are nearest, with 0 %."
    assert widest == (
        "What Ben is worth depends most on the model: from 20 % of the credit by first touch to "
        "80 % by last touch."
    )
    assert leader == "Who comes first depends on the model."


def test_models_that_agree_say_so():
    alone = table_of([Journey(("ana",), conversions=3), Journey(("ben",), conversions=1)])
    found = compare(attribute_all(alone))
    assert found.first_for_all == "ana"
    [sentence] = in_words(found)
    assert sentence == "The models agree: at most 0 % of the credit goes to different creators."


def test_nothing_to_compare():
    assert in_words(compare(attribute_all(table_of([])))) == (
        "There are not two models with an answer to compare.",
    )


def test_what_web_processes_need_loads_no_numpy():
    program = (
        "import sys; "
        "from campaigns.attribution import agreement, events, formulas, results, settings; "
        "from campaigns.experiments import assignment, power, words; "
        "assert not {'numpy', 'scipy', 'django'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
