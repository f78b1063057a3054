"""What an erasure does to samples of audiences: those of the creator's accounts go."""

from __future__ import annotations

from datetime import datetime

from crm.models import AudienceSample, Brand, Creator
from crm.services.privacy.parts import Own


def lock(_brand: Brand) -> None:
    """Nobody changes samples: they are told once."""


def count(brand: Brand, creator: Creator) -> dict[str, int]:
    """The samples, which go."""
    found = AudienceSample.objects.filter(brand=brand, profile__creator=creator).count()
    return {"Samples of audiences": found} if found else {}


def erase(brand: Brand, creator: Creator, _heir: int | None, _at: datetime) -> None:
    """Delete them; those of brands that do not know the creator any more go too."""
    theirs = AudienceSample.objects.filter(profile__creator=creator)
    theirs.filter(brand=brand).delete()
    theirs.exclude(brand__in=Brand.objects.filter(relationships__creator=creator)).delete()


PART = Own(tables=frozenset({AudienceSample._meta.label}), lock=lock, count=count, erase=erase)
