"""Where a creator stands in the list from which they were opened: the next one, the one before.

The address of a creator's page holds the list's query and the row's place in it, signed. Nothing is
kept on the server, and the place stays although the creator may leave the list meanwhile: who works
through all prospects goes on to the next one after moving the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.core import signing
from django.http import QueryDict

from crm.filters import CreatorFilter
from crm.limits import TookTooLong
from crm.lists.patience import in_time
from crm.models import Brand, Relationship
from crm.paging import BadCursor, beside, place_of
from crm.selectors import relationships_of

PARAMETER = "in"
_signer = signing.Signer(salt="crm.lists.place")


@dataclass(frozen=True)
class Neighbour:
    """A creator beside the one that is shown, with their own place in the list."""

    relationship: Relationship
    place: str


@dataclass(frozen=True)
class InList:
    """The list from which a creator was opened, and who stands beside them."""

    query: str
    previous: Neighbour | None
    next: Neighbour | None


def place(item: Relationship, found: CreatorFilter, query: str) -> str:
    """What the address of a row's page says of the list. The row is one that `paginate` gave."""
    return _signer.sign_object([query, place_of(item, found.order)], compress=True)


def in_list(brand: Brand, given: str) -> InList | None:
    """The list of such an address.

    None where it is not complete, its filter no longer holds, or nobody would wait for the answer.
    """
    try:
        query, here = cast("list[str]", _signer.unsign_object(given))
    except (signing.BadSignature, ValueError):
        return None
    found = CreatorFilter(QueryDict(query), relationships_of(brand), brand=brand)
    if not found.is_valid():
        return None
    try:
        with in_time(found):
            both = beside(found.qs.select_related("creator"), found.order, here)
    except (BadCursor, TookTooLong):
        return None

    def neighbour(item: Relationship | None) -> Neighbour | None:
        return None if item is None else Neighbour(item, place(item, found, query))

    return InList(query, neighbour(both.previous), neighbour(both.next))
