"""The Django admin: registries can be edited, what services keep whole cannot."""

from __future__ import annotations

import pytest

from crm import audit
from crm.models import AuditEntry, Platform, TierScheme, User
from tests.factories import NOW, NicheFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db
PAGES = ("user", "brand", "platform", "niche", "tierscheme", "auditentry")


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root@example.com", "a made-up password")


@pytest.mark.parametrize("name", PAGES)
def test_every_list_and_record_opens(brand, superuser, name):
    entry = audit.record(brand=brand, verb="test.act", target=brand, at=NOW)
    record = {
        "user": superuser.pk,
        "brand": brand.pk,
        "platform": "instagram",
        "niche": NicheFactory().pk,
        "tierscheme": TierScheme.objects.get(key="glossary_6").pk,
        "auditentry": entry.pk,
    }[name]
    client = logged_in(superuser)
    assert client.get(f"/admin/crm/{name}/").status_code == 200
    assert client.get(f"/admin/crm/{name}/{record}/change/").status_code == 200


@pytest.mark.parametrize("name", ["brand", "auditentry"])
def test_what_services_keep_whole_cannot_be_edited(brand, superuser, name):
    entry = audit.record(brand=brand, verb="test.act", target=brand, at=NOW)
    pk = {"brand": brand.pk, "auditentry": entry.pk}[name]
    client = logged_in(superuser)
    for action in ("change", "delete"):
        answer = client.post(f"/admin/crm/{name}/{pk}/{action}/", {"name": "x", "post": "yes"})
        assert answer.status_code == 403
    assert client.get(f"/admin/crm/{name}/add/").status_code == 403
    assert AuditEntry.objects.count() == 1


def test_an_admin_may_add_a_platform(superuser):
    logged_in(superuser).post(
        "/admin/crm/platform/add/",
        {
            "key": "forum", "name": "Forum", "handle_pattern": r"^\S+$", "audience_word": "readers",
            "mark": "FRM", "number": "40", "position": "40", "is_custom": "on",
        },
    )  # fmt: skip
    assert Platform.objects.get(key="forum").mark == "FRM"


def test_admins_of_a_brand_are_no_admins_of_the_installation(admin_user_client):
    assert admin_user_client.get("/admin/crm/user/").status_code == 302
