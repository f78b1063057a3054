"""What one writes first to move creators between segments: loops in Python.

Nothing of them is kept: the next run must find the same to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of
from segmentation.models import CreatorFacts, Membership, Run, Segment
from segmentation.rules import json_form
from segmentation.rules.evaluate import truth
from segmentation.rules.tree import Node

if TYPE_CHECKING:
    from benchmarks.segment_run import World


def _rule(segment: Segment) -> Node:
    """What says who is in an active segment."""
    version = segment.active_version
    assert version is not None, f"{segment} is not in use"
    return json_form.load(version.rule)


def prefetching(world: World, rows: int) -> None:
    """What one writes first: fetch creators and stays, evaluate in Python, save in bulk.

    Nothing of it is kept: the next run must find the same to do.
    """
    facts, calendar = catalogue(world.brand), calendar_of(world.brand)
    rules = [(segment, _rule(segment)) for segment, _ in world.segments]
    with transaction.atomic():
        people = CreatorFacts.objects.filter(brand=world.brand, creator_id__lte=rows)
        inside: dict[int, set[int]] = {}
        stays = Membership.objects.filter(left_at=None, creator_id__lte=rows)
        for segment_id, creator_id in stays.values_list("segment_id", "creator_id"):
            inside.setdefault(creator_id, set()).add(segment_id)
        opened: list[Membership] = []
        closed: list[tuple[int, int]] = []
        for person in people.iterator(chunk_size=2_000):
            values = {
                **vars(person),
                "niches": None if person.niches is None else frozenset(person.niches),
            }
            held = inside.get(person.creator_id, set())
            is_sized = False
            for (segment, made), (_, rule) in zip(world.segments, rules, strict=True):
                is_in = bool(truth(rule, values, facts, world.now, calendar))
                if made.dimension == "size":
                    is_in, is_sized = is_in and not is_sized, is_in or is_sized
                if is_in and segment.pk not in held:
                    opened.append(_stay(world, segment, person.creator_id))
                elif not is_in and segment.pk in held:
                    closed.append((segment.pk, person.creator_id))
        Membership.objects.bulk_create(opened, batch_size=5_000)
        for segment, _ in world.segments:
            gone = [creator_id for pk, creator_id in closed if pk == segment.pk]
            Membership.objects.filter(segment=segment, creator_id__in=gone, left_at=None).exclude(
                entered_at=world.now
            ).update(left_at=world.now)
        transaction.set_rollback(True)


def asking_each(world: World, rows: int) -> None:
    """The same without foresight: facts, stays and each change are a statement of their own."""
    facts, calendar = catalogue(world.brand), calendar_of(world.brand)
    rules = [
        (segment, _rule(segment), made.dimension == "size") for segment, made in world.segments
    ]
    with transaction.atomic():
        for creator_id in range(1, rows + 1):
            person = CreatorFacts.objects.get(brand=world.brand, creator_id=creator_id)
            niches = None if person.niches is None else frozenset(person.niches)
            values = {**vars(person), "niches": niches}
            is_sized = False
            for segment, rule, is_size in rules:
                is_in = bool(truth(rule, values, facts, world.now, calendar))
                if is_size:
                    is_in, is_sized = is_in and not is_sized, is_in or is_sized
                stay = Membership.objects.filter(
                    segment=segment, creator_id=creator_id, left_at=None
                )
                if is_in and not stay.exists():
                    _stay(world, segment, creator_id).save(force_insert=True)
                elif not is_in:
                    stay.exclude(entered_at=world.now).update(left_at=world.now)
        transaction.set_rollback(True)


def _stay(world: World, segment: Segment, creator_id: int) -> Membership:
    return Membership(
        segment=segment,
        creator_id=creator_id,
        entered_at=world.now,
        version=segment.active_version,
        entered_run=Run.objects.only("pk").latest("pk"),
    )
