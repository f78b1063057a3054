"""Incidents, as tests need them."""

from __future__ import annotations

from typing import Any

from campaigns.services.incidents.reporting import Seen, report
from crm.choices import IncidentKind, Severity
from crm.models import Brand, Incident, Relationship, User
from tests.factories import NOW


def seen(**values: Any) -> Seen:
    """What somebody says: a controversy, of high severity."""
    said: dict[str, Any] = {
        "kind": IncidentKind.CONTROVERSY,
        "severity": Severity.HIGH,
        "what": "She said something about her neighbour's faith.",
    }
    return Seen(**said | values)


def reported(
    brand: Brand, actor: User | None, relationship: Relationship | None = None, **values: Any
) -> Incident:
    """An incident as somebody reported it, NOW."""
    return report(brand=brand, seen=seen(**values), relationship=relationship, actor=actor, at=NOW)
