"""The schema of the API as it is kept: a long file, read once for all that ask."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from crm.data_files import read_yaml

KEPT = Path(__file__).parent.parent / "docs" / "openapi.yaml"


@cache
def kept_schema() -> Any:
    """What docs/openapi.yaml says."""
    return read_yaml(KEPT)
