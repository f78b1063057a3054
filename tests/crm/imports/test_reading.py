"""Files as they come: encodings, delimiters, headers, broken rows."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from crm.importers import reading
from crm.importers.rows import Malformed, Unreadable, unique_names

Put = Callable[..., Path]


UNCLOSED = "A quotation mark on this line is not closed where the cell ends."


def read(
    path: Path, **how: Any
) -> tuple[reading.Reading, list[tuple[int, list[Any]]], list[Malformed]]:
    found = reading.detect(path, **how)
    rows = list(reading.read_rows(path, found, found.columns))
    good = [(row[0], list(row[1])) for row in rows if isinstance(row, tuple)]
    return found, good, [row for row in rows if isinstance(row, Malformed)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(put: Put, delimiter: str) -> None:
    lines = [
        delimiter.join(row) for row in (("username", "note"), ("anna", "a, b; c | d"), ("bo", ""))
    ]
    text = "\n".join(lines).replace("a, b; c | d", '"a, b; c | d"')
    how, rows, bad = read(put(text))
    assert how.delimiter == delimiter
    assert rows == [(2, ["anna", "a, b; c | d"]), (3, ["bo", ""])]
    assert bad == []


def test_excel_says_its_delimiter(put: Put) -> None:
    how, rows, _ = read(put("sep=;\r\nusername;followers\r\nanna;1,5\r\n"))
    assert (how.delimiter, how.header_line, rows) == (";", 2, [(3, ["anna", "1,5"])])


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("username,name\nanna,Zoë 김우빈 🥊\n", "utf-8", "utf-8"),
        ("username,name\nanna,Zoë 🥊\n", "utf-8-sig", "utf-8-sig"),
        ("username,name\nanna,Zoë\n", "utf-16", "utf-16"),
        ("username,city\n" + "anna,Köln\nbo,Málaga\n" * 20, "cp1252", "cp1252"),
        ("username,город\n" + "Анна,Москва\nИван,Казань\n" * 20, "cp1251", "cp1251"),  # noqa: RUF001
    ],
)
def test_encodings(put: Put, text: str, encoding: str, found: str) -> None:
    how, rows, _ = read(put(text.encode(encoding)))
    assert how.encoding == found
    assert rows[0][1] == text.splitlines()[1].split(",")


def test_bytes_that_no_windows_encoding_has_are_latin_1(put: Put) -> None:
    how, rows, _ = read(put(b"username,name\nanna,Zo\xeb \x81\x8d\n"))
    assert (how.encoding, rows[0][1]) == ("latin-1", ["anna", "Zoë \x81\x8d"])


def test_utf8_is_checked_to_the_end_of_the_file(put: Put) -> None:
    content = b"username,city\n" + b"anna,Rome\n" * 200_000 + b"bo,K\xf6ln\n"
    how, rows, _ = read(put(content))
    assert how.encoding == "cp1252"
    assert rows[-1] == (200_002, ["bo", "Köln"])


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files(put: Put, pack: Callable[[bytes], bytes]) -> None:
    _, rows, _ = read(put(pack(b"username,followers\nanna,1\n"), "list.csv.packed"))
    assert rows == [(2, ["anna", "1"])]


def test_a_damaged_packed_file_is_refused(put: Put) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        reading.detect(
            put(gzip.compress(b"username,followers\nanna,1\n" * 100)[:-20], "list.csv.gz")
        )


def test_a_file_that_unpacks_without_end_is_refused(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "UNPACKED_MAX", 1_000)
    with pytest.raises(Unreadable, match="unpacked"):
        reading.detect(put(gzip.compress(b"username,followers\nanna,1\n" * 100), "list.csv.gz"))


def test_headers_doubled_blank_and_over_several_lines(put: Put) -> None:
    text = 'username,Subscribers,Subscribers,,"Engagement\r\naverage \n"\nanna,1M,1000000,x,2\n'
    how, rows, _ = read(put(text))
    assert how.columns == (
        "username",
        "Subscribers",
        "Subscribers (2)",
        "Column 4",
        "Engagement average",
    )
    assert (how.header_line, how.first_line) == (1, 4)
    assert rows == [(4, ["anna", "1M", "1000000", "x", "2"])]


def test_unique_names_never_collide() -> None:
    assert unique_names(["a", "a (2)", "a", "", "Column 4"]) == (
        "a",
        "a (2)",
        "a (3)",
        "Column 4",
        "Column 4 (2)",
    )


def test_a_ruler_under_the_header_is_no_row(put: Put) -> None:
    how, rows, bad = read(put("Username\t#Followers\n==========\nanna\t5\n"))
    assert (how.columns, rows, bad) == (("Username", "#Followers"), [(3, ["anna", "5"])], [])


def test_without_a_header_columns_have_numbers(put: Put) -> None:
    how, rows, _ = read(put("anna,6196161750,True,English\nbo,6091677300,False,German\n"))
    assert (how.header_line, how.columns) == (0, ("Column 1", "Column 2", "Column 3", "Column 4"))
    assert rows[0] == (1, ["anna", "6196161750", "True", "English"])


def test_a_title_line_above_the_header_is_left_out(put: Put) -> None:
    how, rows, _ = read(put("Our creators 2022\nusername,followers\nanna,5\nbo,6\n"))
    assert (how.header_line, rows) == (2, [(3, ["anna", "5"]), (4, ["bo", "6"])])


def test_a_list_of_handles_alone(put: Put) -> None:
    how, rows, _ = read(put("@anna\n@bo\n\n@cy\n"))
    assert (how.header_line, how.columns) == (0, ("Column 1",))
    assert rows == [(1, ["@anna"]), (2, ["@bo"]), (4, ["@cy"])]


def test_rows_with_too_few_or_many_fields_are_reported_and_not_shifted(put: Put) -> None:
    text = 'username,note,followers\nanna,x,1\nbo,2\ncy,x,y,3\n"d\nd",x,y,z\n,,\nev,"1\n2",4\n'
    _, rows, bad = read(put(text))
    assert rows == [(2, ["anna", "x", "1"]), (8, ["ev", "1\n2", "4"])]
    assert bad == [
        Malformed(3, "malformed_row", "The row has 2 fields where the header has 3."),
        Malformed(4, "malformed_row", "The row has 4 fields where the header has 3."),
        Malformed(
            5, "malformed_row", "The row (lines 5 to 6) has 4 fields where the header has 3."
        ),
    ]


def test_a_quote_that_is_never_closed_costs_one_row(put: Put) -> None:
    text = 'username,note\nanna,"fine"\nbo,"never closed\ncy,x\nev,y\n'
    _, rows, bad = read(put(text))
    assert rows == [(2, ["anna", "fine"]), (4, ["cy", "x"]), (5, ["ev", "y"])]
    assert bad == [Malformed(3, "malformed_row", UNCLOSED)]


def test_a_stray_quote_does_not_glue_rows_together(put: Put) -> None:
    text = 'username,note,size\nanna,"x,1\nbo,y,2\ncy,"z,3\nev,w,4\nfi,"a ""b""\nc",5\n'
    _, rows, bad = read(put(text))
    assert [row.line for row in bad] == [2, 4]
    assert rows == [(3, ["bo", "y", "2"]), (5, ["ev", "w", "4"]), (6, ["fi", 'a "b"\nc', "5"])]


def test_quotes_inside_cells(put: Put) -> None:
    _, rows, bad = read(put('username,note\nanna,"say ""hi"""\nbo,5" heels\ncy,"a"|"b"\n'))
    assert bad == []
    assert [cells[1] for _, cells in rows] == ['say "hi"', '5" heels', 'a|"b"']


def test_a_cell_too_long_is_refused_and_the_rest_is_read(put: Put) -> None:
    text = "username,note\nanna,x\n" + "bo," + "y" * 140_000 + "\ncy,z\n"
    _, rows, bad = read(put(text))
    assert [line for line, _ in rows] == [2, 4]
    assert [row.line for row in bad] == [3]


def test_nul_bytes_are_refused_by_row(put: Put) -> None:
    _, rows, bad = read(put("username,note\nanna,x\nbo,\0\ncy,z\n"))
    assert [line for line, _ in rows] == [2, 4]
    assert bad == [Malformed(3, "nul_byte", "The row holds a NUL byte.")]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "list.csv", "empty"),
        (b" \n\n", "list.csv", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\x01\x02" * 5_000, "list.png", "not a text file"),
        (b'[{"username": "anna"}]', "list.json", "one object on each line"),
        (b"PK\x03\x04 not a workbook", "list.xlsx", "not a workbook"),
        (b"{broken\n{also", "list.jsonl", "JSON object"),
    ],
)
def test_files_that_cannot_be_read(put: Put, content: bytes, name: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        reading.detect(put(content, name))


def test_json_lines_are_flattened(put: Put) -> None:
    lines = [
        {"id": 1, "owner": {"username": "anna", "name": None}, "tags": ["a", "b"]},
        {"id": 2, "owner": {"username": "bo"}, "likes": 5},
    ]
    text = (
        "\n".join(map(json.dumps, lines))
        + '\n\nnot json\n[1]\n{"id": "\\u0000"}\n{"id": "\\ud800"}\n'
    )
    how, rows, bad = read(put(text, "posts.jsonl"))
    assert how.columns == ("id", "owner.username", "owner.name", "tags", "likes")
    assert rows == [(1, [1, "anna", None, ["a", "b"], None]), (2, [2, "bo", None, None, 5])]
    assert [(row.line, row.code) for row in bad] == [
        (4, "malformed_row"),
        (5, "malformed_row"),
        (6, "nul_byte"),
        (7, "malformed_row"),
    ]


def test_json_nested_without_end_is_one_bad_row(put: Put) -> None:
    deep = '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}"
    _, rows, bad = read(put('{"id": 1}\n' + deep + "\n", "posts.jsonl"))
    assert (len(rows), [row.line for row in bad]) == (1, [2])


def test_workbooks(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["username", "followers"],
        ["anna", 5],
        [None, None],
        ["bo", "1.5K", "extra"],
        ["cy"],
    ):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    how, rows, bad = read(tmp_path / "list.xlsx")
    assert how.columns[:2] == ("username", "followers")
    assert rows[0][0] == 2
    assert rows[0][1][:2] == ["anna", 5]
    assert [line for line, _ in rows] + [row.line for row in bad] == [2, 4, 5]


def test_what_was_detected_is_kept_as_json(put: Put) -> None:
    how = reading.detect(put("username;followers\nanna;1\n"))
    assert reading.Reading.from_json(json.loads(json.dumps(how.to_json()))) == how


def test_only_the_wanted_columns_in_the_wanted_order(put: Put) -> None:
    path = put("username,followers,country\nanna,1,DK\n")
    how = reading.detect(path)
    assert list(reading.read_rows(path, how, ["country", "username", "not there"])) == [
        (2, ["DK", "anna", None])
    ]


def test_many_rows_are_streamed(put: Put) -> None:
    path = put("username,followers\n" + "".join(f"u{n},{n}\n" for n in range(300_000)))
    rows = reading.read_rows(path, reading.detect(path), ["username"])
    assert next(rows) == (2, ["u0"])
    assert sum(1 for _ in rows) == 299_999
