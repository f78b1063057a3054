"""What keeps the house in order: directions, names, and nothing that acts behind one's back."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

PROJECT = Path(__file__).resolve().parent.parent
OURS = ("crm", "campaigns", "segmentation")  # a later one may point to an earlier one
# What only workers compute with: slow to load, and a process keeps it from then on.
HEAVY = [
    "numpy",
    "scipy",
    "pandas",
    "sklearn",
    "networkx",
    "sknetwork",
    "vaderSentiment",
    "py3langid",
    "torch",
]
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]


def imports(text: str) -> Iterator[str]:
    """The names of the modules, and of the things in them, that the code imports anywhere."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def found_in(files: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    found = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        # Parsing takes long: only where every part of a name is somewhere in the text.
        if any(all(part in text for part in start.split(".")) for start in forbidden):
            found += [
                f"{file.relative_to(PROJECT)} imports {name}"
                for name in imports(text)
                if any(name == start or name.startswith(f"{start}.") for start in forbidden)
            ]
    return found


def code(*packages: str) -> list[Path]:
    return [file for package in packages for file in sorted(PROJECT.glob(f"{package}/**/*.py"))]


def test_imports_keep_their_direction() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_there_are_no_signals_between_apps() -> None:
    signals = ("django.dispatch", "django.db.models.signals", "django.db.backends.signals")
    assert found_in(code(*OURS), signals) == []


def test_addresses_that_users_enter_are_called_from_one_place() -> None:
    """crm.outgoing looks at where a name leads; whatever else speaks HTTP would not (SSRF).

    Mailboxes speak SMTP and IMAP to the hosts of MAIL_HOSTS.
    """
    http = ("http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "pycurl")
    assert found_in(code(*OURS), (*http, "socket")) == [
        "crm/outgoing.py imports http.client",
        "crm/outgoing.py imports socket",
        "crm/outreach/servers.py imports socket",
    ]


def test_lists_leave_the_product_through_one_place() -> None:
    """crm.exports tells a text apart from a formula."""
    found = found_in(code(*OURS), ("csv.writer", "csv.DictWriter", "xlsxwriter"))
    writers = [
        str(file.relative_to(PROJECT))
        for file in code(*OURS)
        if "csv.writer(" in file.read_text(encoding="utf-8")
        or "csv.DictWriter(" in file.read_text(encoding="utf-8")
    ]
    assert (found, writers) == (["crm/exports.py imports xlsxwriter"], ["crm/exports.py"])


def test_rows_are_locked_so_that_others_may_still_refer_to_them() -> None:
    """Without `no_key` whoever has written to the ledger waits at the end of their transaction.

    PostgreSQL looks then whether the rows exist that new ones refer to. Who holds such a row, and
    waits for the ledger in turn, would wait for ever.
    """
    careless = [
        str(file.relative_to(PROJECT))
        for file in code(*OURS)
        for call in re.findall(
            r"select_for_update\((?:[^()]|\([^()]*\))*\)", file.read_text(encoding="utf-8")
        )
        if "no_key=True" not in call
    ]
    assert careless == []


def test_nothing_marks_what_somebody_wrote_as_safe() -> None:
    """Templates escape; what is laid out in Python goes through format_html, piece by piece."""
    templates = sorted(PROJECT.glob("templates/**/*.html"))
    assert len(templates) > 300
    unescaped = [
        str(file.relative_to(PROJECT))
        for file in templates
        if any(
            way in file.read_text(encoding="utf-8")
            for way in ("|safe", "autoescape off", "safeseq", "{% debug")
        )
    ]
    assert unescaped == []
    marked = ("django.utils.safestring.mark_safe", "django.utils.html.html_safe")
    assert found_in(code(*OURS), marked) == [
        # A whole answer, which a template wrote.
        "crm/panels.py imports django.utils.safestring.mark_safe",
        # Each of its blocks is escaped.
        "campaigns/templatetags/policies.py imports django.utils.safestring.mark_safe",
    ]


def test_nothing_imports_tests_or_benchmarks() -> None:
    assert found_in(code("config", *OURS), ("tests", "benchmarks", "conftest")) == []


def test_migrations_import_nothing_of_ours() -> None:
    migrations = [file for app in OURS for file in code(f"{app}/migrations")]
    assert len(migrations) >= len(OURS)
    found = found_in(migrations, ("config", "tests", *OURS))
    # It knows no model (docs/adr/0013).
    assert [
        line for line in found if not line.endswith(" imports crm.operations.CreateModels")
    ] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_relations_point_down_and_leave_no_trace_below(model: type[models.Model]) -> None:
    """String references and reverse accessors escape the import linter."""
    here = model._meta.app_label
    for field in model._meta.get_fields():
        if not field.is_relation or field.auto_created or field.related_model is None:
            continue
        there = field.related_model._meta.app_label
        if there == here or there not in OURS:
            continue
        assert OURS.index(there) < OURS.index(here), f"{field} points up to {there}"
        assert field.remote_field.related_name == "+", f"{field} adds an accessor to {there}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_constraints_and_indexes_are_named_by_us(model: type[models.Model]) -> None:
    """A name says in an error which rule was broken, and stays when a field is renamed."""
    assert not model._meta.unique_together, "use a named UniqueConstraint"
    for rule in model._meta.constraints:
        assert rule.name.startswith(f"{model._meta.app_label}_"), rule.name
    for index in model._meta.indexes:
        assert index.name.startswith(f"{model._meta.app_label}_"), index.name


def test_web_processes_start_without_what_only_workers_compute_with() -> None:
    script = (
        "import sys, config.wsgi\n"
        "from django.urls import get_resolver\n"
        "assert get_resolver().url_patterns\n"
        f"print(*sorted(set({HEAVY}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_what_pages_read_with_loads_nothing_that_workers_compute_with() -> None:
    """Not even once somebody asks: a web process would keep it from then on."""
    heavy = re.compile(r"^\s*(from|import) (scipy|sklearn|sknetwork|networkx)\b", re.MULTILINE)
    read = [
        path
        for app in ("crm", "campaigns", "segmentation")
        for part in ("api", "forms", "selectors", "views")
        for path in (PROJECT / app / part).rglob("*.py")
    ]
    assert len(read) > 100
    assert [str(path) for path in read if heavy.search(path.read_text())] == []
