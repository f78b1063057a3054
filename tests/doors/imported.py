"""What answering requests loads into a process that does nothing else.

The process of the tests has loaded everything long before. So the names that are imported while
requests are answered are kept, and a process of its own, which starts as a web process does,
imports the same.
"""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import resolve_name
from typing import Any

from tests.test_architecture import HEAVY, PROJECT

SCRIPT = f"""
import importlib, json, sys, config.wsgi
from django.urls import get_resolver
assert get_resolver().url_patterns
found = {{}}
for name in json.load(sys.stdin):
    importlib.import_module(name)
    for heavy in set({HEAVY}) & set(sys.modules):
        found.setdefault(heavy, name)
print(json.dumps(found))
"""


@contextmanager
def noted(names: set[tuple[str, str]]) -> Iterator[None]:
    """Add what is imported in the meantime, loaded before or not, each with by whom."""
    plain = builtins.__import__

    def note(
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - as Python calls it
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        found = plain(name, globals, locals, fromlist, level)
        package = globals["__package__"] if level and globals else None
        full = resolve_name("." * level + name, package)
        inside = (f"{full}.{part}" for part in fromlist or ())
        by = str((globals or {}).get("__name__"))
        names.update((one, by) for one in (full, *inside) if one in sys.modules)
        return found

    builtins.__import__ = note
    try:
        yield
    finally:
        builtins.__import__ = plain


def heavy_among(names: set[tuple[str, str]]) -> dict[str, str]:
    """What only workers compute with and a web process would load, and who imported it."""
    by = {
        name: who
        for name, who in sorted(names)
        # What tests put in the place of something is of tests.
        if not name.startswith("tests") and not who.startswith("tests")
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=PROJECT,
        input=json.dumps(list(by)),
        capture_output=True,
        text=True,
        check=True,
    )
    return {heavy: f"{name}, by {by[name]}" for heavy, name in json.loads(done.stdout).items()}
