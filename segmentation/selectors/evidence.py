"""The fact values behind a change: as they were recorded, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm.models import Brand
from segmentation.metrics.periods import calendar_of
from segmentation.models import Change, RunEvidence, RunSegment
from segmentation.rules.calendar import Calendar
from segmentation.rules.facts import Catalogue, FactType
from segmentation.rules.words import NOT_KNOWN, value_words


@dataclass(frozen=True)
class Evidence:
    """One value that a rule read: "Followers", "12,300"; `is_known` False for a missing one."""

    label: str
    words: str
    is_known: bool


@dataclass(frozen=True)
class Mover:
    """Somebody who joined or left in a run, and the values that made it so."""

    change: Change
    evidence: list[Evidence]


# A move: the ids of a run, a segment and a creator.
Move = tuple[int, int, int]


def recorded(moves: Iterable[Move]) -> dict[Move, dict[str, object]]:
    """What the rule of each move's segment read of its creator, by name. Two statements at most.

    A move of which nothing was recorded is not in it.
    """
    wanted = set(moves)
    if not wanted:
        return {}
    runs, segments, creators = ({move[place] for move in wanted} for place in range(3))
    values = {
        (run, creator): dict(zip(names, read, strict=True))
        for run, creator, names, read in RunEvidence.objects.filter(
            run__in=runs, creator__in=creators
        ).values_list("run", "creator", "run__readings", "values")
    }
    readings = {
        (run, segment): names
        for run, segment, names in RunSegment.objects.filter(
            run__in=runs, segment__in=segments
        ).values_list("run", "segment", "readings")
    }
    return {
        (run, segment, creator): {
            name: values[run, creator][name] for name in readings[run, segment]
        }
        for run, segment, creator in wanted
        if (run, creator) in values and (run, segment) in readings
    }


def evidence_in_words(
    evidence: Mapping[str, object], facts: Catalogue, calendar: Calendar
) -> list[Evidence]:
    """Return what a change recorded, a line for each value, in the order of the rule.

    A name is a fact's key, or "key[share]" for one share of a distribution. A fact that is gone
    from the catalogue is shown by its key.
    """
    return [_line(name, value, facts, calendar) for name, value in evidence.items()]


def movers_of(changes: Sequence[Change], brand: Brand, facts: Catalogue) -> list[Mover]:
    """The changes with what was recorded of them, in the same order. Two statements."""
    read = recorded((one.run_id, one.segment_id, one.creator_id) for one in changes)
    calendar = calendar_of(brand)
    return [
        Mover(
            one,
            evidence_in_words(
                read.get((one.run_id, one.segment_id, one.creator_id), {}), facts, calendar
            ),
        )
        for one in changes
    ]


def fact_label(name: str, facts: Catalogue) -> str:
    """Return the label of what a rule reads: "Followers", "Audience by country: DK"."""
    key, _, rest = name.partition("[")
    fact = facts.get(key)
    if fact is None:
        return name
    share = rest.removesuffix("]")
    return f"{fact.label}: {fact.label_of(share)}" if share else fact.label


def _plain_words(value: object) -> str:
    """What is no fact, such as a count of posts or membership in another segment."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value)


def _line(name: str, value: object, facts: Catalogue, calendar: Calendar) -> Evidence:
    label = fact_label(name, facts)
    if value is None:
        return Evidence(label, NOT_KNOWN, is_known=False)
    key, _, rest = name.partition("[")
    share = rest.removesuffix("]")
    fact = facts.get(key)
    if fact is None:
        return Evidence(label, _plain_words(value), is_known=True)
    if share:
        return Evidence(label, value_words({share: value}, fact, share, calendar), is_known=True)
    if isinstance(value, str) and fact.type is FactType.MOMENT:
        value = datetime.fromisoformat(value)
    elif isinstance(value, str) and fact.type is FactType.DATE:
        value = date.fromisoformat(value)
    return Evidence(label, value_words(value, fact, None, calendar), is_known=True)
