"""Cards that stand still: longer in a stage than the brand allows, and nothing planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from crm.choices import Stage
from crm.day.parts import DAY_AT, Asker, Asks, DayRefused, Row, Section, Source
from crm.models import Relationship
from crm.permissions import Can
from crm.services.relationships import RelationshipRefused, set_next_step
from crm.services.stalls import standing_still


class Stalled(Source):
    """Of one stage, so that an index has them in order. What nobody owns stalls for nobody."""

    section = Section.UNBLOCK
    name = "Stalled"
    icon = "layout-kanban"
    finished = "Planned: it comes back on its day."
    can = Can.MOVE_STAGES
    can_finish = Can.MOVE_STAGES

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.key = f"stalled_{stage.value}"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Too long here, without a next step, an open task, a note or a mail."""
        days = asker.stage_limits[self.stage]
        if days is None:
            return Relationship.objects.none().annotate(**{DAY_AT: F("stage_since")})
        since = asker.at - timedelta(days=days)
        rows = Relationship.objects.filter(brand=asker.brand, stage=self.stage)
        if not asker.is_team:
            rows = rows.filter(owner=asker.user)
        return (
            standing_still(rows, since)
            .select_related("creator", "owner")
            .annotate(**{DAY_AT: F("stage_since")})
        )

    def show(self, asker: Asker, rows: Sequence[Relationship]) -> list[Row]:
        """Who, and why that is called stalled."""
        limit = asker.stage_limits[self.stage]
        return [
            Row(
                pk=row.pk,
                title=row.creator.name,
                url=reverse("crm:creator", args=[asker.brand.slug, row.creator.uid]),
                why=f"{(asker.at - row.stage_since).days:,} days in “{self.stage.label}”, nothing "
                f"planned and nothing said for {limit} days",
                since=row.stage_since,
                who=row.owner.display_name if row.owner else "nobody",
                done="Plan a next step",
                asks=Asks.PLAN,
                version=row.version,
            )
            for row in rows
        ]

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """Plan what comes next, which brings the card back on its day."""
        text, on = str(asked.get("text", "")).strip(), asked.get("on")
        if not text or on is None:
            raise DayRefused("Say what comes next, and by which day.")
        if on < asker.today:
            raise DayRefused("Plan it for today or later.")
        held = Relationship.objects.get(pk=pk, brand=asker.brand)
        expected = held.version if version is None else version
        after = _plan(asker, pk, text, on, expected)
        return {"version": after.version}

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """Nothing is planned any more."""
        _plan(asker, pk, "", None, state["version"])


def _plan(asker: Asker, pk: int, text: str, on: Any, version: int) -> Relationship:
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
