"""What happens where both creators have a row of which there can be one, beyond keeping one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from crm.models import PostalAddress, Relationship, Snooze, StageChange
from crm.services.merge.fields import GONE, Pair, key_of
from crm.services.merge.recording import Recorder
from crm.services.merge.tables import Settler

# Rows of somebody's day (crm/day) that are relationships.
BY_RELATIONSHIP = Q(source="next_step") | Q(source__startswith="stalled_")
# Their settlers change the rows so that both stay.
RESOLVING = frozenset({"crm.StageChange"})


@dataclass
class Settling:
    """Joins the relationships of each brand that knows both, as somebody chose."""

    chosen: Mapping[str, str]
    at: datetime
    # Relationships that became part of another.
    former: list[int] = field(default_factory=list)

    def settlers(self) -> dict[str, Settler]:
        """By model."""
        return {
            "crm.PostalAddress": self.address,
            "crm.Relationship": self.relationship,
            "crm.StageChange": self.stage,
        }

    def address(self, recorder: Recorder, old: int, new: int) -> None:
        """Parcels go to one address: the one that was chosen, else the one confirmed last."""
        rows = PostalAddress.objects.select_related("brand").in_bulk([old, new])
        ours, theirs = rows[new], rows[old]
        if self.chosen.get(f"address-{ours.brand.slug}") != GONE:
            return
        fields = [one.name for one in PostalAddress._meta.concrete_fields]
        same = {"id", "brand", "creator"}
        recorder.change(ours, {name: getattr(theirs, name) for name in fields if name not in same})

    def relationship(self, recorder: Recorder, old: int, new: int) -> None:
        """Stage, owner and next step of the one that stays, and since when they are known."""
        pair = _pair(old, new)
        ours, theirs = pair.kept, pair.gone
        values: dict[str, Any] = {
            "since": min(ours.since, theirs.since),
            "version": ours.version + 1,
        }
        if self._theirs_is_the_stage(pair):
            values |= {"stage": theirs.stage, "stage_since": theirs.stage_since}
        if self.chosen.get(key_of(pair, "owner")) == GONE:
            values["owner"] = theirs.owner
        if self.chosen.get(key_of(pair, "next_step")) == GONE:
            values |= {"next_step": theirs.next_step, "next_step_on": theirs.next_step_on}
        recorder.change(ours, values)
        _put_off(recorder, old, new)
        self.former.append(old)

    def stage(self, recorder: Recorder, old: int, new: int) -> None:
        """One of the two open stays ends now: the one whose stage does not count any more."""
        open_stays = StageChange.objects.in_bulk([old, new])
        ended = open_stays[old]
        kept = Relationship.objects.get(pk=open_stays[new].relationship_id)
        # The relationship that stays has its values already.
        if kept.stage_since == ended.entered_at and kept.stage == ended.stage:
            ended = open_stays[new]
        recorder.change(ended, {"left_at": max(self.at, ended.entered_at)})

    def _theirs_is_the_stage(self, pair: Pair) -> bool:
        choice = self.chosen.get(key_of(pair, "stage"))
        if choice is not None:
            return choice == GONE
        # The same stage: from when on the first of the two was in it.
        return pair.gone.stage_since < pair.kept.stage_since


def _put_off(recorder: Recorder, old: int, new: int) -> None:
    """What people put off of the one that goes stays put off. No foreign key says so."""
    theirs = Snooze.objects.filter(BY_RELATIONSHIP, row=old)
    there = Snooze.objects.filter(
        user=OuterRef("user"), brand=OuterRef("brand"), source=OuterRef("source"), row=new
    )
    moved = theirs.filter(~Exists(there)).order_by("pk").values_list("pk", flat=True)
    recorder.move(Snooze, "row", old, new, only=list(moved))
    recorder.drop(Snooze, list(theirs.order_by("pk").values_list("pk", flat=True)))


def _pair(old: int, new: int) -> Pair:
    rows = Relationship.objects.select_related("brand", "owner").in_bulk([old, new])
    return Pair(kept=rows[new], gone=rows[old])
