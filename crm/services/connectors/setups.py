"""How a connector is set up: its kind, and its credentials, which are encrypted at rest."""

from __future__ import annotations

import json
from collections.abc import Mapping

from crm.connectors.base import Kind, Setup
from crm.connectors.registry import KINDS
from crm.models import Connector
from crm.outreach.secrets import decrypt, encrypt

# Part of the key: what is encrypted here cannot be read as anything else.
PURPOSE = b"crm.connector.credentials"


class UnknownKind(Exception):
    """The file of the connector is gone; the message is fit for the user."""


def kind_of(connector: Connector) -> Kind:
    """What it connects to. Raises UnknownKind."""
    if connector.kind not in KINDS:
        raise UnknownKind(f"This installation has no connector “{connector.kind}” any more.")
    return KINDS[connector.kind]


def read(connector: Connector) -> tuple[Kind, Setup]:
    """What is needed to call. Raises UnknownKind, SecretLost."""
    kind = kind_of(connector)
    credentials = json.loads(decrypt(connector.credentials, PURPOSE))
    return kind, Setup(credentials, connector.posts_each)


def stored(credentials: Mapping[str, str]) -> str:
    """Credentials as they are kept."""
    return encrypt(json.dumps(dict(credentials)), PURPOSE)
