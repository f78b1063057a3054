"""One small SVG sprite, made of the icons that templates use out of the @tabler/icons package.

Served as vendor/icons.svg. The whole icon font would be 800 KB; the sprite is about 20.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SPRITE = "vendor/icons.svg"
ICONS = (
    "activity",
    "address-book",
    "alert-triangle",
    "archive",
    "arrow-back-up",
    "arrow-down",
    "arrow-up",
    "arrows-sort",
    "at",
    "ban",
    "bell",
    "book",
    "bookmark",
    "bulb",
    "calendar",
    "chart-bar",
    "chart-dots",
    "check",
    "checkbox",
    "checklist",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-x",
    "clock",
    "clock-pause",
    "coins",
    "columns",
    "copy",
    "dots-vertical",
    "download",
    "external-link",
    "file-import",
    "filter",
    "flag",
    "flask",
    "gift",
    "git-merge",
    "heart-handshake",
    "help",
    "history",
    "info-circle",
    "key",
    "layout-dashboard",
    "layout-kanban",
    "license",
    "link",
    "loader",
    "logout",
    "mail",
    "menu-2",
    "message",
    "moon",
    "package",
    "pencil",
    "photo",
    "pin",
    "player-pause",
    "player-play",
    "player-stop",
    "plus",
    "printer",
    "refresh",
    "report-analytics",
    "scale",
    "search",
    "send",
    "settings",
    "shield-check",
    "signature",
    "speakerphone",
    "sun",
    "sunrise",
    "tag",
    "target",
    "timeline",
    "trash",
    "upload",
    "user",
    "user-plus",
    "user-shield",
    "users",
    "x",
)
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def sprite() -> bytes:
    """The sprite: a <symbol> per icon, with the icon's name as id.

    Raises FileNotFoundError when the front-end packages are not installed.
    """
    folder = Path(settings.BASE_DIR) / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    symbols = []
    for name in ICONS:
        found = _SHAPES.search((folder / f"{name}.svg").read_text(encoding="utf-8"))
        if found is None:
            msg = f"{name}.svg holds no <svg> element"
            raise ValueError(msg)
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
            f"{found.group(1).strip()}</symbol>"
        )
    return ('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>").encode()


class SpriteStorage(Storage):
    """A storage that holds the sprite and nothing else."""

    prefix = None

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        return ContentFile(sprite(), name=name)

    def exists(self, name: str) -> bool:
        """Whether `name` is the sprite."""
        return name == SPRITE

    def path(self, name: str) -> str:
        """Where runserver reads the sprite: written beside the other generated files."""
        target = Path(settings.RAPPORT_HOME) / "generated" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(sprite())
        return str(target)


class SpriteFinder(BaseFinder):
    """Lets collectstatic and runserver find the sprite."""

    storage = SpriteStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: a missing package is reported when the sprite is made."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """The sprite's path when it is asked for."""
        if path != SPRITE:
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """The sprite, for collectstatic."""
        yield SPRITE, self.storage
