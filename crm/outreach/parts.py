"""Where upper apps say no or "with care" to a pitch, and name audiences, without being imported.

An upper app adds its parts once, in AppConfig.ready() (docs/adr/0011-parts-from-upper-apps.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from crm.choices import PitchDepth
from crm.models import Brand, Creator
from crm.registry import Registry


@dataclass(frozen=True)
class Objection:
    """A reason of an upper app why creators are not to be written to by themselves.

    `of` answers for many creators at once: why not, in a sentence, by the creator's number; who is
    left out may be written to. It is asked with one creator when a mail is sent.
    """

    code: str
    of: Callable[[Brand, Collection[int], datetime], Mapping[int, str]]


@dataclass(frozen=True)
class Care:
    """That a mistake with a creator would cost much: who says yes first, and whose words those are.

    `segment` is the name of the segment whose playbook says so.
    """

    depth: PitchDepth
    segment: str


@dataclass(frozen=True)
class Caution:
    """What an upper app knows of the cost of a mistake; `of` answers for many creators at once.

    Who is left out of the answer may be pitched by whoever may write.
    """

    code: str
    of: Callable[[Brand, Collection[int], datetime], Mapping[int, Care]]


@dataclass(frozen=True)
class Audience:
    """Creators whom an upper app knows by a name; `key` is also its key in the registry.

    `choices` are keys and labels of a brand; `members` the creators of one of them now.
    """

    key: str
    label: str
    choices: Callable[[Brand], list[tuple[str, str]]]
    members: Callable[[Brand, str], QuerySet[Creator]]


# The personas that count for creators, by the creator's number: one of each dimension of them.
Personas = Callable[[Brand, Collection[int]], Mapping[int, Sequence[str]]]

OBJECTIONS: Registry[Objection] = Registry()
PERSONAS: Registry[Personas] = Registry()
CAUTIONS: Registry[Caution] = Registry()
# A sequence or a template names an audience as "kind:key", e.g. "segment:educators".
AUDIENCES: Registry[Audience] = Registry()
