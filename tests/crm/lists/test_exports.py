"""Lists as files: cells keep their type, formulas are none, long lists come from a worker."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from crm import exports
from crm.exports import Format
from crm.models import AuditEntry, Job
from crm.services import jobs
from tests.factories import NOW, CreatorMetricsFactory, RelationshipFactory

ROW = [
    "=HYPERLINK(1)",
    "+45 1",
    "-x",
    "@sum",
    "\tx",
    "\uff1dx",
    None,
    True,
    1234,
    0.5,
    float("nan"),
    date(2026, 3, 1),
    datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    ["a", "b"],
]


def test_a_line_of_csv():
    lines = "".join(exports.lines(["head"], [ROW]))
    assert lines.startswith("\ufeffhead\r\n")
    [cells] = list(csv.reader(io.StringIO(lines.partition("\r\n")[2], newline="")))
    assert cells == [
        "'=HYPERLINK(1)",
        "'+45 1",
        "'-x",
        "'@sum",
        "'\tx",
        "'\uff1dx",
        "",
        "True",
        "1234",
        "0.5",
        "",
        "2026-03-01",
        "2026-03-01T12:30:00+00:00",
        "a; b",
    ]


def test_a_sheet_of_excel_has_values_and_no_formula():
    file = io.BytesIO()
    exports.write(file, ["head", "x"], [ROW], form=Format.XLSX, about=[("List", "Creators")])
    book = load_workbook(file)
    head, row = book["List"].iter_rows()
    assert [cell.value for cell in head][:2] == ["head", "x"]
    assert [cell.value for cell in row] == [
        "=HYPERLINK(1)",
        "+45 1",
        "-x",
        "@sum",
        "\tx",
        "\uff1dx",
        None,
        True,
        1234,
        0.5,
        None,
        datetime(2026, 3, 1),  # noqa: DTZ001 - a sheet knows no zones
        datetime(2026, 3, 1, 12, 30),  # noqa: DTZ001
        "a; b",
    ]
    assert {cell.data_type for cell in row[:6]} <= {"s", "inlineStr"}
    assert [cell.value for cell in next(book["About"].iter_rows())] == ["List", "Creators"]


def test_a_text_too_long_for_a_cell_is_cut_and_says_so():
    file = io.BytesIO()
    exports.write(file, ["a"], [["x" * 40_000]], form=Format.XLSX)
    [_head, [cell]] = load_workbook(file)["List"].iter_rows()
    assert len(cell.value) == exports.MAX_CELL
    assert cell.value.endswith("x …")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(exports, "MAX_ROWS", 3)
    with pytest.raises(exports.TooLong, match="2 rows"):
        exports.write(io.BytesIO(), ["a"], [["x"]] * 3, form=Format.XLSX)


def test_counting_tells_every_row_once():
    told = []
    assert len(list(exports.counted([[n] for n in range(25)], told.append, every=10))) == 25
    assert told == [10, 10, 5]


@pytest.mark.django_db
class TestOfCreators:
    @pytest.fixture(autouse=True)
    def two(self, brand):
        for number, name in enumerate(("Ann", "Bea")):
            found = RelationshipFactory(brand=brand, creator__name=name)
            CreatorMetricsFactory(creator=found.creator, followers=10 + number, view_rate=0.5)

    def test_the_chosen_columns_as_excel(self, manager_client):
        address = "/acme/creators/export.xlsx?columns=view_rate,added_at&sort=name"
        answer = manager_client.get(address)
        file = io.BytesIO(b"".join(answer.streaming_content))
        sheet = load_workbook(file)["List"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[0] == ["uid", "name", "profiles", "view_rate", "added_at"]
        assert [(row[1], row[3]) for row in rows[1:]] == [("Ann", 0.5), ("Bea", 0.5)]
        assert isinstance(rows[1][4], datetime)
        assert AuditEntry.objects.get().verb == "crm.creators.exported"

    def test_a_worker_writes_it_and_the_file_expires(self, brand, manager_client, analyst_client):
        manager_client.post(
            "/acme/creators/export/", {"all": "yes", "query": "sort=name", "form": "csv"}
        )
        job = Job.objects.get()
        assert job.title == "Export 2 creators as CSV"
        jobs.run(job_id=job.pk, at=NOW)
        job.refresh_from_db()
        assert (job.status, job.done, job.total) == ("done", 2, 2)
        assert job.result == "2 creators. The file is kept for 3 days."
        assert job.file_name == "creators-acme-2026-11-22.csv"
        address = f"/acme/jobs/{job.pk}/file/"
        assert analyst_client.get(address).status_code == 404
        answer = manager_client.get(address)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == ["Ann", "Bea"]
        assert AuditEntry.objects.get().data == {"query": "sort=name", "creators": 2}
        Job.objects.update(expires_at=NOW - timedelta(days=1))
        assert manager_client.get(address).status_code == 404

    def test_who_is_ticked_only(self, brand, manager_client):
        ann = brand.relationships.get(creator__name="Ann")
        manager_client.post("/acme/creators/export/", {"id": ann.pk, "form": "xlsx"})
        job = Job.objects.get()
        jobs.run(job_id=job.pk, at=NOW)
        job.refresh_from_db()
        assert (job.status, job.done) == ("done", 1)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"all": "yes", "form": "pdf"}, "Choose CSV or Excel."),
            ({"form": "csv"}, "Tick the creators first"),
            ({"all": "yes", "query": "stage=nowhere", "form": "csv"}, "cannot be used"),
        ],
    )
    def test_what_cannot_be_exported_starts_nothing(self, manager_client, data, words):
        answer = manager_client.post("/acme/creators/export/", data, follow=True)
        assert words in answer.content.decode()
        assert not Job.objects.exists()
