"""What a brand sets about campaigns, a module for each part (crm/api/settings.py)."""

from __future__ import annotations

from campaigns.api.settings import (
    contracts,
    media_values,
    paying,
    post_references,
    tracking,
    watching,
    weights,
    whereabouts,
    working_week,
)

PARTS = (
    tracking.PART,
    watching.PART,
    paying.PART,
    weights.PART,
    media_values.PART,
    contracts.PART,
    working_week.PART,
    whereabouts.PART,
    post_references.PART,
)
