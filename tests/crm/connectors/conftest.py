from __future__ import annotations

from datetime import timedelta

import pytest

from crm.connectors.registry import KINDS
from crm.models import Connector
from crm.services.connectors import keeping, pulling
from crm.services.connectors.keeping import Wanted
from tests.crm.connectors.faking import OtherSide, tally
from tests.factories import NOW, ProfileFactory, RelationshipFactory

KEYS = {
    "tally": {"key": "k-1"},
    "youtube": {"key": "k-1"},
    "instagram": {"user_id": "17840000000000001", "token": "t-1"},
    "modash": {"token": "t-1"},
    "insightiq": {"client_id": "c-1", "secret": "s-1"},
}


@pytest.fixture
def side(monkeypatch) -> OtherSide:
    made = OtherSide()
    monkeypatch.setattr("crm.outgoing.send", made.send)
    monkeypatch.setattr(pulling, "sleep", lambda seconds: None)
    return made


@pytest.fixture(autouse=True)
def own_kind(monkeypatch):
    monkeypatch.setitem(KINDS._parts, "tally", tally())


@pytest.fixture
def profile(brand):
    """A function that adds a profile of a creator whom the brand knows."""

    def add(handle, **values):
        made = ProfileFactory(handle=handle, **values)
        RelationshipFactory(brand=brand, creator=made.creator)
        return made

    return add


@pytest.fixture
def connect(brand, admin_user):
    """A function that sets a connector up."""

    def add(kind="tally", **said) -> Connector:
        wanted = Wanted(said.pop("name", kind.title()), KEYS[kind], **said)
        return keeping.create(brand=brand, kind=kind, wanted=wanted, actor=admin_user, at=NOW)

    return add


@pytest.fixture
def turn():
    """A function that gives a worker a turn, so many minutes after NOW."""

    def take(connector, minutes=0) -> int:
        return pulling.work(connector_id=connector.pk, at=NOW + timedelta(minutes=minutes))

    return take
