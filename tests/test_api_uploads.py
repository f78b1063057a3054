"""Uploads over REST, kind by kind: listed, taken back once, and only by their own brand."""

from __future__ import annotations

import pytest

from config.api import UPLOADS
from crm.models import AuditEntry
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db

# What a row of some kinds cannot be without.
NEEDED = {"conversions": {"sha256": "0" * 64, "shape": "lines", "counts": {"new": 3, "known": 1}}}


@pytest.mark.parametrize("kind", UPLOADS, ids=[kind.key for kind in UPLOADS])
def test_an_upload_is_taken_back_once(brand, other_brand, manager, outsider, kind):
    numbers = {} if kind.key in NEEDED else dict.fromkeys(kind.counts, 3)
    made = kind.model.objects.create(
        brand=brand,
        file_name="list.csv",
        created_by=manager,
        created_at=NOW,
        **numbers,
        **NEEDED.get(kind.key, {}),
    )
    rest, address = rest_as(manager, brand), f"uploads/{kind.key}/{made.pk}"
    [row] = rest.json(f"uploads/{kind.key}/")["results"]
    assert row == rest.json(f"{address}/") == {
        "id": made.pk,
        "file_name": "list.csv",
        "counts": numbers or NEEDED[kind.key]["counts"],
        "created_by": manager.email,
        "created_at": "2026-11-22T12:00:00Z",
        "undone_at": None,
    }  # fmt: skip
    elsewhere = rest_as(outsider, other_brand)
    assert elsewhere.json(f"uploads/{kind.key}/")["results"] == []
    assert_problem(elsewhere.send("POST", f"{address}:undo"), 404)
    assert_problem(elsewhere.get(f"{address}/"), 404)
    assert not AuditEntry.objects.exists()
    undone = rest.send("POST", f"{address}:undo")
    assert undone.status_code == 200, undone.content
    assert undone.json()["undone_at"] is not None
    entries = AuditEntry.objects.count()
    assert entries == 1
    [fault] = assert_problem(rest.send("POST", f"{address}:undo"), 409)["errors"]
    assert fault["code"] in {"undone", "outdated"}
    assert AuditEntry.objects.count() == entries
