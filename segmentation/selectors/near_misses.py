"""Who is nearly in a segment: outside, but for one threshold, by what and by how much.

Found when somebody asks, from the facts as they stand and the rule in use, with the members that a
run leaves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from crm.limits import TookTooLong, limited
from crm.models import Creator
from crm.paging import Order, Page, paginate
from segmentation.choices import RunStatus, Trigger
from segmentation.models import CreatorFacts, Run, RunSegment, Segment
from segmentation.rules import near
from segmentation.rules.facts import Catalogue
from segmentation.rules.sql import Sql, joined
from segmentation.selectors.evidence import Evidence, evidence_in_words
from segmentation.services.evaluation.near import is_near, loosened, rows_after
from segmentation.services.evaluation.plan import Plan, prepare
from segmentation.services.evaluation.rules import RuleCompiler
from segmentation.services.wordings import Wording

BY_CREATOR = Order("near", "creator_id", "creator_id")
# Distances that are told apart, in percent of the threshold; the farthest is the segment's own.
STEPS = (1, 2, 5, 10, 20, 50)
# Nobody waits longer for a page of it.
LONGEST_SECONDS = 20
CHUNK = 1_000


class NearTooSlow(Exception):
    """The rule takes too long to look for near misses; the message is fit for the user."""


@dataclass(frozen=True)
class NearBy:
    """One thing that keeps a creator out: its value, and within how many percent it is."""

    subject: str
    read: Evidence
    within: int


@dataclass(frozen=True)
class NearMiss:
    """A creator who is nearly in, and each threshold that alone would let them in."""

    uid: UUID
    name: str
    by: list[NearBy]


@dataclass(frozen=True)
class NearList:
    """The near misses of a segment: what may keep creators out, and how far is looked."""

    run: Run
    plan: Plan
    wording: Wording
    facts: Catalogue
    # By name; that to which the list is narrowed, or none for all of them.
    subjects: list[str]
    subject: str | None
    # In percent of a threshold: those told apart, and that to which the list is narrowed.
    steps: list[int]
    within: int

    def page(self, *, cursor: str | None, size: int = 50) -> Page[NearMiss]:
        """A page of creators. Raises crm.paging.BadCursor and NearTooSlow."""
        with self.in_time():
            page: Page[Any] = paginate(self.rows(), BY_CREATOR, cursor=cursor, size=size)
            lines = self.lines([row["creator_id"] for row in page.items])
        return Page(lines, page.next, page.previous)

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Stop what is asked within when nobody would wait any longer: NearTooSlow."""
        try:
            with limited(LONGEST_SECONDS), self.plan.planned():
                yield
        except TookTooLong as slow:
            raise NearTooSlow(
                f"To look for near misses takes longer than {LONGEST_SECONDS} seconds here. "
                "Narrow the list to one fact, or take the export."
            ) from slow

    def rows(self) -> QuerySet[CreatorFacts, Any]:
        """The ids of those who are asked for, as rows to page through by BY_CREATOR."""
        ids = self._ids()
        rows = CreatorFacts.objects.filter(
            brand=self.run.brand,
            creator_id__in=RawSQL(ids.text, ids.params),  # noqa: S611 - compiled rules: values are parameters
        )
        return rows.values("creator_id")

    def everybody(self) -> Iterator[NearMiss]:
        """All of them, as an export reads them."""
        ids = self._ids()
        with connection.cursor() as cursor:
            cursor.execute(f"{ids.text} ORDER BY 1", ids.params)
            found = iter([creator_id for (creator_id,) in cursor.fetchall()])
        while chunk := list(islice(found, CHUNK)):
            yield from self.lines(chunk)

    def _ids(self) -> Sql:
        """A query of the ids of those who are asked for."""
        conditions = self._near(self.plan, self.within)
        wanted = [self.subject] if self.subject else self.subjects
        either = joined(" OR ", [conditions[subject] for subject in wanted])
        source = rows_after(self.plan, self.run)
        return Sql(
            f"SELECT f.creator_id FROM {source.text} "  # noqa: S608 - compiled rules: values are parameters
            f"WHERE f.known_since IS NOT NULL AND ({either.text})",
            (*source.params, *either.params),
        )

    def lines(self, creator_ids: Sequence[int]) -> list[NearMiss]:
        """What is said of these creators, in their order. Two statements."""
        if not creator_ids:
            return []
        plan = replace(self.plan, creator_ids=tuple(creator_ids))
        [one] = plan.judged
        readings = {reading.name: reading.sql for reading in one.readings}
        conditions = [self._near(plan, step) for step in self.steps]
        values = joined(
            ", ",
            [
                Sql(f"({readings[subject].text})", readings[subject].params)
                for subject in self.subjects
            ],
        )
        flags = joined(
            ", ", [near_by[subject] for near_by in conditions for subject in self.subjects]
        )
        source = rows_after(plan, self.run)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT f.creator_id, jsonb_build_array({values.text}), ARRAY[{flags.text}] "  # noqa: S608 - as above
                f"FROM {source.text}",
                [*values.params, *flags.params, *source.params],
            )
            found = {
                creator_id: (json.loads(read), flags)
                for creator_id, read, flags in cursor.fetchall()
            }
        people = Creator.objects.in_bulk(creator_ids)
        return [
            NearMiss(people[pk].uid, people[pk].name, [*self._by(*found[pk])])
            for pk in creator_ids
            if pk in people and pk in found
        ]

    def _by(self, values: Sequence[object], flags: Sequence[bool]) -> Iterator[NearBy]:
        """The thresholds that alone would let somebody in; `flags` are by step, then subject."""
        read = dict(zip(self.subjects, values, strict=True))
        lines = evidence_in_words(read, self.facts, self.plan.calendar)
        for place, (subject, line) in enumerate(zip(self.subjects, lines, strict=True)):
            of_subject = flags[place :: len(self.subjects)]
            reached = (step for step, is_so in zip(self.steps, of_subject, strict=True) if is_so)
            if within := next(reached, None):
                yield NearBy(subject, line, within)

    def _near(self, plan: Plan, percent: int) -> dict[str, Sql]:
        """By subject the condition of being near by it, within so many percent."""
        compiler = RuleCompiler(plan.facts, plan.as_of, plan.calendar, plan.reads)
        [one] = plan.judged
        found = loosened(self.wording.rule, percent, compiler)
        conditions = ((each.subject, is_near(one, each)) for each in found)
        return {
            subject: Sql(f"coalesce({condition.text}, FALSE)", condition.params)
            for subject, condition in conditions
        }


def near_list(
    run: Run,
    segment: Segment,
    facts: Catalogue,
    *,
    subject: str | None = None,
    within: int | None = None,
) -> NearList | None:
    """The near misses of a segment; None where its rule has no threshold, or does not look.

    A subject or distance that the rule does not have narrows nothing.
    """
    whole = prepare(brand=run.brand, as_of=run.as_of, dimension=segment.dimension)
    found = [one for one in whole.sound() if one.segment.pk == segment.pk]
    if not found:
        return None
    plan = whole.only(found[0])
    wording = plan.judged[0].wording
    subjects = [] if wording is None else [*near.subjects(wording.rule)]
    if wording is None or not wording.near_percent or not subjects:
        return None
    percent = wording.near_percent
    steps = [*(step for step in STEPS if step < percent), percent]
    return NearList(
        run=run,
        plan=plan,
        wording=wording,
        facts=facts,
        subjects=subjects,
        subject=subject if subject in subjects else None,
        steps=steps,
        within=within if within in steps else percent,
    )


def near_segments(run: Run) -> list[RunSegment]:
    """The segments that the run looked at, those with most near misses first."""
    found = run.segments.select_related("segment__dimension").order_by("segment__key")
    return sorted(found, key=lambda row: -sum(row.near.values()))


def newer_run(run: Run) -> Run | None:
    """The newest run of the brand that was applied after this one was made; facts have moved."""
    later = Run.objects.filter(brand=run.brand_id, status=RunStatus.APPLIED, as_of__gt=run.as_of)
    return later.exclude(trigger=Trigger.FACTS).order_by("-as_of", "-pk").first()
