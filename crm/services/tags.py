"""Tags: a brand's own words for creators. A word is made by giving it to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from crm import audit
from crm.choices import TagColour
from crm.models import Brand, Creator, CreatorTag, Relationship, Tag, User
from crm.services import facts

NAME_MAX = 60
TAGS_MAX = 500


class TagRefused(Exception):
    """Nothing was changed; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "name") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def add_tag(
    *, brand: Brand, creator_ids: Sequence[int], name: str, actor: User | None, at: datetime
) -> tuple[Tag, int]:
    """Give creators whom the brand knows a tag; a new word becomes one. Returns how many were new.

    Raises TagRefused.
    """
    tag = _tag(brand, name)
    known = _known(brand, creator_ids)
    there = set(
        CreatorTag.objects.filter(tag=tag, creator__in=known).values_list("creator", flat=True)
    )
    new = [pk for pk in known if pk not in there]
    CreatorTag.objects.bulk_create(
        [CreatorTag(tag=tag, creator_id=pk, author=actor, created_at=at) for pk in new],
        ignore_conflicts=True,
    )
    _tell(tag, "crm.tag.added", new, actor, at)
    return tag, len(new)


@transaction.atomic
def remove_tag(*, tag: Tag, creator_ids: Sequence[int], actor: User | None, at: datetime) -> int:
    """Take a tag from creators; the word stays. Returns from how many."""
    rows = CreatorTag.objects.filter(tag=tag, creator__in=_known(tag.brand, creator_ids))
    gone = sorted(rows.values_list("creator", flat=True))
    rows.delete()
    _tell(tag, "crm.tag.removed", gone, actor, at)
    return len(gone)


@transaction.atomic
def change_tag(*, tag: Tag, name: str, colour: str, actor: User | None, at: datetime) -> Tag:
    """Call a tag otherwise, or colour it. Rules go on reading it by its key. Raises TagRefused."""
    name = clean_name(name)
    if colour not in TagColour.values:
        raise TagRefused(f"“{colour}” is no colour of tags.", "colour")
    if Tag.objects.filter(brand=tag.brand, name__iexact=name).exclude(pk=tag.pk).exists():
        raise TagRefused(f"There is a tag “{name}” already.")
    before = {"name": tag.name, "colour": tag.colour}
    if before == {"name": name, "colour": colour}:
        return tag
    tag.name, tag.colour = name, colour
    tag.save(update_fields=["name", "colour"])
    audit.record(
        brand=tag.brand,
        verb="crm.tag.changed",
        target=tag,
        actor=actor,
        at=at,
        data={"name": [before["name"], name], "colour": [before["colour"], colour]},
    )
    return tag


@transaction.atomic
def delete_tag(*, tag: Tag, actor: User | None, at: datetime) -> int:
    """Take a tag from everybody and forget the word. Returns how many had it."""
    creators = sorted(tag.creator_tags.values_list("creator", flat=True))
    audit.record(
        brand=tag.brand,
        verb="crm.tag.deleted",
        target=tag,
        actor=actor,
        at=at,
        data={"creators": len(creators)},
    )
    tag.delete()
    if creators:
        facts.mark_changed(brand=tag.brand, creator_ids=creators, cause="tag")
    return len(creators)


def _tag(brand: Brand, name: str) -> Tag:
    """The brand's tag of this name, made where there is none."""
    name = clean_name(name)
    found = Tag.objects.filter(brand=brand, name__iexact=name).first()
    if found is not None:
        return found
    taken = set(Tag.objects.filter(brand=brand).values_list("key", flat=True))
    if len(taken) >= TAGS_MAX:
        raise TagRefused(f"{TAGS_MAX} tags are the most. Delete some that nobody needs any more.")
    tag = Tag(brand=brand, key=free_key(name, taken), name=name)
    # Somebody else may make the same word this moment.
    Tag.objects.bulk_create([tag], ignore_conflicts=True)
    return Tag.objects.get(brand=brand, name__iexact=name)


def free_key(name: str, taken: set[str]) -> str:
    """A key for a new word that none of the others has."""
    stem = slugify(name)[:50].replace("-", "_") or "tag"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def clean_name(name: str) -> str:
    """The name as a tag can have it. Raises TagRefused."""
    name = " ".join(name.split())
    if not name:
        raise TagRefused("The tag has no name.")
    if len(name) > NAME_MAX:
        raise TagRefused(f"A tag has at most {NAME_MAX} characters.")
    if "," in name or ";" in name:
        raise TagRefused("A tag has no comma or semicolon: they part tags in files.")
    return name


def _known(brand: Brand, creator_ids: Sequence[int]) -> list[int]:
    rows = Relationship.objects.filter(brand=brand, creator__in=creator_ids)
    return list(rows.order_by("creator").values_list("creator", flat=True))


def _tell(tag: Tag, verb: str, creators: Sequence[int], actor: User | None, at: datetime) -> None:
    """To the outbox, and to the ledger: of one creator, or of many at once."""
    if not creators:
        return
    facts.mark_changed(brand=tag.brand, creator_ids=creators, cause="tag")
    one = Creator.objects.get(pk=creators[0]) if len(creators) == 1 else None
    audit.record(
        brand=tag.brand,
        verb=verb,
        target=one or tag,
        actor=actor,
        at=at,
        data={"tag": tag.name, "creators": len(creators)},
    )
