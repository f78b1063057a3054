"""Where upper apps say no to a mail, and name audiences, without being imported from here.

An upper app adds its parts once, in AppConfig.ready() (docs/adr/0011-parts-from-upper-apps.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

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
class Audience:
    """Creators whom an upper app knows by a name; `key` is also its key in the registry.

    `choices` are keys and labels of a brand; `members` the creators of one of them now.
    """

    key: str
    label: str
    choices: Callable[[Brand], list[tuple[str, str]]]
    members: Callable[[Brand, str], QuerySet[Creator]]


OBJECTIONS: Registry[Objection] = Registry()
# A sequence or a template names an audience as "kind:key", e.g. "segment:educators".
AUDIENCES: Registry[Audience] = Registry()
