"""A real browser on a real server: logging in, accessibility, and no trouble behind the scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from config.devstack.browser import find_browser
from crm.models import User
from tests.browser.watching import FLAGS, SCREEN, Traffic, Troubles
from tests.clock import true_clock

AXE = Path(settings.BASE_DIR, "node_modules", "axe-core", "axe.min.js")
THEMES = ("light", "dark")
# What a theme can break: the tree of the page is the same in each.
OF_THEMES = {"color-contrast", "link-in-text-block"}
# Not a rule of ours to break: "best-practice" findings are advice, these are WCAG 2.2 A and AA.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


# For a machine that is busy with other things: what is there in time is never waited for.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser against committed rows, with the reference data there."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """What paths given to the browser are relative to."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that is installed, else the one that Playwright has; nothing to the network."""
    found = find_browser()
    path = {"executable_path": str(found)} if found else {}
    return {**browser_type_launch_args, **path, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desktop screen without animations, so that what is looked at stands still."""
    return {
        **browser_context_args,
        "viewport": SCREEN,
        "reduced_motion": "reduce",
        "color_scheme": "light",
        "locale": "en-GB",
        "timezone_id": "UTC",
    }


@pytest.fixture
def troubles() -> Iterator[Troubles]:
    """Fails the test when a page had a trouble that the test did not expect."""
    troubles = Troubles()
    yield troubles
    assert not troubles.found, "\n".join(troubles.found)


@pytest.fixture
def page(context: BrowserContext, troubles: Troubles) -> Page:
    """A tab whose troubles fail the test."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    troubles.watch(page)
    return page


@pytest.fixture
def settle(page: Page) -> Callable[[], None]:
    """`settle()`: wait until the page and its fragments have loaded."""
    return Traffic(page).settle


@pytest.fixture
def log_in(base_url: str, context: BrowserContext) -> Callable[[User], None]:
    """`log_in(manager)`: the browser carries that person's session from now on."""

    def as_user(user: User) -> None:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": base_url}]
        )

    return as_user


@pytest.fixture
def visit(page: Page, settle: Callable[[], None]) -> Callable[[str], Page]:
    """`visit("/acme/creators/")`: open the path, wait until it and its fragments have loaded."""

    def open_path(path: str) -> Page:
        page.goto(path)
        settle()
        return page

    return open_path


def axe_violations(page: Page, *, theme: str) -> list[str]:
    """What axe-core finds on `page` as it stands, in `theme`: one line for each element.

    Every rule in the first theme, those that a theme can break in the others.
    """
    # Nothing half faded: a panel that is being dimmed has the contrast of neither.
    page.evaluate(
        "() => document.getAnimations()"
        ".filter(one => one.effect.getTiming().iterations !== Infinity)"
        ".forEach(one => one.finish())"
    )
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    runs = (
        {"type": "tag", "values": AXE_TAGS}
        if theme == THEMES[0]
        else {"type": "rule", "values": sorted(OF_THEMES)}
    )
    options = {"runOnly": runs, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    where = urlsplit(page.url).path
    return [
        f"{where} ({theme}) {violation['id']}: {node['html'][:160]} | "
        f"{node['failureSummary'].splitlines()[-1].strip()}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: axe finds nothing, in light and in dark."""

    def check(page: Page) -> None:
        found = [line for theme in THEMES for line in axe_violations(page, theme=theme)]
        assert not found, "\n".join(found)

    return check


@pytest.fixture(scope="package", autouse=True)
def _true_clock(clock: None) -> Iterator[None]:
    """The machine's clock: the browser has no other."""
    with true_clock():
        yield
