"""Who hears of a pause or of an incident."""

from __future__ import annotations

from collections.abc import Iterable

from campaigns.models import Campaign
from crm.choices import Role
from crm.models import Brand, Relationship, User

# They handle incidents (crm/permissions.py); whoever leads the work hears of it beside them.
HANDLERS = (Role.LEGAL, Role.ADMIN)


def who_is_told(
    brand: Brand,
    *,
    relationship: Relationship | None = None,
    campaigns: Iterable[Campaign] = (),
) -> list[User]:
    """Legal and admins, and who leads what is concerned; of the whole brand: its managers, too."""
    roles: tuple[Role, ...] = HANDLERS
    campaigns = list(campaigns)
    if relationship is None and not campaigns:
        roles = (*roles, Role.MANAGER)
    told = {
        user.pk: user for user in User.objects.filter(roles__brand=brand, roles__role__in=roles)
    }
    leads = [relationship.owner if relationship else None, *(one.owner for one in campaigns)]
    for user in leads:
        if user is not None:
            told[user.pk] = user
    return [told[pk] for pk in sorted(told)]
