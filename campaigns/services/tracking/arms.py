"""Which variant a link is where an app above hands it out: the arm of an experiment that runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from campaigns.models import Campaign
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand
from crm.registry import Registry

# Given a brand, a campaign or none, and relationships: the key of the arm of each who has one.
ARMS: Registry[Callable[[Brand, Campaign | None, Collection[int]], Mapping[int, str]]] = Registry()


def arms_of(
    brand: Brand, campaign: Campaign | None, relationships: Collection[int]
) -> dict[int, str]:
    """The arm of each creator who has one, by the key of the relationship."""
    found: dict[int, str] = {}
    for ask in ARMS:
        found = {**ask(brand, campaign, relationships), **found}
    return found


def refuse_another(arm: str, variant: str) -> None:
    """Raise CampaignRefused where somebody says another variant than the arm."""
    if arm and variant != arm:
        msg = f"An experiment runs in which this creator has the arm “{arm}”: it is the variant."
        raise CampaignRefused(msg, code="in_experiment", field="variant")
