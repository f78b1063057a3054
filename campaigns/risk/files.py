"""The data files of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("data")


def read(name: str) -> Any:
    """What the file of that name says."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.safe_load(file)
