"""The brand at a glance: tiles, each a few numbers with their source, their age and their lists.

Upper apps add their tiles to TILES (docs/adr/0011). A tile costs a fixed number of queries.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count
from django.urls import reverse
from redis.exceptions import RedisError

from crm.choices import Role, Scope, Stage
from crm.models import Brand, Relationship, User
from crm.registry import Registry

logger = logging.getLogger(__name__)
M = TypeVar("M")


def kept(key: str, seconds: int, make: Callable[[], M]) -> M:
    """What was made for this key not longer ago than that; without a cache it is made each time."""
    try:
        found: M | None = cache.get(key)
    except RedisError as error:
        logger.warning("The cache does not answer: %s", error)
        return make()
    if found is None:
        found = make()
        with suppress(RedisError):
            cache.set(key, found, seconds)
    return found


class Part(StrEnum):
    """The parts of the page."""

    SEGMENTS = "Segments"
    WORK = "What waits"
    BRAND = "The brand"


# Whose page begins with what.
_ORDERS: Mapping[Role, Sequence[Part]] = {
    Role.STRATEGIST: (Part.SEGMENTS, Part.BRAND, Part.WORK),
    Role.ANALYST: (Part.SEGMENTS, Part.BRAND, Part.WORK),
    Role.MANAGER: (Part.WORK, Part.BRAND, Part.SEGMENTS),
    Role.LEGAL: (Part.WORK, Part.BRAND, Part.SEGMENTS),
    Role.ADMIN: (Part.BRAND, Part.WORK, Part.SEGMENTS),
}


@dataclass(frozen=True)
class Asked:
    """Whose overview, and when."""

    brand: Brand
    user: User
    role: Role
    at: datetime


@dataclass(frozen=True)
class Figure:
    """A number with the list that makes it up. `number` is in words, or None: not known."""

    name: str
    number: str | None
    url: str
    # How long the oldest has waited, a warning, what is left out.
    words: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Tile:
    """Figures of one kind: where they come from, and from when they are.

    `scope` is what a token needs for the lists behind them; people who have a role see all of it.
    """

    key: str
    title: str
    part: Part
    figures: Sequence[Figure]
    source: str
    as_of: datetime | None
    # What to do where there is nothing to show.
    empty: str = ""
    scope: Scope = field(kw_only=True)


TILES: Registry[Callable[[Asked], Tile]] = Registry()


def overview_of(asked: Asked) -> list[tuple[Part, list[Tile]]]:
    """All tiles, in the order that suits the role."""
    tiles = [make(asked) for make in TILES]
    return [
        (part, found)
        for part in _ORDERS[asked.role]
        if (found := [tile for tile in tiles if tile.part is part])
    ]


def link(asked: Asked, name: str, **query: str) -> str:
    """The address of a list of the brand."""
    address = reverse(name, args=[asked.brand.slug])
    return f"{address}?{urlencode(query)}" if query else address


def oldest(since: datetime | None, at: datetime) -> str:
    """ "the oldest for 12 days"; empty where nothing waits."""
    if since is None:
        return ""
    days = max((at - since).days, 0)
    return f"the oldest for {days} day{'s'[: days != 1]}" if days else "all since today"


def stages(asked: Asked) -> Tile:
    """Creators by stage."""
    rows = Relationship.objects.filter(brand=asked.brand).order_by().values_list("stage")
    counts = dict(rows.annotate(Count("pk")))
    return Tile(
        "stages",
        "Creators by stage",
        Part.BRAND,
        [
            Figure(stage.label, f"{counts[stage]:,}", link(asked, "crm:creators", stage=stage))
            for stage in Stage
            if counts.get(stage)
        ],
        "relationships",
        asked.at,
        "No creator yet. Import your sheet, or add somebody.",
        scope=Scope.RELATIONSHIPS_READ,
    )


TILES.add("stages", stages)
