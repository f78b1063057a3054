"""Write a value where its fact is kept: a brand's field, the creator's niches, their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm import audit
from crm.choices import Source
from crm.models import Brand, Creator, CreatorNiche, FieldValue, Niche, User
from crm.services import facts
from crm.services.field_values import set_values
from segmentation.services.suggesting.subjects import LANGUAGE, Subject, niche_label


def write(
    *,
    brand: Brand,
    subject: Subject,
    creator_ids: Sequence[int],
    values: Sequence[str],
    at: datetime,
    actor: User,
    source: Source,
    note: str,
) -> None:
    """Give creators, of whom the fact is not known, these values. In the caller's transaction."""
    if subject.field is not None:
        set_values(
            brand=brand,
            creator_ids=creator_ids,
            values={subject.fact: list(values) if subject.is_set else values[0]},
            at=at,
            actor=actor,
            source=source,
            note=note,
        )
    elif subject.fact == LANGUAGE:
        Creator.objects.filter(pk__in=creator_ids, language="").update(
            language=values[0], updated_at=at
        )
        _tell(brand, creator_ids, {"language": ["", values[0]]}, at, actor)
    else:
        rows = [
            CreatorNiche(creator_id=creator, niche=niche, source=source)
            for niche in [_niche(key) for key in values]
            for creator in creator_ids
        ]
        CreatorNiche.objects.bulk_create(rows, ignore_conflicts=True)
        _tell(brand, creator_ids, {"niches": [[], list(values)]}, at, actor)


def take_away(
    *,
    brand: Brand,
    subject: Subject,
    creator_id: int,
    values: Sequence[str],
    said_at: datetime,
    at: datetime,
    actor: User,
) -> bool:
    """Make it unknown again, where it is still what was said then; whether it was."""
    if subject.field is not None:
        held = FieldValue.objects.filter(field=subject.field, creator=creator_id).as_of(at).first()
        if held is None or held.since != said_at or held.value is None:
            return False
        set_values(
            brand=brand, creator_ids=[creator_id], values={subject.fact: None}, at=at, actor=actor
        )
        return True
    if subject.fact == LANGUAGE:
        rows = Creator.objects.filter(pk=creator_id, language=values[0])
        was = rows.update(language="", updated_at=at) == 1
        change: dict[str, list[object]] = {"language": [values[0], ""]}
    else:
        niches = CreatorNiche.objects.filter(creator=creator_id)
        was = set(niches.values_list("niche__key", flat=True)) == set(values)
        if was:
            niches.delete()
        change = {"niches": [list(values), []]}
    if was:
        _tell(brand, [creator_id], change, at, actor)
    return was


def _niche(key: str) -> Niche:
    """The niche; one of the word list that nobody had yet comes to be."""
    return Niche.objects.get_or_create(key=key, defaults={"label": niche_label(key)})[0]


def _tell(
    brand: Brand,
    creator_ids: Sequence[int],
    change: dict[str, list[object]],
    at: datetime,
    actor: User,
) -> None:
    """Whoever knows the creators looks at them again; one entry."""
    facts.mark_changed(brand=None, creator_ids=creator_ids, cause="creator")
    one = len(creator_ids) == 1
    audit.record(
        brand=brand,
        verb="crm.creator.changed" if one else "crm.creator.changed_many",
        target=Creator.objects.get(pk=creator_ids[0]) if one else brand,
        actor=actor,
        at=at,
        data={} if one else {"creators": len(creator_ids)},
        text=change,
    )
