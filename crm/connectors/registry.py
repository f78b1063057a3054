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
