"""Edits of rows that several people may have open: what changed, and did it meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class EditRefused(Exception):
    """The edit cannot be saved; the message is fit for the user.

    `field` names the input that is at fault, empty where it is none of them.
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


def shown(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The values of the fields as the audit ledger names them: rows by their id."""
    columns = {field.name: field.attname for field in row._meta.concrete_fields}
    return {name: getattr(row, columns[name]) for name in names}


def stamp(row: models.Model, names: Iterable[str]) -> str:
    """A mark of the fields' values: a form sends back the one that it was made with."""
    text = json.dumps(shown(row, names), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_outdated(row: models.Model, names: Iterable[str], seen: str | None) -> None:
    """Refuse an edit of values that are others than those that the person saw (None: not said)."""
    if seen is not None and seen != stamp(row, names):
        raise EditRefused(
            "Somebody else has changed this since you opened it. Open the page anew and change "
            "what is still to be changed.",
            code="outdated",
        )


def set_values(row: models.Model, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the fields; returns those that differ as {name: [before, after]}, for the ledger."""
    before = shown(row, wanted)
    for name, value in wanted.items():
        setattr(row, name, value)
    after = shown(row, wanted)
    return {name: [before[name], after[name]] for name in wanted if before[name] != after[name]}
