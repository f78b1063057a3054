"""Rules as the database holds them: read once, however many runs and pages ask for them."""

from __future__ import annotations

import json
from functools import lru_cache

from segmentation.rules import json_form, tree


def as_text(rule: object) -> str:
    """A stored rule as one text, the same for the same rule."""
    return json.dumps(rule, sort_keys=True)


@lru_cache(maxsize=10_000)
def read(rule: str) -> tree.Node:
    """The tree of a stored rule, given as text. Raises RuleInvalid."""
    return json_form.load(json.loads(rule))
