"""What changed on a board since somebody loaded it: the audit ledger tells, in its own order.

Entries of a brand are written one after the other, so that whoever has seen all up to a number
misses nothing: an entry with a lower one never comes later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from crm.choices import Stage
from crm.models import AuditEntry, Brand, User

# A job that moves more is told in one sentence; the board is loaded anew then.
MOST = 40
_CARD = "crm.relationship"
_MOVES = frozenset({"crm.stage.moved", "crm.relationship.created"})
# These change many cards, whose own acts the ledger does not name.
_MANY = frozenset(
    {
        "crm.import.applied",
        "crm.import.undone",
        "crm.creator.merged",
        "crm.creator.merge_undone",
    }
)


@dataclass(frozen=True)
class Feed:
    """The acts after a number of the ledger.

    number   of the newest entry there is
    ids      the relationships that changed, those that came to another column first
    arrived  which of them came to their column
    news     what other people did, in words
    is_many  more than a board takes up card by card: then nothing else is told
    """

    number: int
    ids: tuple[int, ...] = ()
    arrived: frozenset[int] = frozenset()
    news: tuple[str, ...] = ()
    is_many: bool = False


def latest(brand: Brand) -> int:
    """The number of the newest act; read it before what is shown. One look into an index."""
    newest = AuditEntry.objects.filter(brand=brand).order_by("-number")
    return newest.values_list("number", flat=True).first() or 0


def feed(brand: Brand, viewer: User, *, after: int, until: int) -> Feed:
    """What happened to cards after the act `after`, up to `until`, as `viewer` is told it."""
    entries = list(
        AuditEntry.objects.filter(
            Q(target_type=_CARD) | Q(verb__in=_MANY),
            brand=brand,
            number__gt=after,
            number__lte=until,
        )
        .select_related("actor")
        .order_by("number")[: MOST + 1]
    )
    if len(entries) > MOST or any(entry.verb in _MANY for entry in entries):
        return Feed(until, is_many=True)
    touched = _Touched()
    for entry in entries:
        touched.add(entry, viewer)
    return Feed(
        until,
        ids=tuple(touched.ids),
        arrived=frozenset(touched.arrived),
        news=tuple(touched.news),
    )


@dataclass
class _Touched:
    ids: dict[int, None] = field(default_factory=dict)
    arrived: set[int] = field(default_factory=set)
    news: list[str] = field(default_factory=list)

    def add(self, entry: AuditEntry, viewer: User) -> None:
        if entry.target_id is None:
            return
        self.ids[entry.target_id] = None
        if entry.verb not in _MOVES:
            return
        self.arrived.add(entry.target_id)
        if entry.actor_id != viewer.pk:
            who = entry.actor.display_name if entry.actor else "Rapport"
            self.news.append(f"{who} {_words(entry.target_label, entry.data)}")


def _words(name: str, data: Mapping[str, object]) -> str:
    stages = data.get("stage")
    before, after = stages if isinstance(stages, list) and len(stages) == 2 else (None, None)
    place = Stage(after).label if after in Stage.values else "another stage"
    return f"moved {name} to {place}." if before else f"added {name} to {place}."
