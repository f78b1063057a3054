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


def width_beyond_screen(page: Page) -> int:
    """How many pixels the page is wider than the screen: 0 when nothing scrolls sideways."""
    return page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
