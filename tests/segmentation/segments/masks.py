"""Creators whose facts and segments a test writes down, without a run."""

from __future__ import annotations

from crm.models import Brand, Creator
from segmentation.models import CreatorFacts, Segment
from segmentation.services.masks import flag_of, word_of, words_for
from tests.factories import NOW
from tests.segmentation.world import make_creator, moment


def bits_of(*segments: Segment) -> list[int]:
    """The mask of those segments."""
    words = [0] * words_for(segment.bit for segment in segments)
    for segment in segments:
        words[word_of(segment.bit) - 1] |= flag_of(segment.bit)
    return words


def member(brand: Brand, *segments: Segment, **facts) -> Creator:
    """A creator with these facts who is in these segments, by the masks alone."""
    creator = make_creator(brand, **{"name": facts.pop("name")} if "name" in facts else {})
    CreatorFacts.objects.create(
        brand=brand,
        creator=creator,
        as_of=NOW,
        member_bits=bits_of(*segments),
        unknown_bits=[],
        known_since=moment(1, 1),
        **facts,
    )
    for segment in segments:
        segment.members_count += 1
        segment.save(update_fields=["members_count"])
    return creator
