"""Members with posts in the third quarter, and what its scorecard says of them."""

from __future__ import annotations

from segmentation.services import scorecards
from tests.factories import NOW
from tests.segmentation.world import make_creator, moment, post, stay


def row(scorecard, key):
    return next(cell for cell in scorecard.metrics if cell["key"] == key)


def row_of(card, key):
    return next(cell for cell in card["metrics"] if cell["key"] == key)


def value(scorecard, key):
    return row(scorecard, key)["value"]


def q3(segment):
    return scorecards.get(segment=segment, period="2026Q3", as_of=NOW)


def members(segment, rates, *, entered=None, followers=10_000):
    """Creators with one post on 1 August each, of the given engagement rate."""
    made = []
    for rate in rates:
        creator = make_creator(segment.brand)
        stay(segment, creator, entered or moment(6, 1))
        likes = round(rate * followers)
        post(creator, moment(8, 1), followers_at_post=followers, likes=likes)
        made.append(creator)
    return made
