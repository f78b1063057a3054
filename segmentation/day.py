"""What segments bring to a person's day, and the quiet line with the last run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timesince import timesince

from crm.day import DAY_AT, Asker, DayRefused, Line, PutAside, Row, Section, Source
from crm.models import Brand, CustomField
from crm.permissions import Can
from segmentation.choices import RunStatus, Trigger
from segmentation.models import DriftAlert, Run, Segment, StageSuggestion, SuggestedValue
from segmentation.services.edits import EditRefused
from segmentation.services.metadata import change_segment
from segmentation.services.stage_suggestions import SuggestionRefused, accept, take_back
from segmentation.services.suggesting.subjects import LANGUAGE, NICHES

# Who did not look at an alert by then has the next one.
RECENT = timedelta(days=30)


class WaitingRuns(Source):
    """Change sets that wait for a yes or a no. They are everybody's who may decide."""

    key = "run"
    section = Section.DECIDE
    name = "Run"
    icon = "player-play"
    can = Can.APPLY_RUNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Above the brand's threshold, so nobody has moved yet."""
        rows = Run.objects.filter(brand=asker.brand, status=RunStatus.WAITING)
        return rows.annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[Run]) -> list[Row]:
        """How many it would move. It takes a look to decide, so there is no one click."""
        return [
            Row(
                pk=run.pk,
                title=f"Run {run.pk} as of {run.as_of.astimezone(asker.zone):%-d %B %Y}",
                url=reverse("segmentation:run", args=[asker.brand.slug, run.pk]),
                why=f"would move {run.moved or 0:,} of {run.population or 0:,} creators",
                since=run.created_at,
            )
            for run in rows
        ]


class DriftAlerts(PutAside):
    """Runs that moved more of a dimension than it may unseen."""

    key = "drift"
    section = Section.UNBLOCK
    name = "Drift"
    icon = "alert-triangle"
    can = Can.RUN_SEGMENTS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The last month's."""
        rows = DriftAlert.objects.filter(
            run__brand=asker.brand, created_at__gt=asker.at - RECENT
        ).select_related("dimension")
        return rows.annotate(**{DAY_AT: F("created_at")})

    def show(self, asker: Asker, rows: Sequence[DriftAlert]) -> list[Row]:
        """How much moved, against what is usual."""
        return [
            Row(
                pk=alert.pk,
                title=f"{alert.dimension} has drifted",
                url=reverse("segmentation:drift", args=[asker.brand.slug]),
                why=f"{alert.moved:,} of {alert.known:,} creators moved "
                f"({alert.moved / alert.known:.0%}; the limit is {alert.threshold_percent} %)",
                since=alert.created_at,
                done="Put aside",
            )
            for alert in rows
        ]


class _Segments(Source):
    """Active segments that lack something."""

    section = Section.UNBLOCK
    name = "Segment"
    icon = "target"
    can = Can.EDIT_SEGMENTS

    def _active(self, asker: Asker) -> QuerySet[Segment]:
        rows = Segment.objects.filter(brand=asker.brand).active()
        return rows.annotate(**{DAY_AT: F("created_at")})


class BrokenSegments(_Segments):
    """Their rules can no longer be evaluated: of the owner, and of nobody's everybody."""

    key = "broken_segment"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """With a reason."""
        rows = self._active(asker).exclude(broken_reason="")
        if not asker.is_team:
            rows = rows.filter(owner=asker.user) | rows.filter(owner=None)
        return rows.select_related("owner")

    def show(self, asker: Asker, rows: Sequence[Segment]) -> list[Row]:
        """Which, and why."""
        return [
            Row(
                pk=segment.pk,
                title=f"{segment} is broken",
                url=reverse("segmentation:segment", args=[asker.brand.slug, segment.key]),
                why=segment.broken_reason,
                since=segment.created_at,
                is_late=True,
                who=segment.owner.display_name if segment.owner else "nobody",
            )
            for segment in rows
        ]


class OwnerlessSegments(_Segments):
    """Nobody answers for them. One click takes one."""

    key = "ownerless_segment"
    can_finish = Can.EDIT_SEGMENTS
    finished = "It is yours."

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Without an owner."""
        rows = self._active(asker).filter(owner=None, broken_reason="")
        return rows.select_related("dimension")

    def show(self, asker: Asker, rows: Sequence[Segment]) -> list[Row]:
        """Which."""
        return [
            Row(
                pk=segment.pk,
                title=segment.name,
                url=reverse("segmentation:segment", args=[asker.brand.slug, segment.key]),
                # Several dimensions have a Micro.
                why=f"in {segment.dimension.name}, {_creators(segment.members_count)}: "
                "nobody owns it",
                since=segment.created_at,
                done="Make it mine",
            )
            for segment in rows
        ]

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """The asker owns it from now on."""
        segment = Segment.objects.get(pk=pk, brand=asker.brand)
        if segment.owner is not None:
            raise DayRefused(f"{segment} belongs to {segment.owner} by now.")
        _give(asker, pk, asker.user)
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """It is nobody's again."""
        segment = Segment.objects.get(pk=pk, brand=asker.brand)
        if segment.owner != asker.user:
            raise DayRefused(f"{segment} belongs to somebody else by now.")
        _give(asker, pk, None)


class StageSuggestions(Source):
    """Moves that rules suggest: of those one looks after, and of nobody's everybody."""

    key = "stage_suggestion"
    section = Section.DECIDE
    name = "Suggested move"
    icon = "bulb"
    can = Can.MOVE_STAGES
    can_finish = Can.MOVE_STAGES
    finished = "Moved."

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those that hold where the creators are now."""
        rows = StageSuggestion.objects.open().filter(
            brand=asker.brand, from_stage=F("relationship__stage")
        )
        if not asker.is_team:
            owner = Q(relationship__owner=asker.user) | Q(relationship__owner=None)
            rows = rows.filter(owner)
        return rows.select_related(
            "relationship__creator", "relationship__owner", "version__stage_rule"
        ).annotate(**{DAY_AT: F("suggested_at")})

    def show(self, asker: Asker, rows: Sequence[StageSuggestion]) -> list[Row]:
        """Who, where to, and why."""
        return [
            Row(
                pk=one.pk,
                title=f"{one.relationship.creator.name}: {one.get_to_stage_display().lower()}?",
                url=reverse("crm:creator", args=[asker.brand.slug, one.relationship.creator.uid]),
                why=one.version.stage_rule.name,
                since=one.suggested_at,
                who=one.relationship.owner.display_name if one.relationship.owner else "nobody",
                done=f"Move to {one.get_to_stage_display().lower()}",
                version=one.relationship.version,
            )
            for one in rows
        ]

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """Make the move."""
        try:
            accept(
                suggestion_id=_of(asker, pk),
                at=asker.at,
                actor=asker.user,
                expected_version=version,
            )
        except SuggestionRefused as refusal:
            raise DayRefused(str(refusal)) from refusal
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """They go back to where they were, and the question waits again."""
        try:
            take_back(suggestion_id=_of(asker, pk), at=asker.at, actor=asker.user)
        except SuggestionRefused as refusal:
            raise DayRefused(str(refusal)) from refusal


class WaitingValues(Source):
    """Values that classifiers suggest: all of a brand in one line, for there may be thousands.

    They are everybody's who may answer them.
    """

    key = "suggested_values"
    section = Section.DECIDE
    name = "Suggestions"
    icon = "bulb"
    can = Can.EDIT_CREATORS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The brand, as long as one waits that the queue shows."""
        kept = CustomField.objects.filter(
            brand=asker.brand, key=OuterRef("fact"), is_standard=True
        ).in_use()
        waiting = (
            SuggestedValue.objects.filter(brand=OuterRef("pk"))
            .open()
            .of_the_willing()
            .filter(Q(fact__in=(NICHES, LANGUAGE)) | Exists(kept))
            .order_by()
            .values("brand")
            .annotate(number=Count("pk"), since=Min("suggested_at"))
        )
        rows = Brand.objects.filter(pk=asker.brand.pk).annotate(
            **{DAY_AT: Subquery(waiting.values("since"))},
            values_waiting=Subquery(waiting.values("number")),
        )
        return rows.filter(**{f"{DAY_AT}__isnull": False})

    def show(self, asker: Asker, rows: Sequence[Brand]) -> list[Row]:
        """How many."""
        return [
            Row(
                pk=row.pk,
                title=f"{number:,} suggestion{'s'[: number != 1]} from what creators post",
                url=reverse("segmentation:suggestions", args=[asker.brand.slug]),
                why="niches, roles and the like that a machine read: say whether they are right",
                since=getattr(row, DAY_AT),
                who="anybody who may edit creators",
            )
            for row in rows
            for number in [getattr(row, "values_waiting", 0)]
        ]


def _of(asker: Asker, pk: int) -> int:
    """The id, if it is one of the asker's brand. Raises DoesNotExist."""
    return StageSuggestion.objects.get(pk=pk, brand=asker.brand).pk


def _give(asker: Asker, pk: int, owner: Any) -> None:
    try:
        change_segment(segment_id=pk, changes={"owner": owner}, at=asker.at, actor=asker.user)
    except EditRefused as refusal:
        raise DayRefused(str(refusal)) from refusal


def _creators(count: int) -> str:
    return f"{count:,} creator{'' if count == 1 else 's'}"


def last_run(asker: Asker) -> Line | None:
    """When the segments were last run as a whole, and what came of it."""
    runs = Run.objects.filter(brand=asker.brand, finished_at__isnull=False)
    run = runs.exclude(trigger=Trigger.FACTS).order_by("-created_at", "-pk").first()
    if run is None or run.finished_at is None:
        return None
    ago = timesince(run.finished_at, asker.at, depth=1)
    words = f"Last run of the segments {ago} ago: {RunStatus(run.status).label.lower()}"
    if run.moved is not None and run.population:
        words += f", {run.moved:,} of {run.population:,} creators moved"
    return Line(f"{words}.", reverse("segmentation:run", args=[asker.brand.slug, run.pk]))


SOURCES = (
    StageSuggestions(),
    WaitingValues(),
    WaitingRuns(),
    BrokenSegments(),
    DriftAlerts(),
    OwnerlessSegments(),
)
