"""What a person is called: by which name colleagues see them, and by which word they name them."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from crm.models import Brand, User

NAME_MAX = 150
HANDLE_MAX = 30
_HANDLE = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")


class NameRefused(Exception):
    """Nobody can be called so; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def set_own_name(*, user: User, name: str, handle: str) -> User:
    """Keep by which name and after which @ somebody is known. Raises NameRefused.

    An empty handle is the first part of the address, where no colleague has the same.
    """
    name = " ".join(name.split())
    handle = handle.strip().removeprefix("@").lower()
    if not name:
        raise NameRefused("Say by which name colleagues know you.", "name")
    if len(name) > NAME_MAX:
        raise NameRefused(f"{NAME_MAX} letters are the most.", "name")
    if handle:
        _check(handle, user)
    found = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found.first_name, _, found.last_name = name.partition(" ")
    found.handle = handle
    try:
        with transaction.atomic():
            found.save(update_fields=["first_name", "last_name", "handle"])
    except IntegrityError:
        raise NameRefused(f"@{handle} is taken. Choose another.", "handle") from None
    return found


def _check(handle: str, user: User) -> None:
    if len(handle) > HANDLE_MAX:
        raise NameRefused(f"{HANDLE_MAX} letters are the most.", "handle")
    if not _HANDLE.fullmatch(handle):
        raise NameRefused(
            "Use the letters a to z, digits, and dots or dashes between them.", "handle"
        )
    # Whoever writes it means her.
    brands = Brand.objects.visible_to(user)
    colleagues = User.objects.filter(roles__brand__in=brands).exclude(pk=user.pk)
    other = colleagues.filter(email__startswith=f"{handle}@").first()
    if other is not None:
        raise NameRefused(f"@{handle} is {other.display_name} already. Choose another.", "handle")
