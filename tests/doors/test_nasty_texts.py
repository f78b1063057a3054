"""Texts that a browser, a spreadsheet or a layout could take for more: on every page and answer."""

from __future__ import annotations

import csv
import io
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from crm.exports import FORMULA, Format
from crm.models import Brand, User
from tests.doors import nasty
from tests.doors.imported import heavy_among, noted
from tests.doors.world import KEY, PK, ROWS, UID, whole_brand
from tests.pages import KINDS, PAGES, PATTERNS
from tests.people import logged_in
from tests.rest import rest_as
from tests.schema import kept_schema

SCRIPTS = ("javascript:", "vbscript:", "data:text")
# Attributes that a browser goes to, or asks for.
ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href", "srcdoc"}


class Watcher(HTMLParser):
    """Reads a page as a browser does, and keeps what would run or lead elsewhere unasked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing inline: pages of ours have no handler, style or script but in files."""
        given = {name.strip(): (value or "").strip().lower() for name, value in attrs}
        runs = tag == "script" and not given.get("src", "").startswith("/static/")
        if runs and given.get("type") != "application/json":
            self.found.append(f"<script {given}>")
        if tag in {"iframe", "object", "embed", "base"} or "http-equiv" in given:
            self.found.append(f"<{tag} {given}>")
        for name, value in given.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append(f"{tag} {name}={value[:60]}")
            if name in ADDRESSES and value.startswith(SCRIPTS):
                self.found.append(f"{tag} {name}={value[:60]}")
            if name == "src" and value == "x":
                self.found.append(f"{tag} src=x")


@pytest.fixture(scope="module")
def world(module_db: None) -> tuple[int, set[str]]:
    """The number of who may do everything, and the columns that took nasty texts."""
    _brand, admin = whole_brand()
    return admin.pk, set(nasty.spoil())


@pytest.fixture
def admin(db: None, world: tuple[int, set[str]]) -> User:
    return User.objects.get(pk=world[0])


def test_nearly_every_column_with_words_took_them(db, world):
    assert len(world[1]) > 250


def pages() -> list[tuple[str, str]]:
    """Name and address of whatever can be looked at."""
    values = KINDS | ROWS | {"brand": "acme"}
    return [
        (name, reverse(name, kwargs={one: values[one] for one in ("brand", *PATTERNS[name])}))
        for name, access in PAGES.items()
        if access.get is not None
    ]


@pytest.mark.ignore_template_errors
def test_pages_and_files(admin):
    client = logged_in(admin)
    client.raise_request_exception = False
    wrong, kinds, imports = [], Counter(), set()
    for name, address in pages():
        with noted(imports):
            answer = client.get(address)
            body = answer.getvalue() if answer.streaming else answer.content
        kind = answer.get("Content-Type", "").partition(";")[0]
        kinds[kind] += answer.status_code == 200
        if answer.status_code >= 500:
            wrong.append(f"{name}: {answer.status_code}")
        elif kind == "text/html":
            watcher = Watcher()
            watcher.feed(body.decode())
            wrong += [f"{name}: {one}" for one in watcher.found]
        elif kind == "text/csv":
            wrong += [f"{name}: {cell[:40]!r}" for cell in formulas_of(body)]
        elif kind.endswith("sheet"):
            wrong += [f"{name}: {cell!r}" for cell in formulas_in_sheet(body)]
    assert wrong == []
    assert kinds["text/html"] > 250
    assert kinds["text/csv"] > 30
    assert kinds["application/pdf"] >= 3
    assert kinds[Format.XLSX.content_type] >= 3
    assert heavy_among(imports) == {}


def formulas_of(body: bytes) -> list[str]:
    """Cells of CSV that a spreadsheet would compute: numbers may begin with a sign."""
    return [
        cell
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig")))
        for cell in row
        if cell.startswith(FORMULA) and not is_number(cell)
    ]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def formulas_in_sheet(body: bytes) -> list[object]:
    """Cells of a workbook that are formulas or links."""
    return [
        cell.value
        for sheet in load_workbook(io.BytesIO(body))
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink
    ]


def test_rest(admin):
    """Every list and item: no fault, and always JSON, which no browser takes for a page."""
    rest = rest_as(admin, Brand.objects.get(slug="acme"))
    rest.client.raise_request_exception = False
    wrong, imports = [], set()
    for path, methods in kept_schema()["paths"].items():
        if "get" not in methods:
            continue
        url = path.replace("{uid}", str(UID)).replace("{id}", str(PK))
        with noted(imports):
            answer = rest.client.get(url.replace("{key}", KEY).replace("{number}", "1"))
        kind = answer.get("Content-Type", "")
        if answer.status_code >= 500 or "html" in kind or not answer.get("X-Content-Type-Options"):
            wrong.append((path, answer.status_code, kind))
    assert wrong == []
    assert heavy_among(imports) == {}
