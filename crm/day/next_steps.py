"""Next steps with creators that are due today or overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from crm.day.parts import DAY_AT, Asker, DayRefused, Row, Section, Source
from crm.day.words import due_in_words
from crm.models import Relationship
from crm.permissions import Can
from crm.services.relationships import RelationshipRefused, set_next_step


class DueSteps(Source):
    """What was planned with a creator whom somebody owns."""

    key = "next_step"
    section = Section.CHASE
    name = "Next step"
    icon = "user"
    can_finish = Can.MOVE_STAGES

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Due before the day is over."""
        rows = Relationship.objects.filter(brand=asker.brand, next_step_on__lte=asker.today)
        if not asker.is_team:
            rows = rows.filter(owner=asker.user)
        return rows.select_related("creator", "owner").annotate(
            **{DAY_AT: Cast("next_step_on", DateTimeField())}
        )

    def show(self, asker: Asker, rows: Sequence[Relationship]) -> list[Row]:
        """The step, with whom, since when it is due."""
        made = []
        for row in rows:
            words, is_late = due_in_words(row.next_step_on, asker.at, asker.zone)
            made.append(
                Row(
                    pk=row.pk,
                    title=row.next_step or "Next step",
                    url=reverse("crm:creator", args=[asker.brand.slug, row.creator.uid]),
                    why=words,
                    since=getattr(row, DAY_AT),
                    about=row.creator.name,
                    is_late=is_late,
                    who=row.owner.display_name if row.owner else "nobody",
                    done="Done",
                    version=row.version,
                )
            )
        return made

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """It is done: the step is taken away, the timeline keeps it."""
        before = Relationship.objects.get(pk=pk, brand=asker.brand)
        text, on = before.next_step, before.next_step_on
        after = _step(asker, pk, "", None, before.version if version is None else version)
        return {"text": text, "on": on and on.isoformat(), "version": after.version}

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """The step is there again."""
        on = date.fromisoformat(state["on"]) if state["on"] else None
        _step(asker, pk, state["text"], on, state["version"])


def _step(asker: Asker, pk: int, text: str, on: date | None, version: int) -> Relationship:
    try:
        return set_next_step(
            relationship_id=pk,
            text=text,
            on=on,
            actor=asker.user,
            at=asker.at,
            expected_version=version,
        )
    except RelationshipRefused as refusal:
        raise DayRefused(str(refusal)) from refusal
