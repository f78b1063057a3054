"""The connectors that there are. One of your own is a file beside these and a line here."""

from __future__ import annotations

from crm.connectors.base import Kind
from crm.connectors.insightiq import InsightIQ
from crm.connectors.instagram import Instagram
from crm.connectors.modash import Modash
from crm.connectors.youtube import YouTube
from crm.registry import Registry

KINDS: Registry[Kind] = Registry()
for _kind in (YouTube(), Instagram(), Modash(), InsightIQ()):
    KINDS.add(_kind.key, _kind)


def import_source(kind: Kind) -> str:
    """What the imports of a connector are from: `modash-api`."""
    return f"{kind.key}-api"


def name_of(source: str) -> str:
    """Who told an import, from what it is from: Modash. Empty where no connector of ours did.

    What somebody typed for a file is their brand's own, and audiences are read by all.
    """
    return next((kind.name for kind in KINDS if import_source(kind) == source), "")
