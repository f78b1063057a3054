"""What one of the brand's fields holds for many creators."""

from __future__ import annotations

from dataclasses import dataclass

from crm import audit
from crm.choices import RowOutcome
from crm.field_types import ValueRefused, clean, shown
from crm.models import Brand, CustomField, FieldValue
from crm.models.fields import Value
from crm.services import facts, field_values
from crm.services.bulk.batches import SAME, Batch, Outcome
from crm.services.bulk.changes import BulkRefused, Outcomes, Params


@dataclass(frozen=True)
class FieldChange:
    """Say what a field holds; None: not known any more."""

    field: CustomField
    value: Value | None
    note: str

    @classmethod
    def of(cls, brand: Brand, params: Params) -> FieldChange:
        """By `field` (a key), `value` as a form or JSON gives it (null takes it away), `note`."""
        key = str(params.get("field", ""))
        field = CustomField.objects.filter(brand=brand, key=key, archived_at=None).first()
        if field is None:
            raise BulkRefused("Choose one of your brand's fields.", "field")
        given, note = params.get("value"), " ".join(str(params.get("note", "")).split())
        if len(note) > field_values.NOTE_MAX:
            raise BulkRefused(f"A note has at most {field_values.NOTE_MAX} characters.", "note")
        try:
            value = None if given is None else clean(field, given)
        except ValueRefused as refusal:
            raise BulkRefused(str(refusal), "value") from refusal
        return cls(field, value, note)

    def words(self, who: str) -> str:
        """As the title of the job."""
        if self.value is None:
            return f"{self.field.label} of {who}: not known any more"
        return f"{self.field.label} of {who}: {shown(self.field, self.value)}"

    def make(self, batch: Batch) -> Outcomes:
        """Those who have this value, of the same source and with the same note, stay."""
        try:
            field_values.set_values(
                brand=batch.brand,
                creator_ids=batch.creator_ids,
                values={self.field.key: self.value},
                at=batch.at,
                actor=batch.actor,
                note=self.note,
            )
        except field_values.FieldValuesRefused as refusal:
            return {row.pk: Outcome(RowOutcome.REFUSED, str(refusal)) for row in batch.rows}
        written = dict(
            FieldValue.objects.filter(
                field=self.field, creator__in=batch.creator_ids, since=batch.at
            ).values_list("creator", "pk")
        )
        return {
            row.pk: Outcome(RowOutcome.CHANGED, after={"value": written[row.creator_id]})
            if row.creator_id in written
            else SAME
            for row in batch.rows
        }

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """Take our values away, which lets those of before count; newer ones are kept."""
        field = CustomField.objects.get(brand=batch.brand, key=batch.params["field"])
        ours = {pk: after["value"] for pk, after in batch.after.items()}
        newest = dict(
            FieldValue.objects.filter(field=field, creator__in=batch.creator_ids)
            .order_by("creator", "-since", "-pk")
            .distinct("creator")
            .values_list("creator", "pk")
        )
        outcomes: Outcomes = {
            row.pk: Outcome(RowOutcome.KEPT, f"{field.label} was changed since.")
            for row in batch.rows
            if newest.get(row.creator_id) != ours[row.pk]
        }
        back = [row for row in batch.rows if row.pk not in outcomes]
        FieldValue.objects.filter(pk__in=[ours[row.pk] for row in back]).delete()
        facts.mark_changed(
            brand=batch.brand, creator_ids=[row.creator_id for row in back], cause="field"
        )
        if back:
            audit.record(
                brand=batch.brand,
                verb="crm.field_value.taken_back",
                target=batch.brand,
                actor=batch.actor,
                at=batch.at,
                data={"field": field.key, "creators": len(back), "job": batch.job.pk},
            )
        return outcomes | {row.pk: Outcome(RowOutcome.UNDONE) for row in back}
