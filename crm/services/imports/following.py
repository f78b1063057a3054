"""What upper apps do once an import is applied (docs/adr/0011)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from crm.registry import Registry

# Called by the worker with the import's number, after the import is committed; safe to run twice.
FOLLOWERS: Registry[Callable[[int, datetime], object]] = Registry()


def follow(*, batch_id: int, at: datetime) -> None:
    """Tell everybody who wants to know of an applied import."""
    for follower in FOLLOWERS:
        follower(batch_id, at)
