"""Who may do what, for every page of a brand: role x page x method, outsiders and strangers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from zlib import crc32

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from crm.choices import Role
from crm.models import AuditEntry, Brand
from crm.permissions import CAPABILITIES, Can, may, who_may
from tests.factories import CreatorFactory, RelationshipFactory
from tests.pages import PAGES, PATTERNS, UID, address
from tests.pages.roles import ADMIN
from tests.people import logged_in, person

pytestmark = pytest.mark.django_db


def allowed_ones(brand: Brand) -> Iterator[tuple[str, str]]:
    """Method and address of whatever somebody may ask for."""
    for name, access in PAGES.items():
        for method, allowed in (("get", access.get), ("post", access.post)):
            if allowed is not None:
                yield method, address(name, brand)


@pytest.fixture
def board(brand):
    """A creator at the address that the matrix asks for."""
    return RelationshipFactory(brand=brand, creator=CreatorFactory(uid=UID))


def test_the_matrix_names_every_page():
    assert set(PATTERNS) == set(PAGES)


@pytest.fixture
def bare_refusals(monkeypatch):
    """Pages are refused without the page that says so, which is the same for all of them."""
    monkeypatch.setattr("crm.permissions.refuse", lambda *_args: HttpResponse(status=403))


def status_of(client: Client, method: str, url: str) -> int:
    """What the page answers; what it did is taken back, so that the next one finds the same."""
    with transaction.atomic():
        status = getattr(client, method)(url).status_code
        transaction.set_rollback(True)
    return status


LET_IN = 299


@pytest.fixture
def at_the_door(monkeypatch):
    """A switch: pages say at the door whether the role may come in, and do nothing else."""

    @contextmanager
    def closed():
        with monkeypatch.context() as patch:
            patch.setattr("crm.permissions.may", lambda *_args: False)
            patch.setattr(
                "crm.permissions.refuse",
                lambda request, can: HttpResponse(
                    status=LET_IN if may(request.role, can) else HTTPStatus.FORBIDDEN
                ),
            )
            yield

    return closed


def shown_to(name: str, method: str, allowed: frozenset[Role]) -> Role:
    """Whom the page is really shown; roles take turns from page to page."""
    roles = sorted(allowed)
    return roles[crc32(f"{method} {name}".encode()) % len(roles)]


@pytest.mark.parametrize("role", Role)
@pytest.mark.usefixtures("board", "bare_refusals")
def test_role_by_page_by_method(brand, role, at_the_door):
    """Every refusal is a real one; of those who may come in one is shown what is inside."""
    client = logged_in(person(brand, role))
    wrong = []
    for name, access in PAGES.items():
        url = address(name, brand)
        for method, allowed in (("get", access.get), ("post", access.post)):
            if allowed is None or role not in allowed:
                status = status_of(client, method, url)
                right = status == (405 if allowed is None else 403)
            elif role is shown_to(name, method, allowed):
                status = status_of(client, method, url)
                # 404 where the address leads to nothing, 422 and the like for an empty form.
                right = status != 403 and status < 500
            else:
                with at_the_door():
                    status = status_of(client, method, url)
                right = status == LET_IN
            if not right:
                wrong.append(f"{role} {method} {url}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("board", "blank_pages")
def test_to_an_outsider_the_brand_does_not_exist(brand, outsider_client):
    answers = {
        (method, url): status_of(outsider_client, method, url)
        for method, url in allowed_ones(brand)
    }
    assert {where for where, status in answers.items() if status != 404} == set()


@pytest.mark.usefixtures("board")
def test_a_stranger_is_asked_to_log_in(brand, client):
    for method, url in allowed_ones(brand):
        answer = getattr(client, method)(url)
        assert answer.status_code == 302, (method, url)
        assert answer["Location"].startswith("/accounts/login/?next="), (method, url)


def test_refused_requests_leave_no_trace(brand, board, analyst_client):
    analyst_client.post(f"/acme/board/cards/{board.pk}/move/", {"to": "first_time", "version": 1})
    analyst_client.post(f"/acme/creators/{UID}/relationship/", {"stage": "core", "version": 1})
    analyst_client.post("/acme/settings/", {"name": "Mine"})
    board.refresh_from_db()
    brand.refresh_from_db()
    assert (board.stage, board.version, brand.name) == ("prospect", 1, "Acme")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not ADMIN])
@pytest.mark.usefixtures("board")
def test_the_refusal_says_who_may(brand, role):
    """For each thing that a role may not do, as a page and as an answer to what was sent."""
    client = logged_in(person(brand, role))
    seen = set()
    for name, access in PAGES.items():
        for method, allowed in (("get", access.get), ("post", access.post)):
            if allowed is None or role in allowed or (method, allowed) in seen:
                continue
            seen.add((method, allowed))
            answer = getattr(client, method)(address(name, brand))
            assert answer.status_code == 403, (method, name)
            words = answer.content.decode()
            assert f"Your role for Acme is {role.label.lower()}. This needs the role " in words
            assert ADMIN.label.lower() in words.partition("This needs the role ")[2]


def test_the_refusal_names_every_role_that_may(brand, analyst_client):
    page = analyst_client.get("/acme/creators/new/")
    assert page.status_code == 403
    assert "creator manager or admin" in page.content.decode()


def test_a_request_from_another_site_is_refused(brand, board, manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(f"/acme/board/cards/{board.pk}/move/", {"to": "first_time", "version": 1})
    assert answer.status_code == 403
    board.refresh_from_db()
    assert board.stage == "prospect"


def test_the_rail_has_only_what_the_role_can_use(brand, manager_client, admin_user_client):
    assert 'href="/acme/settings/"' not in manager_client.get("/acme/creators/").content.decode()
    assert 'href="/acme/settings/"' in admin_user_client.get("/acme/creators/").content.decode()


def test_home_leads_to_the_first_brand_or_says_that_there_is_none(brand, manager_client, outsider):
    assert manager_client.get("/")["Location"] == "/acme/"
    outsider.roles.all().delete()
    answer = logged_in(outsider).get("/")
    assert answer.status_code == 403
    assert "no role in any brand yet" in answer.content.decode()


def test_the_table_of_capabilities_is_whole():
    assert set(CAPABILITIES) == set(Role)
    assert all(may(ADMIN, can) for can in Can)
    assert not may(None, Can.VIEW)
    assert who_may(Can.MANAGE_BRAND) == "admin"
