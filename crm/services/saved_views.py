"""Saved views: kept by name, private or shared; each person pins their own and has one default."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max

from crm.choices import ListKind
from crm.models import Brand, SavedView, User, ViewPin

NAME_MAX, QUERY_MAX = 80, 4_000


class ViewRefused(Exception):
    """Nothing is saved; the message is fit for the user, `field` is what it is about."""

    def __init__(self, message: str, field: str = "", code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.code = field, code


@transaction.atomic
def save_new(
    *, brand: Brand, name: str, query: str, author: User, is_shared: bool, is_pinned: bool = True
) -> SavedView:
    """Keep a list under a name, as a tab of its author's unless said otherwise.

    Raises ViewRefused.
    """
    view = SavedView(
        brand=brand,
        list=ListKind.CREATORS,
        name=_name(name),
        query=_query(query),
        author=author,
        private_to=None if is_shared else author,
    )
    _store(view)
    if is_pinned:
        pin(view=view, user=author)
    return view


@transaction.atomic
def overwrite(*, view: SavedView, query: str, actor: User, is_admin: bool) -> SavedView:
    """Have the view show another list from now on. Raises ViewRefused."""
    _require_own(view, actor, is_admin=is_admin)
    view.query = _query(query)
    view.save(update_fields=["query", "updated_at"])
    return view


@transaction.atomic
def change(
    *, view: SavedView, name: str, is_shared: bool, actor: User, is_admin: bool
) -> SavedView:
    """Call it otherwise, share it, or take it back. Raises ViewRefused."""
    _require_own(view, actor, is_admin=is_admin)
    if not is_shared and view.private_to_id is None:
        if view.author_id != actor.pk:
            raise ViewRefused(
                "Only who made a view can take it back from the others.", code="not_yours"
            )
        ViewPin.objects.filter(view=view).exclude(user=actor).delete()
    view.name = _name(name)
    view.private_to = None if is_shared else (view.private_to or actor)
    _store(view)
    return view


@transaction.atomic
def delete(*, view: SavedView, actor: User, is_admin: bool) -> None:
    """Remove the view, for everybody who sees it. Raises ViewRefused."""
    _require_own(view, actor, is_admin=is_admin)
    view.delete()


@transaction.atomic
def pin(*, view: SavedView, user: User) -> None:
    """Have it as a tab, after the others."""
    mine = ViewPin.objects.filter(user=user, brand=view.brand, list=view.list)
    last = mine.aggregate(last=Max("position"))["last"]
    ViewPin.objects.get_or_create(
        user=user,
        view=view,
        defaults={
            "brand": view.brand,
            "list": view.list,
            "position": 0 if last is None else min(last + 1, 32_000),
        },
    )


@transaction.atomic
def unpin(*, view: SavedView, user: User) -> None:
    """Have it as a tab no longer, nor as what the list opens with."""
    ViewPin.objects.filter(user=user, view=view).delete()


@transaction.atomic
def set_default(*, view: SavedView, user: User, is_default: bool) -> None:
    """Have the list open with this view; at most one is the default."""
    pin(view=view, user=user)
    mine = ViewPin.objects.filter(user=user, brand=view.brand, list=view.list)
    mine.filter(is_default=True).update(is_default=False)
    if is_default:
        mine.filter(view=view).update(is_default=True)


def may_change(view: SavedView, user: User, *, is_admin: bool) -> bool:
    """Whether the view is the user's to change: their own, or a shared one and they are admin."""
    return is_admin or user.pk in {view.author_id, view.private_to_id}


def _require_own(view: SavedView, actor: User, *, is_admin: bool) -> None:
    if not may_change(view, actor, is_admin=is_admin):
        who = view.author.display_name if view.author else "an admin"
        raise ViewRefused(
            f"“{view}” is shared: {who} or an admin can change it. Save your own.", code="not_yours"
        )


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ViewRefused("Give the view a name.", "name")
    if len(name) > NAME_MAX:
        raise ViewRefused(f"A name has at most {NAME_MAX} characters.", "name")
    return name


def _query(query: str) -> str:
    if len(query) > QUERY_MAX:
        raise ViewRefused("This list asks for more than a view can hold.", "query")
    return query


def _store(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewRefused(f"There is a view “{view.name}” already.", "name") from error
