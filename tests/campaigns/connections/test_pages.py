"""The creator's ledger as a page, a panel and a file; who may write and who may not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from campaigns.models import ConnectionEntry, RuleFact
from campaigns.services.connections import noting
from campaigns.services.connections.noting import Tie
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def relationship(brand):
    return RelationshipFactory(brand=brand, creator__name="Maya Iversen")


def address(name, relationship, *more):
    return reverse(
        f"campaigns:{name}", args=[relationship.brand.slug, relationship.creator.uid, *more]
    )


def test_somebody_writes_down_what_they_found(relationship, legal_client, analyst_client):
    page = address("connections", relationship)
    assert "nobody wrote down that they looked" in legal_client.get(page).content.decode()
    body = {
        "kind": "family",
        "source": "Said so in a mail",
        "on": "2026-01-05",
        "currency": "",
        "influence": "no",
    }
    new = address("connection_new", relationship)
    assert analyst_client.post(new, body).status_code == 403
    assert legal_client.post(new, {**body, "source": ""}).status_code == 422
    assert not ConnectionEntry.objects.exists()
    assert legal_client.post(new, body).status_code == 302
    row = ConnectionEntry.objects.get()
    assert (row.kind, row.on, row.influence, row.written_contract) == (
        "family",
        date(2026, 1, 5),
        False,
        None,
    )
    for name in ("connections", "creator_connections"):
        assert (
            "Said so in a mail" in analyst_client.get(address(name, relationship)).content.decode()
        )
    change = address("connection", relationship, row.pk)
    assert "What changed, or was wrong" in legal_client.get(change).content.decode()
    back = address("connection_take_back", relationship, row.pk)
    assert legal_client.post(back, {"reason": ""}).status_code == 422
    assert legal_client.post(back, {"reason": "Another Maya"}).status_code == 302
    assert legal_client.get(change).status_code == 404
    assert "Another Maya" in legal_client.get(page).content.decode()


def test_a_fact_that_the_rules_ask_for(relationship, manager_client, analyst_client):
    body = {"key": "under_age", "value": "maybe", "source": "Her agent"}
    here = address("rule_fact", relationship)
    assert analyst_client.post(here, body).status_code == 403
    assert manager_client.post(here, body).status_code == 422
    assert not RuleFact.objects.exists()
    assert manager_client.post(here, {**body, "value": "Yes"}).status_code == 302
    assert RuleFact.objects.get().value == "yes"
    assert "Her agent" in manager_client.get(address("connections", relationship)).content.decode()


def test_the_file_says_what_the_page_says(relationship, legal, legal_client, outsider_client):
    tie = Tie("payment", "Finance", Decimal("99.50"), "EUR", date(2026, 2, 1), aim="Spring")
    noting.note(relationship=relationship, tie=tie, actor=legal, at=NOW)
    here = address("connections_export", relationship, "csv")
    lines = b"".join(legal_client.get(here).streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1] == (
        "Maya Iversen,Payment,99.50,EUR,2026-02-01,,Spring,Acme,,,Written down,Payment,Finance,"
    )
    assert outsider_client.get(here).status_code == 404


def test_a_page_costs_the_same_however_long_the_ledger(
    relationship, legal, legal_client, django_assert_max_num_queries
):
    page = address("connections", relationship)
    for _ in range(5):
        noting.note(relationship=relationship, tie=Tie("perk", "x"), actor=legal, at=NOW)
    with django_assert_max_num_queries(24):
        legal_client.get(page)
