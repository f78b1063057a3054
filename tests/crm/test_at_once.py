"""Several people at once: nobody overwrites anybody, and the ledger stays one chain."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from crm import audit
from crm.choices import Stage
from crm.models import AuditEntry, StageChange, StageCount
from crm.services.relationships import Outdated, move_stage
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave or raised, all started at the same moment on connections of their own."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture(autouse=True)
def no_drain(monkeypatch):
    """What happens after the commit is somebody else's test."""
    monkeypatch.setattr("crm.services.facts._ask_to_drain", lambda: None)


def test_the_ledger_is_one_chain(brand):
    def write():
        for _ in range(10):
            audit.record(brand=brand, verb="test.act", target=brand, at=NOW)

    assert at_once(*[write] * 4) == [None] * 4
    assert AuditEntry.objects.filter(brand=brand).count() == 40
    assert audit.first_broken_link(audit.entries_of(brand)) is None


def test_of_two_who_move_one_card_one_is_told(brand, manager, strategist):
    relationship = RelationshipFactory(brand=brand)

    def move(to, actor):
        return lambda: move_stage(
            relationship_id=relationship.pk,
            to=to,
            actor=actor,
            at=NOW,
            reason="x",
            expected_version=1,
        )

    results = at_once(move(Stage.FIRST_TIME, manager), move(Stage.DECLINED, strategist))
    assert sorted(type(result).__name__ for result in results) == ["Outdated", "Relationship"]
    assert any(isinstance(result, Outdated) for result in results)
    relationship.refresh_from_db()
    assert relationship.version == 2
    assert StageChange.objects.filter(left_at=None).get().stage == relationship.stage
    assert AuditEntry.objects.count() == 1


def test_moves_in_opposite_directions_wait_for_each_other(brand, manager):
    there = [RelationshipFactory(brand=brand) for _ in range(4)]
    back = [RelationshipFactory(brand=brand, stage=Stage.FIRST_TIME) for _ in range(4)]

    def move(relationship, to):
        return lambda: (
            move_stage(
                relationship_id=relationship.pk, to=to, actor=manager, at=NOW, expected_version=1
            ).stage
        )

    results = at_once(
        *(move(relationship, Stage.FIRST_TIME) for relationship in there),
        *(move(relationship, Stage.PROSPECT) for relationship in back),
    )
    assert results == ["first_time"] * 4 + ["prospect"] * 4
    counts = dict(StageCount.objects.filter(brand=brand).values_list("stage", "creators"))
    assert counts == {"prospect": 4, "first_time": 4}
    assert audit.first_broken_link(audit.entries_of(brand)) is None
