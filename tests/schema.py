"""The schema of the API as it is kept: a long file, read once for all that ask."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from crm.data_files import read_yaml

KEPT = Path(__file__).parent.parent / "docs" / "openapi.yaml"


@cache
def kept_schema() -> Any:
    """What docs/openapi.yaml says."""
    return read_yaml(KEPT)


def assert_fits(body: Any, promised: dict[str, Any], where: str) -> None:
    """That a body is what is promised of it and holds no member that is not named."""
    [content] = promised["content"].values()
    closed = {"components": closed_components(), **close(content["schema"])}
    errors = [
        f"{where}: {error.json_path}: {error.message}"
        for error in Draft202012Validator(closed).iter_errors(body)
    ]
    assert not errors, errors[:5]


@cache
def closed_components() -> Any:
    """What every answer may refer to: thousands of lines, closed once."""
    return close(kept_schema()["components"])


def close(node: Any) -> Any:
    """The schema with no members but those it names."""
    if isinstance(node, list):
        return [close(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: close(item) for name, item in node.items()}
    if made.get("type") in ("object", ["object", "null"]) and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


def with_closed_answers() -> Any:
    """What docs/openapi.yaml says, where an answer has no member but those that are named."""
    shapes = kept_schema()["components"]["schemas"]
    closed = {
        name: shape if name.endswith("Request") else close(shape) for name, shape in shapes.items()
    }
    return kept_schema() | {"components": kept_schema()["components"] | {"schemas": closed}}
