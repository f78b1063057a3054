"""A text that no column can hold: refused in words, and nothing is changed."""

from __future__ import annotations

import pytest
from django.test import Client

from crm.choices import SuppressionOrigin, SuppressionReason
from crm.models import AuditEntry, Suppression
from tests.factories import NOW
from tests.people import logged_in

pytestmark = pytest.mark.django_db
NUL = "a\x00b"


@pytest.fixture
def browser(manager):
    client = logged_in(manager)
    client.raise_request_exception = False
    return client


def test_a_page_that_reads_a_text_itself_names_its_field(brand, browser):
    row = Suppression.objects.create(
        brand=brand,
        at=NOW,
        reason=SuppressionReason.values[0],
        origin=SuppressionOrigin.values[0],
    )
    address = f"/acme/outreach/suppressions/{row.pk}/lift/"
    answer = browser.post(address, {"note": NUL, "other": "fine"})
    assert answer.status_code == 400
    assert "What was sent as note holds a null character" in answer.content.decode()
    row.refresh_from_db()
    assert row.lifted_at is None
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("address", ["/unsubscribe/a%00b/", "/guest/a%00b/", "/t/a%00b"])
def test_an_address_with_one_leads_nowhere(brand, address):
    assert Client().get(address).status_code in {400, 404}
