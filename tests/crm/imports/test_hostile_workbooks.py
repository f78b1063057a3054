"""Workbooks that nobody's Excel has written: refused in words, within memory and time."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from crm.importers import sheets
from crm.importers.rows import Unreadable

SHEET, BOOK, TYPES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ENTITIES = "".join(f'<!ENTITY e{n} "{(f"&e{n - 1};" if n else "lol") * 10}">' for n in range(10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [{ENTITIES}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e9 SYSTEM "file:///etc/hostname">]>'


def sheet(text: str, row: str = "1", cell: str = "A1") -> str:
    said = f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<worksheet {MAIN}><sheetData><row r="{row}">{said}</row></sheetData></worksheet>'


def workbook(path: Path, part: str, content: str) -> Path:
    """A workbook of one cell, one part of which is another."""
    plain = io.BytesIO()
    book = Workbook()
    book.active.append(["day"])
    book.save(plain)
    with zipfile.ZipFile(plain) as read, zipfile.ZipFile(path, "w") as written:
        for name in read.namelist():
            written.writestr(name, content if name == part else read.read(name))
    return path


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (SHEET, BOMB + sheet("&e9;")),
        (BOOK, f"{BOMB}<workbook {MAIN}>&e9;</workbook>"),
        (SHEET, OUTSIDE + sheet("&e9;")),
        (SHEET, "<worksheet><sheetData><row"),
        (BOOK, "<workbook"),
        (BOOK, ""),
        (TYPES, "<Types/>"),
        (SHEET, sheet("x", row="one")),
        (SHEET, sheet("x", cell="ZZZZ1")),
        (SHEET, f'<worksheet {MAIN}><sheetData><row><c t="s"><v>7</v></c></row>'),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused(tmp_path, part, content):
    with pytest.raises(Unreadable, match="not a workbook that can be read"):
        sheets.sample(workbook(tmp_path / "a", part, content), 20)


@pytest.mark.parametrize("row", ["9" * 12, "1048577", "-1"])
def test_a_row_that_says_to_be_the_last_of_the_world_is_not_waited_for(tmp_path, row):
    path = workbook(tmp_path / "a", SHEET, sheet("x", row=row))
    assert sum(1 for _ in sheets._sheet_rows(path)) <= 1_048_576


def test_what_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "_UNPACKED_MAX", 100_000)
    path = workbook(tmp_path / "a", SHEET, sheet(" " * 100_000))
    with pytest.raises(Unreadable, match="too large when unpacked"):
        sheets.sample(path, 20)
