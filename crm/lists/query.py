"""The address of the list of creators: what of it a view keeps, and in what spelling."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from crm.choices import ListKind
from crm.filters import CreatorFilter
from crm.lists.columns import PARAMETER as COLUMNS
from crm.models import Brand, SavedView, User, ViewPin
from crm.sent import row_number

VIEW = "view"


def kept(query: QueryDict) -> str:
    """What a view keeps of an address: filters, columns and order, in one spelling."""
    names = {*CreatorFilter.base_filters, COLUMNS}
    given = QueryDict(mutable=True)
    for name in sorted(names & set(query)):
        values = [value for value in query.getlist(name) if value]
        # Ticked boxes come in the order of the page, which may change.
        given.setlist(name, sorted(values) if len(values) > 1 else values)
    return given.urlencode()


@dataclass(frozen=True)
class Tab:
    """A view above the list."""

    view: SavedView
    is_default: bool
    is_here: bool


@dataclass(frozen=True)
class Views:
    """The views of the list for a user: those that are tabs, the one that is open."""

    tabs: tuple[Tab, ...]
    here: SavedView | None
    is_changed: bool
    default: SavedView | None

    @classmethod
    def of(cls, brand: Brand, user: User, query: QueryDict) -> Views:
        """What `query` opens; a view that is not (or no longer) the user's to see is none."""
        mine = SavedView.objects.visible_to(user).filter(brand=brand, list=ListKind.CREATORS)
        pins = [*ViewPin.objects.filter(user=user, view__in=mine).select_related("view__author")]
        asked = query.get(VIEW, "")
        pk = row_number(asked) or 0
        here = next((pin.view for pin in pins if pin.view_id == pk), None)
        if here is None and pk:
            here = mine.select_related("author").filter(pk=pk).first()
        shown = [pin.view for pin in pins]
        if here is not None and here not in shown:
            shown.append(here)
        default = next((pin.view for pin in pins if pin.is_default), None)
        return cls(
            tabs=tuple(Tab(view, view == default, view == here) for view in shown),
            here=here,
            is_changed=here is not None and kept(query) != kept(QueryDict(here.query)),
            default=default,
        )
