"""Rounds of drafts and hours of gates, from what people decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.choices import Gate, GateOutcome
from campaigns.selectors.measures.reviews import gate_times_of, rounds_of, spread_of
from tests.campaigns.deliverables.worlds import active, hand_in, piece_in, say

pytestmark = pytest.mark.django_db
# A Monday, at nine.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_rounds_and_hours_are_counted_from_the_decisions(brand, manager, legal):
    campaign = active(brand, manager)
    for number in range(5):
        piece = piece_in(campaign, manager)
        hand_in(piece, manager, at=MONDAY)
        # Sent back on the next day at ten, which is nine working hours and 25 by the clock.
        if number == 0:
            say(piece, manager, GateOutcome.NEEDS_WORK, at=MONDAY + 25 * HOUR)
            hand_in(piece, manager, at=MONDAY + 26 * HOUR)
            say(piece, manager, at=MONDAY + 27 * HOUR)
        else:
            say(piece, manager, at=MONDAY + 2 * HOUR)
        # Legal has it now.
    rounds = rounds_of(campaign)
    assert (rounds.pieces, rounds.approved_at_once, rounds.mean) == (5, 0, 1.2)
    by_manager, by_legal = gate_times_of(campaign, MONDAY + 27 * HOUR)
    assert by_manager.gate == Gate.MANAGER
    assert (by_manager.clock.number, by_manager.clock.median) == (6, 2.0)
    assert by_manager.working.median == 2.0
    assert by_manager.clock.ninetieth == pytest.approx(13.5)
    assert by_manager.working.ninetieth == pytest.approx(5.5)
    assert (by_legal.waiting, by_legal.clock.number) == (5, 0)
    assert by_legal.plain["words"] == "too few (0)"


def test_under_five_values_there_is_no_median():
    assert spread_of([1.0, 2.0, 3.0, 4.0]).median is None
    assert spread_of([1.0, 2.0, 3.0, 4.0, 5.0]).median == 3.0
