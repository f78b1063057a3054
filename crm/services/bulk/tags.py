"""A tag for many creators, or taken from them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from crm.choices import RowOutcome
from crm.models import Brand, CreatorTag, Tag
from crm.services import tags
from crm.services.bulk.batches import SAME, Batch, Outcome
from crm.services.bulk.changes import BulkRefused, Outcomes, Params

_CHANGED = RowOutcome.CHANGED
_UNDONE = Outcome(RowOutcome.UNDONE)


@dataclass(frozen=True)
class TagGiven:
    """Give creators a tag; a new word becomes one."""

    name: str

    @classmethod
    def of(cls, _brand: Brand, params: Params) -> TagGiven:
        """By `tag`, its name."""
        try:
            return cls(tags.clean_name(str(params.get("tag", ""))))
        except tags.TagRefused as refusal:
            raise BulkRefused(str(refusal), "tag") from refusal

    def words(self, who: str) -> str:
        """As the title of the job."""
        return f"Tag {who} “{self.name}”"

    def make(self, batch: Batch) -> Outcomes:
        """Those who have it already stay."""
        had = _holders(Tag.objects.filter(brand=batch.brand, name__iexact=self.name), batch)
        try:
            tag, _new = tags.add_tag(
                brand=batch.brand,
                creator_ids=batch.creator_ids,
                name=self.name,
                actor=batch.actor,
                at=batch.at,
            )
        except tags.TagRefused as refusal:
            return {row.pk: Outcome(RowOutcome.REFUSED, str(refusal)) for row in batch.rows}
        return {
            row.pk: SAME if row.creator_id in had else Outcome(_CHANGED, after={"tag": tag.pk})
            for row in batch.rows
        }

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """Take it from those who have it by us."""
        tag = Tag.objects.filter(pk__in={after["tag"] for after in batch.after.values()}).first()
        if tag is not None:
            tags.remove_tag(tag=tag, creator_ids=batch.creator_ids, actor=batch.actor, at=batch.at)
        return {row.pk: _UNDONE for row in batch.rows}


@dataclass(frozen=True)
class TagTaken:
    """Take a tag from creators; the word stays."""

    tag: Tag

    @classmethod
    def of(cls, brand: Brand, params: Params) -> TagTaken:
        """By `tag`, its name."""
        name = str(params.get("tag", "")).strip()
        tag = Tag.objects.filter(brand=brand, name__iexact=name).first() if name else None
        if tag is None:
            raise BulkRefused("Choose a tag that your brand has.", "tag")
        return cls(tag)

    def words(self, who: str) -> str:
        """As the title of the job."""
        return f"Take the tag “{self.tag}” from {who}"

    def make(self, batch: Batch) -> Outcomes:
        """Those who do not have it stay."""
        had = _holders(Tag.objects.filter(pk=self.tag.pk), batch)
        tags.remove_tag(tag=self.tag, creator_ids=batch.creator_ids, actor=batch.actor, at=batch.at)
        return {
            row.pk: Outcome(_CHANGED, after={"tag": self.tag.pk}) if row.creator_id in had else SAME
            for row in batch.rows
        }

    @staticmethod
    def put_back(batch: Batch) -> Outcomes:
        """Give it to them again, unless the word is gone."""
        tag = Tag.objects.filter(pk__in={after["tag"] for after in batch.after.values()}).first()
        if tag is None:
            gone = Outcome(RowOutcome.KEPT, "The tag was deleted since.")
            return {row.pk: gone for row in batch.rows}
        tags.add_tag(
            brand=batch.brand,
            creator_ids=batch.creator_ids,
            name=tag.name,
            actor=batch.actor,
            at=batch.at,
        )
        return {row.pk: _UNDONE for row in batch.rows}


def _holders(tag: QuerySet[Tag], batch: Batch) -> set[int]:
    """Which creators of the batch have a tag (a queryset of one)."""
    rows = CreatorTag.objects.filter(tag__in=tag, creator__in=batch.creator_ids)
    return set(rows.values_list("creator", flat=True))
