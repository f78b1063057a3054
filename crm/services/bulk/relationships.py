"""Owner, next step and stage of many creators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F

from crm import audit
from crm.choices import RowOutcome
from crm.models import AuditEntry, Brand, Relationship, User, UserRole
from crm.services import facts
from crm.services.bulk.batches import SAME, Batch, Outcome
from crm.services.bulk.changes import BulkRefused, Outcomes, Params
from crm.services.relationships import NEXT_STEP_MAX

# What the ledger will say: each column before and after, as a list of the two.
Told = dict[str, Any]
# How the columns of a relationship come back out of the image of before.
_BACK = {
    "owner_id": "(SELECT u.id FROM crm_user u WHERE u.id = (j.before->>'owner_id')::bigint)",
    "next_step": "j.before->>'next_step'",
    "next_step_on": "(j.before->>'next_step_on')::date",
    "stage": "j.before->>'stage'",
    "stage_since": "(j.before->>'stage_since')::timestamptz",
}


@dataclass(frozen=True)
class OwnerChange:
    """Give creators to somebody of the brand, or to nobody."""

    owner: User | None

    @classmethod
    def of(cls, brand: Brand, params: Params) -> OwnerChange:
        """By `owner`, the id of a user with a role in the brand; null for nobody."""
        pk = params.get("owner")
        if pk is None:
            return cls(None)
        role = UserRole.objects.select_related("user").filter(brand=brand, user=pk).first()
        if role is None:
            raise BulkRefused(
                f"The new owner has no role in {brand}. An admin can give one.", "owner"
            )
        return cls(role.user)

    def words(self, who: str) -> str:
        """As the title of the job."""
        return f"Give {who} to {self.owner.display_name if self.owner else 'nobody'}"

    def make(self, batch: Batch) -> Outcomes:
        """Whoever has this owner already stays as they are."""
        new = self.owner.pk if self.owner else None
        return write(batch, {"owner_id": new}, "crm.owner.set", self._told)

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """To the owner of before; to nobody where that account is gone."""
        return put_back(batch, ("owner_id",), "crm.owner.set")

    def _told(self, row: Relationship) -> Told:
        return {"owner": [row.owner and row.owner.email, self.owner and self.owner.email]}


@dataclass(frozen=True)
class NextStepChange:
    """Say what comes next with creators, and by which day; an empty text takes it away."""

    text: str
    on: date | None

    @classmethod
    def of(cls, brand: Brand, params: Params) -> NextStepChange:
        """By `text`, and `on` as an ISO date."""
        text = " ".join(str(params.get("text", "")).split())
        if len(text) > NEXT_STEP_MAX:
            raise BulkRefused(f"A next step has at most {NEXT_STEP_MAX} characters.", "text")
        on = params.get("on") or None
        if on and not text:
            raise BulkRefused("Say what is to be done by that day.", "text")
        try:
            return cls(text, date.fromisoformat(str(on)) if on else None)
        except ValueError as error:
            raise BulkRefused("Write the day as 2026-12-31.", "on") from error

    def words(self, who: str) -> str:
        """As the title of the job."""
        if not self.text:
            return f"Take the next step away from {who}"
        return f"Next step of {who}: {self.text}"

    def make(self, batch: Batch) -> Outcomes:
        """Whoever has this next step already stays as they are."""
        values = {"next_step": self.text, "next_step_on": self.on}
        return write(batch, values, "crm.next_step.set", self._told)

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """To the next step of before."""
        return put_back(batch, ("next_step", "next_step_on"), "crm.next_step.set")

    def _told(self, row: Relationship) -> Told:
        return {
            "next_step": [row.next_step, self.text],
            "next_step_on": [row.next_step_on, self.on],
        }


def write(
    batch: Batch,
    values: Mapping[str, Any],
    verb: str,
    told: Callable[[Relationship], Told],
) -> Outcomes:
    """Give these columns these values, where they have others, with a line in the ledger each."""
    outcomes: Outcomes = {row.pk: SAME for row in batch.rows}
    moving = [
        row for row in batch.rows if any(getattr(row, name) != new for name, new in values.items())
    ]
    for row in moving:
        outcomes[row.pk] = Outcome(
            RowOutcome.CHANGED,
            before={name: getattr(row, name) for name in values},
            after={"version": row.version + 1, "told": told(row)},
        )
    Relationship.objects.filter(pk__in=[row.pk for row in moving]).update(
        **values, version=F("version") + 1
    )
    tell(batch, verb, {row.pk: told(row) for row in moving})
    return outcomes


def put_back(batch: Batch, columns: Sequence[str], verb: str) -> Outcomes:
    """Give the columns what the job's rows hold of before, but for who was changed since."""
    outcomes, after = changed_since(batch), batch.after
    ours = [row.pk for row in batch.rows if row.pk not in outcomes]
    back = ", ".join(f"{name} = {_BACK[name]}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE crm_relationship r SET {back}, version = r.version + 1"  # noqa: S608 - our names
            " FROM crm_jobrow j"
            " WHERE j.relationship_id = r.id AND j.job_id = %s AND r.id = ANY(%s)",
            [batch.job.undoes_id, ours],
        )
    tell(batch, verb, {pk: reversed_told(after[pk]) for pk in ours})
    return outcomes | {pk: Outcome(RowOutcome.UNDONE) for pk in ours}


def changed_since(batch: Batch) -> Outcomes:
    """Those of a batch to be put back whom somebody changed since the job did: they are kept."""
    after = batch.after
    since = [row for row in batch.rows if row.version != after[row.pk]["version"]]
    last = (
        AuditEntry.objects.filter(
            brand=batch.brand,
            target_type=Relationship._meta.label_lower,
            target_id__in=[row.pk for row in since],
        )
        .order_by("target_id", "-number")
        .distinct("target_id")
        .values_list("target_id", "text__actor_label")
    )
    who = dict(last) if since else {}
    return {
        row.pk: Outcome(RowOutcome.KEPT, f"Changed since by {who.get(row.pk) or 'somebody'}.")
        for row in since
    }


def tell(batch: Batch, verb: str, told: Mapping[int, Told]) -> None:
    """The ledger, and whoever looks at facts, of what was written."""
    moving = [row for row in batch.rows if row.pk in told]
    facts.mark_changed(
        brand=batch.brand, creator_ids=[row.creator_id for row in moving], cause="relationship"
    )
    audit.record_many(
        brand=batch.brand,
        verb=verb,
        of=Relationship,
        acts=[
            audit.Act(row.pk, row.creator.name, {**told[row.pk], "job": batch.job.pk})
            for row in moving
        ],
        actor=batch.actor,
        at=batch.at,
    )


def reversed_told(after: Mapping[str, Any]) -> Told:
    """What the ledger said of a change, as its undoing says it."""
    pairs = {name: value for name, value in after["told"].items() if isinstance(value, list)}
    return {name: [new, old] for name, (old, new) in pairs.items()}
