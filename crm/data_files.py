"""Files of data that ship with the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# The parser written in C reads packs ten times as fast; not every build of PyYAML has it.
_LOADER: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)


def read_yaml(path: Path) -> Any:
    """What a YAML file says."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_LOADER)  # noqa: S506 - a safe loader, see above
