"""How a browser is started, the sizes of screens, and what goes wrong behind a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request, Response

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREEN = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Troubles:
    """What went wrong behind a page: errors on its console, failed and refused requests."""

    expected: set[int] = field(default_factory=set)
    found: list[str] = field(default_factory=list)

    def expect(self, status: int) -> None:
        """This test provokes answers of `status`."""
        self.expected.add(status)

    def watch(self, page: Page) -> None:
        """Collect the troubles of `page` from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        # The browser repeats each refused request on the console; `_answered` has it already.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.found.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # Leaving a page, or choosing again, aborts what was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.found.append(f"request: {request.failure} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.found.append(f"answer {response.status}: {response.request.method} {response.url}")


class Traffic:
    """The requests of a page that are under way: none for a moment, and the page has settled.

    As Playwright's "networkidle", which waits half a second of silence on each page.
    """

    QUIET_MS = 100
    STEP_MS = 25
    MOST_MS = 30_000

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: set[Request] = set()
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _begun(self, request: Request) -> None:
        self._open.add(request)

    def _ended(self, request: Request) -> None:
        self._open.discard(request)

    def settle(self) -> None:
        """Wait until the page and its fragments have loaded; fails after half a minute."""
        quiet = waited = 0
        while quiet < self.QUIET_MS:
            assert waited < self.MOST_MS, [request.url for request in self._open]
            self._page.wait_for_timeout(self.STEP_MS)
            waited += self.STEP_MS
            quiet = 0 if self._open else quiet + self.STEP_MS


def width_beyond_screen(page: Page) -> int:
    """How many pixels the page is wider than the screen: 0 when nothing scrolls sideways."""
    # A locator waits for the document of a page that is just being left.
    return page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
