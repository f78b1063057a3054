"""Settings: the brand, its people, its tokens, and the commands that do the same."""

from __future__ import annotations

import json
import re
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from crm.choices import Role
from crm.models import ApiToken, AuditEntry, User, UserRole
from crm.services import tokens
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BRAND = {
    "name": "Acme",
    "timezone": "Europe/Oslo",
    "fiscal_year_start_month": "4",
    "tier_scheme": "",
    "approval_threshold_percent": "35",
}


def test_the_brand_is_saved(brand, admin_user_client):
    assert admin_user_client.get("/acme/settings/").status_code == 200
    assert admin_user_client.post("/acme/settings/", BRAND).status_code == 302
    brand.refresh_from_db()
    assert (brand.timezone, brand.fiscal_year_start_month, brand.tier_scheme) == (
        "Europe/Oslo",
        4,
        None,
    )
    assert AuditEntry.objects.get().data == {
        "timezone": ["UTC", "Europe/Oslo"],
        "fiscal_year_start_month": [1, 4],
        "tier_scheme": ["Glossary, six tiers", None],
        "approval_threshold_percent": [20, 35],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"timezone": "Mars/Olympus"}, "is not a known time zone"),
        ({"fiscal_year_start_month": "13"}, "Select a valid choice"),
        ({"approval_threshold_percent": "101"}, "less than or equal to 100"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_refused_setting_changes_nothing(brand, admin_user_client, change, words):
    response = admin_user_client.post("/acme/settings/", BRAND | change)
    assert response.status_code == 422
    assert words in response.content.decode()
    brand.refresh_from_db()
    assert (brand.name, brand.timezone) == ("Acme", "UTC")
    assert not AuditEntry.objects.exists()


def test_people_come_change_and_go(brand, admin_user_client, outsider):
    nameless = {"email": "new@example.com", "role": "legal"}
    refused = admin_user_client.post("/acme/settings/people/", nameless)
    assert (refused.status_code, "Say what they are called" in refused.content.decode()) == (
        422,
        True,
    )
    assert not User.objects.filter(email="new@example.com").exists()
    for given in (nameless | {"name": " Nora  Ny "}, {"email": outsider.email, "role": "analyst"}):
        answer = admin_user_client.post("/acme/settings/people/", given)
        assert answer.status_code == 302
    new = User.objects.get(email="new@example.com")
    assert (new.has_usable_password(), new.display_name) == (False, "Nora Ny")
    held = UserRole.objects.get(brand=brand, user=outsider)
    assert held.role == Role.ANALYST
    admin_user_client.post(f"/acme/settings/people/{held.pk}/", {"role": "manager"})
    held.refresh_from_db()
    assert held.role == Role.MANAGER
    admin_user_client.post(f"/acme/settings/people/{held.pk}/", {"role": ""})
    assert not UserRole.objects.filter(brand=brand, user=outsider).exists()
    assert UserRole.objects.filter(user=outsider).count() == 1


def test_the_last_admin_cannot_leave(brand, admin_user, admin_user_client):
    held = UserRole.objects.get(user=admin_user)
    admin_user_client.post(f"/acme/settings/people/{held.pk}/", {"role": ""})
    assert "is the only admin of Acme" in admin_user_client.get("/acme/settings/").content.decode()
    assert UserRole.objects.filter(pk=held.pk, role=Role.ADMIN).exists()


def test_roles_of_another_brand_are_out_of_reach(admin_user_client, outsider):
    theirs = UserRole.objects.get(user=outsider)
    response = admin_user_client.post(f"/acme/settings/people/{theirs.pk}/", {"role": ""})
    assert response.status_code == 404
    assert UserRole.objects.filter(pk=theirs.pk).exists()


def test_a_token_is_shown_once_works_and_is_revoked(brand, admin_user_client, client):
    made = admin_user_client.post(
        "/acme/settings/tokens/", {"name": "Report", "scopes": ["creators:read"]}
    )
    assert "no-store" in made["Cache-Control"]
    secret = re.search(r'value="(rapport_[^"]+)"', made.content.decode()).group(1)
    assert secret not in admin_user_client.get("/acme/settings/").content.decode()
    token = ApiToken.objects.get()
    assert (token.digest, token.scopes) == (ApiToken.digest_of(secret), ["creators:read"])
    header = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/creators/", headers=header).status_code == 200
    admin_user_client.post(f"/acme/settings/tokens/{token.pk}/revoke/")
    assert client.get("/api/v1/creators/", headers=header).status_code == 401
    assert list(AuditEntry.objects.order_by("number").values_list("verb", flat=True)) == [
        "crm.token.created",
        "crm.token.revoked",
    ]


def test_a_token_that_ends_and_stays_in_its_networks(brand, admin_user_client):
    filled = {"name": "BI", "scopes": ["creators:read"], "last_day": "2036-01-31"}
    admin_user_client.post(
        "/acme/settings/tokens/", filled | {"networks": " 203.0.113.0/24, 2001:db8::1"}
    )
    token = ApiToken.objects.get()
    assert token.networks == ["2001:db8::1/128", "203.0.113.0/24"]
    assert token.expires_at == datetime(2036, 2, 1, tzinfo=ZoneInfo(brand.timezone))
    page = admin_user_client.get("/acme/settings/").content.decode()
    assert "only from 2001:db8::1/128, 203.0.113.0/24" in page
    refused = admin_user_client.post("/acme/settings/tokens/", filled | {"networks": "office"})
    assert refused.status_code == 422
    assert "is no network" in refused.content.decode()
    assert ApiToken.objects.count() == 1


def test_a_token_is_replaced(brand, admin_user_client):
    admin_user_client.post("/acme/settings/tokens/", {"name": "BI", "scopes": ["creators:read"]})
    old = ApiToken.objects.get()
    made = admin_user_client.post(f"/acme/settings/tokens/{old.pk}/rotate/").content.decode()
    secret = re.search(r'value="(rapport_[^"]+)"', made).group(1)
    old.refresh_from_db()
    assert old.expires_at is not None
    assert ApiToken.objects.exclude(pk=old.pk).get().digest == ApiToken.digest_of(secret)
    admin_user_client.post(f"/acme/settings/tokens/{old.pk}/revoke/")
    refused = admin_user_client.post(f"/acme/settings/tokens/{old.pk}/rotate/", follow=True)
    assert "does not work any more" in refused.content.decode()
    assert ApiToken.objects.count() == 2


def test_a_token_needs_a_scope(admin_user_client):
    response = admin_user_client.post("/acme/settings/tokens/", {"name": "Report"})
    assert response.status_code == 422
    assert "Choose at least one." in response.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_of_another_brand_is_out_of_reach(admin_user_client, other_brand, outsider):
    token, _secret = tokens.create_token(
        brand=other_brand, user=outsider, name="x", scopes=["creators:read"], at=NOW
    )
    answer = admin_user_client.post(f"/acme/settings/tokens/{token.pk}/revoke/")
    assert answer.status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def run(*args, **options):
    out = StringIO()
    call_command(*args, stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("a long made-up sentence\n", encoding="utf-8")
    return file


def test_create_user_makes_an_account_or_changes_it(brand, password_file):
    options = {"brand": "acme", "password_file": str(password_file)}
    assert run("create_user", "Ida@Example.com", role="legal", **options) == {
        "email": "ida@example.com",
        "brand": "acme",
        "role": "legal",
    }
    run("create_user", "ida@example.com", role="analyst", **options)
    user = User.objects.get()
    assert user.check_password("a long made-up sentence")
    assert UserRole.objects.get(user=user).role == Role.ANALYST


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"brand": "nowhere"}, "no brand with the slug nowhere"),
        ({"email": "not an address"}, "valid email"),
        ({"password": "short"}, "too short"),
        ({"password": ""}, "no readable first line"),
    ],
)
def test_create_user_refuses_in_one_line(brand, password_file, change, words):
    if "password" in change:
        password_file.write_text(change["password"], encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        run(
            "create_user",
            change.get("email", "ida@example.com"),
            brand=change.get("brand", "acme"),
            role="legal",
            password_file=str(password_file),
        )
    assert not User.objects.exists()


def test_create_token_prints_it_once(brand, manager):
    made = run("create_token", manager.email, brand="acme", scopes="creators:read,runs:read")
    token = ApiToken.objects.get()
    assert token.digest == ApiToken.digest_of(made["token"])
    assert made["scopes"] == token.scopes == ["creators:read", "runs:read"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scopes": "creators:fly"}, "no scope creators:fly"),
        ({"scopes": ","}, "at least one scope"),
        ({"email": "nobody@example.com"}, "no user nobody@example.com"),
        ({"brand": "other"}, "has no role in Other"),
    ],
)
def test_create_token_refuses_in_one_line(manager, other_brand, change, words):
    wanted = {"email": manager.email, "brand": "acme", "scopes": "creators:read"} | change
    with pytest.raises(CommandError, match=words):
        run("create_token", wanted["email"], brand=wanted["brand"], scopes=wanted["scopes"])
    assert not ApiToken.objects.exists()
