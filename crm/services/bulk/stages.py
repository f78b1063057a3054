"""The stage of many creators: each moves only where it may from the stage in which it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from crm.choices import RowOutcome, Stage
from crm.models import Brand, Relationship, StageChange
from crm.services import criteria
from crm.services.bulk.batches import SAME, Batch, Outcome
from crm.services.bulk.changes import BulkRefused, Outcomes, Params
from crm.services.bulk.relationships import Told, changed_since, put_back, tell
from crm.services.relationships import REASON_MAX, SIDE, allowed_moves

VERB = "crm.stage.moved"


@dataclass(frozen=True)
class StageMove:
    """Move creators to a stage. Where the way needs a reason, this one is given."""

    to: Stage
    reason: str

    @classmethod
    def of(cls, _brand: Brand, params: Params) -> StageMove:
        """By `stage` and `reason`."""
        if params.get("stage") not in Stage.values:
            raise BulkRefused("Choose a stage.", "stage")
        to, reason = Stage(params["stage"]), " ".join(str(params.get("reason", "")).split())
        if len(reason) > REASON_MAX:
            raise BulkRefused(f"A reason has at most {REASON_MAX} characters.", "reason")
        if to in SIDE and not reason:
            raise BulkRefused(f"Say why they go to “{to.label}”.", "reason")
        return cls(to, reason)

    def words(self, who: str) -> str:
        """As the title of the job."""
        return f"Move {who} to {self.to.label}"

    def make(self, batch: Batch) -> Outcomes:
        """Move those who may go there from where they stand."""
        before_side = _last_on_path([row for row in batch.rows if row.stage in SIDE])
        going = [row for row in batch.rows if row.stage != self.to]
        lacking = criteria.unmet(batch.brand, going, self.to, batch.at)
        outcomes: Outcomes = {}
        moving: list[Relationship] = []
        for row in batch.rows:
            refusal = self._refusal(row, before_side.get(row.pk), batch, lacking.get(row.pk, []))
            if row.stage == self.to:
                outcomes[row.pk] = SAME
            elif refusal:
                outcomes[row.pk] = Outcome(RowOutcome.REFUSED, refusal)
            else:
                moving.append(row)
        return outcomes | self._write(batch, moving, lacking)

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """As if the move had never been: the stay before goes on, with the day it began."""
        kept, before, after = changed_since(batch), batch.before, batch.after
        ours = [row.pk for row in batch.rows if row.pk not in kept]
        stays = [(before[pk]["stay"], after[pk]["stay"]) for pk in ours]
        StageChange.objects.filter(pk__in=[new for _old, new in stays]).delete()
        StageChange.objects.filter(pk__in=[old for old, _new in stays]).update(left_at=None)
        return put_back(batch, ("stage", "stage_since"), VERB)

    def _refusal(
        self, row: Relationship, last_on_path: Stage | None, batch: Batch, lacking: list[str]
    ) -> str:
        here = Stage(row.stage)
        moves = allowed_moves(here, last_on_path)
        if self.to not in moves:
            possible = ", ".join(f"“{stage.label}”" for stage in moves)
            return f"From “{here.label}” one move leads to {possible} only."
        if moves[self.to] and not self.reason:
            return f"From “{here.label}” to “{self.to.label}” a reason is needed."
        if lacking and not self.reason:
            return f"A reason is needed. {criteria.in_words(lacking)}"
        if batch.at < row.stage_since:
            return f"Came to “{here.label}” after this change was begun."
        return ""

    def _write(self, batch: Batch, moving: list[Relationship], lacking: criteria.Unmet) -> Outcomes:
        ids = [row.pk for row in moving]
        stays = StageChange.objects.filter(relationship__in=ids, left_at=None)
        old = dict(stays.values_list("relationship", "pk"))
        stays.update(left_at=batch.at)
        made = StageChange.objects.bulk_create(
            StageChange(
                relationship=row,
                from_stage=row.stage,
                stage=self.to,
                entered_at=batch.at,
                actor=batch.actor,
                reason=self.reason,
            )
            for row in moving
        )
        Relationship.objects.filter(pk__in=ids).update(
            stage=self.to, stage_since=batch.at, version=F("version") + 1
        )
        told = {row.pk: self._told(row) for row in moving}
        against = {pk: {"unmet": words} for pk, words in lacking.items()}
        tell(batch, VERB, {pk: {**act, **against.get(pk, {})} for pk, act in told.items()})
        return {
            row.pk: Outcome(
                RowOutcome.CHANGED,
                before={"stage": row.stage, "stage_since": row.stage_since, "stay": old[row.pk]},
                after={"version": row.version + 1, "stay": stay.pk, "told": told[row.pk]},
            )
            for row, stay in zip(moving, made, strict=True)
        }

    def _told(self, row: Relationship) -> Told:
        reason = {"reason": self.reason} if self.reason else {}
        return {"stage": [row.stage, self.to.value], **reason}


def _last_on_path(rows: list[Relationship]) -> dict[int, Stage]:
    """The newest stage of each that was neither lapsed nor declined."""
    found = (
        StageChange.objects.filter(relationship__in=rows)
        .exclude(stage__in=SIDE)
        .order_by("relationship", "-entered_at", "-pk")
        .distinct("relationship")
        .values_list("relationship", "stage")
    )
    return {pk: Stage(stage) for pk, stage in found} if rows else {}
