"""Brands, roles, accounts, and the demo brand."""

from __future__ import annotations

import pytest

from crm.choices import Role
from crm.models import AuditEntry, Brand, FactChange, User, UserRole
from crm.services import brands
from crm.services.demo import PEOPLE, ensure_demo_brand
from crm.services.facts import mark_changed
from tests.factories import NOW, CreatorFactory

pytestmark = pytest.mark.django_db


def test_create_brand_with_the_glossarys_tiers(manager):
    brand = brands.create_brand(
        slug="nord", name="Nord", timezone="Europe/Oslo", at=NOW, actor=manager
    )
    assert brand.tier_scheme is not None
    assert brand.tier_scheme.key == "glossary_6"
    assert AuditEntry.objects.get(brand=brand).verb == "crm.brand.created"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "acme"}, "slug"),
        ({"slug": "no good"}, "slug"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"fiscal_year_start_month": 13}, "fiscal_year_start_month"),
        ({"name": ""}, "name"),
        ({"slug": "admin"}, ""),
    ],
)
def test_a_brand_that_cannot_be_is_refused(brand, values, field):
    with pytest.raises(brands.BrandRefused) as refusal:
        brands.create_brand(**{"slug": "nord", "name": "Nord", "at": NOW} | values)
    if field:
        assert refusal.value.field == field
    assert Brand.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_change_brand_records_what_moved(brand, admin_user):
    brands.change_brand(
        brand_id=brand.pk,
        changes={"timezone": "Europe/Oslo", "name": "Acme"},
        actor=admin_user,
        at=NOW,
    )
    entry = AuditEntry.objects.get(brand=brand)
    assert entry.data == {"timezone": ["UTC", "Europe/Oslo"]}
    brand.refresh_from_db()
    assert brand.timezone == "Europe/Oslo"


def test_set_role_gives_changes_and_takes_away(brand, admin_user, outsider):
    for role in (Role.LEGAL, Role.ANALYST, Role.ANALYST, None):
        brands.set_role(brand=brand, user=outsider, role=role, actor=admin_user, at=NOW)
    assert not UserRole.objects.filter(brand=brand, user=outsider).exists()
    assert [e.data["role"] for e in AuditEntry.objects.order_by("number")] == [
        [None, "legal"],
        ["legal", "analyst"],
        ["analyst", None],
    ]


@pytest.mark.parametrize("role", [None, Role.MANAGER])
def test_the_last_admin_stays(brand, admin_user, role):
    with pytest.raises(brands.LastAdminRefused, match="only admin of Acme"):
        brands.set_role(brand=brand, user=admin_user, role=role, actor=admin_user, at=NOW)
    assert UserRole.objects.get(user=admin_user).role == Role.ADMIN
    assert not AuditEntry.objects.exists()


def test_an_address_is_one_account(brand, manager):
    with pytest.raises(brands.EmailTaken):
        brands.create_user(
            email="MANAGER@acme.example", password="x", brand=brand, role=Role.LEGAL, at=NOW
        )
    assert User.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_the_demo_brand_is_made_once():
    passwords = {email: f"made-up-{email}" for email, _name in PEOPLE.values()}
    first = ensure_demo_brand(passwords=passwords, at=NOW)
    entries = AuditEntry.objects.count()
    assert ensure_demo_brand(passwords=passwords, at=NOW) == first
    assert AuditEntry.objects.count() == entries == 6
    assert {role.role: role.user.email for role in UserRole.objects.filter(brand__slug="demo")} == {
        role.value: email for role, (email, _name) in PEOPLE.items()
    }
    assert User.objects.get(email="legal@demo.example").check_password("made-up-legal@demo.example")


def test_mark_changed_leaves_a_row_each_and_asks_for_the_drain(
    brand, django_capture_on_commit_callbacks
):
    creators = [CreatorFactory(), CreatorFactory()]
    ids = [creators[1].pk, creators[0].pk, creators[0].pk]
    with django_capture_on_commit_callbacks() as callbacks:
        assert mark_changed(brand=brand, creator_ids=ids, cause="stage") == 2
        assert mark_changed(brand=brand, creator_ids=[], cause="stage") == 0
        assert mark_changed(brand=brand, creator_ids=None, cause="import") == 1
    assert len(callbacks) == 2
    assert list(FactChange.objects.order_by("pk").values_list("brand", "creator", "cause")) == [
        (brand.pk, creators[0].pk, "stage"),
        (brand.pk, creators[1].pk, "stage"),
        (brand.pk, None, "import"),
    ]
