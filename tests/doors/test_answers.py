"""What goes with every answer, and what production promises about cookies and transport."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.pages import PAGES, address
from tests.people import logged_in
from tests.rest import assert_problem

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parent.parent.parent

ANSWERS = {
    "/acme/creators/": 200,
    "/acme/creators/export.csv": 200,
    "/acme/settings/": 403,
    "/acme/nothing/here/": 404,
    "/acme/day/finish/": 404,
    "/nowhere/": 404,
    "/accounts/login/": 302,
    "/accounts/password/reset/": 200,
    "/admin/": 302,
    "/healthz": 200,
    "/t/nothing": 404,
    "/apply/acme/": 404,
    "/guest/nothing/": 404,
    "/unsubscribe/nothing/": 404,
    "/accounts/calendar/nothing.ics": 404,
    "/api/v1/docs/": 200,
    "/api/v1/schema/": 200,
    "/api/v1/creators/": 401,
    "/api/v1/nothing/": 404,
}


def assert_guarded(answer, *, is_file=False):
    if not is_file:
        parts = answer["Content-Security-Policy"].split(";")
        policy = dict(part.strip().partition(" ")[::2] for part in parts)
        assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
        assert policy["base-uri"] == policy["form-action"] == "'self'"
        assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_misspelt_address_of_the_api_is_404_for_every_method(method):
    answer = Client(enforce_csrf_checks=True).generic(method, "/api/v1/creatrs:batch")
    assert_problem(answer, 404)


@pytest.mark.parametrize("path", ANSWERS)
def test_every_kind_of_answer_is_guarded(manager_client, path):
    answer = manager_client.get(path)
    answer.close()
    assert answer.status_code == ANSWERS[path]
    assert_guarded(answer)


def test_files_of_the_pages_are_guarded(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    (tmp_path / "one.css").write_text("p {}")
    answer = Client().get("/static/one.css")
    assert answer.getvalue() == b"p {}"
    assert_guarded(answer, is_file=True)


def test_a_fault_and_a_bad_request_are_guarded_too(manager_client, monkeypatch, settings):
    manager_client.raise_request_exception = False

    def fail(*_args, **_more):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("crm.permissions._tell_of_list", fail)
        answer = manager_client.get("/acme/creators/")
    assert answer.status_code == 500
    assert b"RuntimeError" not in answer.content
    assert_guarded(answer)
    settings.ALLOWED_HOSTS = ["crm.example"]
    answer = manager_client.get("/acme/creators/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert_guarded(answer)


# Programs call them, whose right is in the address: no cookie of somebody's counts there.
WITHOUT_CSRF = {"receive_conversions", "unsubscribe"}


def views_in(resolver=None, before=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views_in(pattern, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern), pattern


def test_csrf_is_given_up_only_where_no_cookie_counts():
    exempt = {
        pattern.name
        for path, pattern in views_in()
        if getattr(pattern.callback, "csrf_exempt", False) and not path.startswith("api/v1/")
    }
    assert exempt == WITHOUT_CSRF


def test_every_page_refuses_what_another_site_sends(brand, admin_user):
    """Without a token, and with one of another site in the cookie's name."""
    client = logged_in(admin_user)
    client.handler.enforce_csrf_checks = True
    let_in = [
        name
        for name, access in PAGES.items()
        if access.post is not None
        and client.post(address(name, brand), {"csrfmiddlewaretoken": "x" * 64}).status_code != 403
    ]
    assert let_in == []


def test_cookies():
    assert configured.SESSION_COOKIE_HTTPONLY is True
    assert configured.SESSION_COOKIE_SAMESITE == configured.CSRF_COOKIE_SAMESITE == "Lax"


PRODUCTION = {
    "RAPPORT_ENV": "prod",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNO",
    "ALLOWED_HOSTS": "crm.example",
    "DATABASE_URL": "postgres://rapport@127.0.0.1:1/rapport",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def in_production(*command, **changes):
    """What a command says with the settings of production; an empty variable is not set."""
    given = {name: value for name, value in {**PRODUCTION, **changes}.items() if value}
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_own_check_of_a_deployment_finds_nothing():
    done = in_production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_production_speaks_tls_only_and_says_so():
    """As a browser sees it: cookies for TLS alone, and the promise to stay there."""
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from django.conf import settings\n"
        "settings.STORAGES['staticfiles']['BACKEND'] = "
        "'django.contrib.staticfiles.storage.StaticFilesStorage'\n"
        "settings.CACHES['default'] = "
        "{'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}\n"
        "host = {'Host': 'crm.example'}\n"
        "plain = Client().get('/accounts/login/', headers=host)\n"
        "print(plain.status_code, plain['Location'])\n"
        "tls = Client().get('/accounts/login/', headers=host | {'X-Forwarded-Proto': 'https'})\n"
        "print(tls.status_code, tls['Strict-Transport-Security'])\n"
        "cookie = tls.cookies['csrftoken']\n"
        "print(cookie['secure'], settings.SESSION_COOKIE_SECURE)\n"
    )
    done = in_production("-c", code, DJANGO_SETTINGS_MODULE="config.settings")
    assert done.stdout.splitlines() == [
        "301 https://crm.example/accounts/login/",
        "200 max-age=31536000",
        "True True",
    ], done.stderr
