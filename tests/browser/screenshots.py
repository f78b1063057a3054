"""Pictures of every page, to look at: 1440 and 390 pixels wide, light and dark.

    python -m tests.browser.screenshots FOLDER [--url URL] [--brand SLUG] [--email E --password P]

Against a running product (`make run`, after `make demo`); by default with the demo admin, whose
password is in RAPPORT_HOME. Pages that say otherwise with a console error or a failed request are
named at the end, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from config.devstack.browser import find_browser
from config.devstack.home import Home
from tests.browser.watching import FLAGS, PHONE, SCREEN, Troubles

THEMES = ("light", "dark")
# What is opened from a list: the list, and which link of it.
OPENED = {
    "creator": ("creators/?sort=-followers", "tbody a"),
    "import": ("imports/", "tbody a"),
    "segment": ("segments/", "tbody a"),
    "run": ("runs/", "tbody a"),
    "scorecard": ("scorecards/", "tbody a"),
}
PAGES = {
    "creators": "creators/",
    "creators-filtered": "creators/?stage=core&sort=-followers",
    "creator-new": "creators/new/",
    "board": "board/",
    "imports": "imports/",
    "segments": "segments/",
    "runs": "runs/",
    "scorecards": "scorecards/",
    "matrix": "matrix/",
    "audiences": "audiences/",
    "audience-new": "audiences/new/",
    "hygiene": "hygiene/",
    "dimension-new": "dimensions/new/",
    "settings": "settings/",
}


def main() -> int:
    """Take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--brand", default="demo")
    parser.add_argument("--email", default="admin@demo.example")
    parser.add_argument("--password", help="default: that of the demo user, from RAPPORT_HOME")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    password = options.password or _demo_password(options.email)
    troubles = Troubles()
    with sync_playwright() as playwright:
        found = find_browser()
        browser = playwright.chromium.launch(
            executable_path=str(found) if found else None, args=list(FLAGS)
        )
        for theme in THEMES:
            context = browser.new_context(
                base_url=options.url, color_scheme=theme, reduced_motion="reduce", viewport=SCREEN
            )
            page = context.new_page()
            troubles.watch(page)
            page.goto("/accounts/login/")
            _take(page, options.folder, f"login-{theme}")
            page.get_by_label("E-mail").fill(options.email)
            page.get_by_label("Password", exact=True).fill(password)
            page.get_by_role("button", name="Log in").click()
            for name in _pages(page, options.brand):
                _take(page, options.folder, f"{name}-{theme}")
            context.close()
        browser.close()
    for trouble in troubles.found:
        sys.stderr.write(f"{trouble}\n")
    return 1 if troubles.found else 0


def _pages(page: Page, brand: str) -> Iterator[str]:
    """Open one page after the other; gives the name of each as it is there."""
    for name, path in PAGES.items():
        page.goto(f"/{brand}/{path}")
        yield name
    for name, (path, link) in OPENED.items():
        page.goto(f"/{brand}/{path}")
        links = page.locator(link)
        if links.count():
            page.goto(links.first.get_attribute("href") or "")
            yield name
    why = page.get_by_role("link", name="Why?")
    if why.count():
        why.first.click()
        yield "why"


def _take(page: Page, folder: Path, name: str) -> None:
    """A picture of the whole page at either width."""
    for width, size in (("1440", SCREEN), ("390", PHONE)):
        page.set_viewport_size(size)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(SCREEN)


def _demo_password(email: str) -> str:
    path = Home.from_environment().path / "demo-passwords.json"
    return str(json.loads(path.read_text(encoding="utf-8"))[email])


if __name__ == "__main__":
    sys.exit(main())
