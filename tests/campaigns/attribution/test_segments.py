"""Credit by segment: membership as of the touch, and nothing gets lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from campaigns.attribution.credit import attribute
from campaigns.attribution.events import Conversion, Stay, Touch
from campaigns.attribution.formulas import FORMULAS, Model
from campaigns.attribution.journeys import journeys
from campaigns.attribution.segments import by_segment
from campaigns.attribution.settings import Settings
from campaigns.attribution.table import Journey, table_of

JULY = datetime(2026, 7, 1, tzinfo=UTC)
MID = JULY + timedelta(days=45)
LATER = JULY + timedelta(days=300)


def at(days):
    return JULY + timedelta(days=days)


# Ana changes from micro to macro in mid-quarter; ben is micro throughout; cem is nowhere.
STAYS = (
    Stay("ana", "micro", JULY - timedelta(days=100), MID),
    Stay("ana", "macro", MID),
    Stay("ben", "micro", JULY),
    Stay("dora", "mega", JULY),  # met by nobody
)
TOUCHES = (
    Touch("p", at(40), "ana"),
    Touch("p", at(45), "ana"),
    Touch("q", at(46), "ben"),
    Touch("q", at(47), "ana"),
    Touch("r", at(47), "cem"),
)
ORDERS = (
    Conversion(1, at(50), "p", Decimal(100)),
    Conversion(2, at(50), "q", Decimal(40)),
    Conversion(3, at(50), "r", Decimal(10)),
)


def table():
    settings = Settings(visit=timedelta())
    return journeys(TOUCHES, ORDERS, as_of=LATER, settings=settings).table


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # The touch on day 45 is after the change: stays are closed-open.
        (Model.LAST, {"macro": (2, 140), "micro": (0, 0)}),
        (Model.FIRST, {"macro": (0, 0), "micro": (2, 140)}),
        (Model.LINEAR, {"macro": (1, 70), "micro": (1, 70)}),
        # One creator of one journey, half of her touches in each segment; then half and half.
        (Model.SHAPLEY, {"macro": (1, 70), "micro": (1, 70)}),
    ],
)
def test_membership_is_that_of_the_touch(model, expected):
    found = by_segment(table(), model, STAYS)
    by_key = {
        credit.key: (credit.conversions, credit.value) for credit in found.attribution.credits
    }
    assert by_key == {key: pytest.approx(pair) for key, pair in expected.items()}
    assert (found.outside_conversions, found.outside_value) == (1, 10)
    assert found.counted_again == 0


@pytest.mark.parametrize("model", FORMULAS)
def test_segments_that_exclude_each_other_have_the_sum_of_their_creators(model):
    found = by_segment(table(), model, STAYS)
    creators = attribute(table(), model).by_key()
    inside = sum(credit.conversions for credit in found.attribution.credits)
    assert inside + found.outside_conversions == pytest.approx(3)
    assert found.outside_conversions == pytest.approx(creators["cem"].conversions)
    assert inside == pytest.approx(creators["ana"].conversions + creators["ben"].conversions)
    value = sum(credit.value for credit in found.attribution.credits)
    assert value + found.outside_value == pytest.approx(150)


def test_who_is_in_two_segments_counts_in_both_and_it_says_so():
    stays = (*STAYS, Stay("ana", "beauty", JULY))
    found = by_segment(table(), Model.LAST, stays)
    by_key = {credit.key: credit.conversions for credit in found.attribution.credits}
    assert by_key == {"macro": 2, "beauty": 2, "micro": 0}
    assert found.counted_again == 2


def test_a_code_belongs_to_the_segment_of_the_moment_it_was_redeemed():
    orders = [Conversion(1, at(50), None, Decimal(10), code="ana")]
    found = by_segment(journeys([], orders, as_of=LATER).table, Model.LINEAR, STAYS)
    by_key = {credit.key: credit.conversions for credit in found.attribution.credits}
    assert by_key == {"macro": 1, "micro": 0}


def test_without_stays_all_is_outside():
    found = by_segment(table(), Model.LAST, ())
    assert found.attribution.credits == ()
    assert found.outside_conversions == 3


def test_journeys_without_times_have_no_segments():
    found = by_segment(table_of([Journey(("ana",), conversions=1)]), Model.LAST, STAYS)
    assert found.attribution.reason_if_absent == (
        "Credit by segment needs the time of each touch, and these journeys have none."
    )
    lost = by_segment(table_of([Journey(("ana",), lost=1)]), Model.LAST, STAYS)
    assert "Nothing converted" in lost.attribution.reason_if_absent
