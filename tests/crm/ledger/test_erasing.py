"""What is personal goes, by an entry that tells of it; the chain stays whole."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from crm import audit
from crm.audit.facts import split
from crm.choices import Stage
from crm.models import AuditEntry, AuditText
from crm.services.creators import change_creator
from crm.services.relationships import move_stage
from tests.crm.ledger import behind
from tests.factories import NOW, CreatorFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(brand, manager):
    """A creator of whom the ledger has three acts, among others."""
    one = RelationshipFactory(brand=brand, creator=CreatorFactory(name="Ida Holm"))
    other = RelationshipFactory(brand=brand, creator=CreatorFactory(name="Bo Berg"))
    change_creator(relationship=one, changes={"name": "Ida Høj"}, actor=manager, at=NOW)
    move_stage(
        relationship_id=one.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=NOW,
        reason="Ida is great",
        expected_version=1,
    )
    move_stage(
        relationship_id=other.pk,
        to=Stage.FIRST_TIME,
        actor=manager,
        at=NOW,
        reason="x",
        expected_version=1,
    )
    audit.record(
        brand=brand, verb="test.decided", target=brand, at=NOW, data={"creator": one.creator.uid}
    )
    one.creator.refresh_from_db()
    return one


def broken(brand):
    found = audit.first_broken_link(audit.entries_of(brand))
    return found and (found.number, found.kind.value)


def test_text_is_personal_unless_it_names_something_of_the_product():
    data = {
        "stage": ["prospect", "first_time"],
        "reason": "Ida said so",
        "reason_code": Stage.CORE,
        "followers": [None, 10],
        "on": NOW,
        "owner": [None, "a@b.example"],
        "left": ["", None],
    }
    facts, personal = split(data)
    assert personal.keys() == {"reason", "owner"}
    assert facts.keys() == {"stage", "reason_code", "followers", "on", "left"}


def test_a_creator_is_forgotten_and_the_chain_holds(brand, ida, admin_user):
    before = AuditEntry.objects.count()
    hashes = list(AuditEntry.objects.order_by("number").values_list("hash", flat=True))
    acts = audit.about_creator(brand, ida.creator)
    numbers = sorted(acts.values_list("number", flat=True))
    assert len(numbers) == 3

    assert audit.forget_creator(brand=brand, creator=ida.creator, at=NOW, actor=admin_user) == 3

    kept = str(list(AuditEntry.objects.values())) + str(list(AuditText.objects.values()))
    assert "Ida" not in kept
    assert "Bo Berg" in kept
    told = AuditEntry.objects.latest("number")
    assert (told.verb, told.actor, told.facts) == (
        "crm.ledger.text_erased",
        admin_user,
        {"entries": numbers},
    )
    assert AuditEntry.objects.count() == before + 1
    assert list(AuditEntry.objects.order_by("number").values_list("hash", flat=True))[:-1] == hashes
    moved = AuditEntry.objects.filter(verb="crm.stage.moved").earliest("number")
    assert moved.words is None
    assert (moved.target_label, moved.actor_label) == ("(erased)", "(erased)")
    assert moved.data == {"stage": ["prospect", "first_time"]}
    checker = audit.Checker()
    for entry in audit.entries_of(brand):
        checker.take(entry)
    assert (checker.end(), checker.erased) == (None, 3)
    # Once more: nothing is left, and nothing is told.
    assert audit.forget_creator(brand=brand, creator=ida.creator, at=NOW, actor=admin_user) == 0
    assert AuditEntry.objects.count() == before + 1


def test_named_rows_only_are_forgotten(brand, ida, admin_user):
    assert audit.forget(brand=brand, targets=[ida], at=NOW, actor=admin_user) == 1
    assert AuditText.objects.filter(entry__target_type="crm.creator").count() == 1
    assert broken(brand) is None


def test_nothing_of_another_brand_is_forgotten(brand, other_brand, ida, admin_user):
    RelationshipFactory(brand=other_brand, creator=ida.creator)
    audit.record(brand=other_brand, verb="test.act", target=ida.creator, at=NOW)
    audit.forget_creator(brand=brand, creator=ida.creator, at=NOW, actor=admin_user)
    assert AuditText.objects.get(entry__brand=other_brand).target_label == "Ida Høj"


def test_a_text_that_went_without_a_word_is_found(brand, ida):
    behind.forget_without_a_word(brand, 2)
    assert broken(brand) == (2, "text_gone")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM crm_auditentry",
        "UPDATE crm_auditentry SET verb = 'x'",
        "UPDATE crm_auditentry SET verb = verb WHERE false",
        "TRUNCATE crm_auditentry CASCADE",
        "DELETE FROM crm_audittext",
        "UPDATE crm_audittext SET target_label = 'x'",
        "TRUNCATE crm_audittext",
        "DELETE FROM crm_ledgercheckpoint",
        "UPDATE crm_ledgerkey SET public_key = ''",
    ],
)
def test_the_database_refuses_even_its_owner(brand, ida, statement):
    def rows():
        return list(AuditEntry.objects.values()), list(AuditText.objects.order_by("pk").values())

    before = rows()
    with (
        pytest.raises(ProgrammingError, match=r"never changed|no entry of the ledger"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")
    assert rows() == before


def test_the_account_of_who_acted_may_go(brand, ida, manager):
    number, pk = AuditEntry.objects.latest("number").number, manager.pk
    manager.delete()
    entry = AuditEntry.objects.select_related("actor").filter(number__lte=number).earliest("number")
    assert (entry.actor_id, entry.actor, entry.actor_label) == (pk, None, "manager@acme.example")
    assert broken(brand) is None
