"""The data files of the packs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("data")
# The parser written in C reads the packs ten times as fast; not every build of PyYAML has it.
LOADER: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)


def read(name: str) -> Any:
    """What the file of that name says."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=LOADER)  # noqa: S506 - a safe loader, see above


def names(folder: str) -> list[str]:
    """The files of a folder, in order of the alphabet."""
    return sorted(f"{folder}/{path.name}" for path in (FOLDER / folder).glob("*.yaml"))
