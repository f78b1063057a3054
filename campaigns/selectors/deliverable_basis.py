"""What a draft is approved for: when that changes, the approval does not hold any more."""

from __future__ import annotations

from campaigns.models import Deliverable
from campaigns.selectors.briefs import version_for


def basis_of(deliverable: Deliverable) -> dict[str, object]:
    """Platform, form and the version of the brief that holds for the creator, as JSON has them."""
    brief = version_for(deliverable.engagement)
    return {
        "platform": deliverable.platform_id,
        "form": deliverable.form,
        "brief": brief.pk if brief else None,
    }
