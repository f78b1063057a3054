"""The people of the tests: one for each role of one brand, and somebody from elsewhere."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from crm.choices import Role
from crm.models import Brand, User
from tests.factories import BrandFactory, UserFactory, UserRoleFactory


def person(brand: Brand, role: Role) -> User:
    """A user who holds `role` in `brand`."""
    user = UserFactory(email=f"{role.value}@{brand.slug}.example")
    UserRoleFactory(user=user, brand=brand, role=role)
    return user


def logged_in(user: User) -> Client:
    """A browser in which `user` is logged in: with a session as logging in leaves it.

    Django's `force_login` sends five times as many statements for it.
    """
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory(slug="acme", name="Acme")


@pytest.fixture
def other_brand(db: None) -> Brand:
    return BrandFactory(slug="other", name="Other")


@pytest.fixture
def strategist(brand: Brand) -> User:
    return person(brand, Role.STRATEGIST)


@pytest.fixture
def manager(brand: Brand) -> User:
    return person(brand, Role.MANAGER)


@pytest.fixture
def analyst(brand: Brand) -> User:
    return person(brand, Role.ANALYST)


@pytest.fixture
def legal(brand: Brand) -> User:
    return person(brand, Role.LEGAL)


@pytest.fixture
def admin_user(brand: Brand) -> User:
    """Admin of the brand, not of the installation."""
    return person(brand, Role.ADMIN)


@pytest.fixture
def outsider(other_brand: Brand) -> User:
    """May do everything, in another brand."""
    return person(other_brand, Role.ADMIN)


@pytest.fixture
def strategist_client(strategist: User) -> Client:
    return logged_in(strategist)


@pytest.fixture
def manager_client(manager: User) -> Client:
    return logged_in(manager)


@pytest.fixture
def analyst_client(analyst: User) -> Client:
    return logged_in(analyst)


@pytest.fixture
def legal_client(legal: User) -> Client:
    return logged_in(legal)


@pytest.fixture
def admin_user_client(admin_user: User) -> Client:
    return logged_in(admin_user)


@pytest.fixture
def outsider_client(outsider: User) -> Client:
    return logged_in(outsider)
