"""Two who answer the same suggestion at once: one answers, the other is told who did."""

from __future__ import annotations

import pytest
from django.db import connection

from crm.models import FieldValue
from segmentation.services.suggesting import answering
from segmentation.services.suggesting.answering import AnswerRefused
from tests.crm.test_at_once import at_once
from tests.factories import NOW
from tests.segmentation.suggestions.building import suggested, writes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_drain(monkeypatch):
    """What happens after the commit is somebody else's test."""
    monkeypatch.setattr("crm.services.facts._ask_to_drain", lambda: None)


def test_of_two_who_answer_at_once_one_is_told_who_did(brand, manager, monkeypatch):
    found = suggested(brand, writes(brand))
    locked = answering._locked

    def slowly(suggestion_id, at):
        """Hold the row until the other one has asked for it, too."""
        rows = locked(suggestion_id, at)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.3)")
        return rows

    monkeypatch.setattr(answering, "_locked", slowly)
    shared = {"suggestion_id": found.pk, "at": NOW, "actor": manager}
    results = at_once(lambda: answering.accept(**shared), lambda: answering.not_enough(**shared))
    [refused] = [one for one in results if isinstance(one, AnswerRefused)]
    assert f"by {manager.display_name} by now" in str(refused)
    assert FieldValue.objects.count() == (type(results[0]) is not AnswerRefused)
