"""Files that lie about what they are: at every form that takes one, and to everything that reads.

Nothing here decodes a picture, so one that says to be enormous costs what its bytes cost.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from campaigns.services.assets import files as assets
from campaigns.services.causes import papers as cause_papers
from campaigns.services.contracts import files as contracts
from campaigns.services.deliverables import files as drafts
from campaigns.services.incidents import files as incidents
from campaigns.services.publishing import captures
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import papers as permit_papers
from campaigns.services.registers import virtual
from campaigns.services.submissions import files as submissions
from crm.importers.tables import TableRefused, read_table
from crm.models import Brand, User
from tests.doors.world import KEY, PK, ROWS, whole_brand
from tests.pages import KINDS, PATTERNS
from tests.people import logged_in
from tests.schema import kept_schema

SCRIPT = b"<script>alert(1)</script>"
HTML = b"<!doctype html><html>" + SCRIPT + b"</html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"


def _png(width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + end

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 4))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


def _bomb(inner: str) -> bytes:
    """Some kilobytes that unpack to 20 MB."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr(inner, b"\0" * 20_000_000)
    return packed.getvalue()


# Name, said type, bytes: none of them is what its name says, or anything that is taken.
LIARS = {
    "html as png": ("a.png", "image/png", HTML),
    "html as pdf": ("a.pdf", "application/pdf", HTML),
    "html as csv": ("a.csv", "text/csv", HTML),
    "svg": ("a.svg", "image/svg+xml", SVG),
    "svg as png": ("a.png", "image/png", SVG),
    "program as mp4": ("a.mp4", "video/mp4", b"MZ\x90\0" + b"\0" * 60),
    "zip bomb": ("a.zip", "application/zip", _bomb("a.txt")),
    "workbook bomb": ("a.xlsx", "application/zip", _bomb("xl/worksheets/sheet1.xml")),
    "empty": ("a.png", "image/png", b""),
    "zeros": ("a.csv", "text/csv", b"\0" * 500),
}
# Pictures and papers at their head, pages further on; and one of 4,600 million million points.
TWOFOLD = {
    "gif and script": ("a.html", "text/html", b"GIF89a/*" + b"\0" * 20 + b"*/=1;" + SCRIPT),
    "png and page": ("../../a\r\nX: y\0.html", "text/html", _png() + HTML),
    "pdf and page": ("<img src=x onerror=alert(1)>.pdf", "text/html", b"%PDF-1.7\n" + HTML),
    "enormous": ("a.png", "image/png", _png(2**31 - 1, 2**31 - 1)),
}
# Types that a browser shows or plays, and runs nothing of.
HARMLESS = ("image/png", "image/gif", "image/jpeg", "image/webp", "application/pdf")

Keeper = Callable[[Brand, SimpleUploadedFile], Any]


def _paper(keep: Callable[..., Any]) -> Keeper:
    return lambda brand, file: keep(brand=brand, name=file.name, content=file.read())


def _capture(brand: Brand, file: SimpleUploadedFile) -> captures.Capture:
    found = captures.read_capture(file.read())
    captures.keep(brand, found)
    return found


KEEPERS: dict[str, Keeper] = {
    "drafts": lambda brand, file: drafts.keep(brand, [file])[0],
    "incidents": incidents.keep,
    "submissions": submissions.keep,
    "assets": assets.keep,
    "captures": _capture,
    "contracts": _paper(contracts.keep),
    "causes": _paper(cause_papers.keep),
    "permits": _paper(permit_papers.keep),
    "likenesses": _paper(virtual.keep),
}
# Every form that takes a file: where it is sent, and under which name.
FORMS = {
    "campaigns.forms.assets.AssetForm": ("campaigns:asset_new", "file"),
    "campaigns.forms.causes.DonationForm": ("campaigns:donate", "file"),
    "campaigns.forms.causes.EvidenceForm": ("campaigns:cause_show", "file"),
    "campaigns.forms.contracts.SignedForm": ("campaigns:contract_signed", "file"),
    "campaigns.forms.conversions.FileForm": ("campaigns:conversions_upload", "file"),
    "campaigns.forms.drafts.DraftForm": ("campaigns:draft_submit", "uploads"),
    "campaigns.forms.evidence.EvidenceForm": ("campaigns:evidence_add", "uploads"),
    "campaigns.forms.incidents.FileForm": ("campaigns:incident_files", "file"),
    "campaigns.forms.keywords.KeywordListForm": ("campaigns:keyword_list_new", "file"),
    "campaigns.forms.payments.InvoiceForm": ("campaigns:invoice_new", "file"),
    "campaigns.forms.payments.RatesFileForm": ("campaigns:rates_import", "file"),
    "campaigns.forms.publishing.CaptureForm": ("campaigns:publication_act", "capture"),
    "campaigns.forms.publishing.PublishForm": ("campaigns:publication_act", "capture"),
    "campaigns.forms.registers.PermitForm": ("campaigns:permit_new", "file"),
    "campaigns.forms.registers.PermitSheetForm": ("campaigns:permits_import", "file"),
    "campaigns.forms.rights.RightForm": ("campaigns:engagement_right_new", "document"),
    "campaigns.forms.series.ValuesForm": ("campaigns:series_import", "file"),
    "campaigns.forms.survey.AnswersForm": ("campaigns:survey_upload", "file"),
    "campaigns.forms.virtual.LikenessForm": ("campaigns:likeness_new", "file"),
    "campaigns.forms.visits.VisitsForm": ("campaigns:visits_upload", "file"),
    "crm.forms.imports.UploadForm": ("crm:imports", "file"),
    "crm.forms.mail.MailForm": ("crm:mail_new", "file"),
    "crm.forms.post_comments.CommentsForm": ("crm:comments_upload", "file"),
    "segmentation.forms.benchmarks.BenchmarkFileForm": ("segmentation:benchmarks", "file"),
    "segmentation.forms.experiments.OutcomesForm": ("segmentation:experiment_look", "file"),
    "segmentation.forms.samples.SamplesForm": ("segmentation:samples", "file"),
}
# Sent without a log-in, to what keeps the files of the forms above too.
OF_GUESTS = {
    "campaigns.forms.evidence.GuestEvidenceForm",
    "campaigns.forms.publishing.GuestPublishForm",
    "campaigns.forms.submissions.SubmitForm",
}
# The whole brand has no row to which these belong; who reads their files is asked below.
NOT_THERE = {
    "campaigns.forms.publishing.CaptureForm",
    "campaigns.forms.publishing.PublishForm",
    "campaigns.forms.virtual.LikenessForm",
}
# What a form needs beside the file, so that the file is looked at.
BESIDE = {
    "campaigns:asset_new": {"title": "A", "source": "brand"},
    "campaigns:publication_act": {"act": "seen"},
    "campaigns:rates_import": {"base": "EUR", "source": "bank"},
    "campaigns:visits_upload": {"source": "measured"},
    "crm:comments_upload": {"source": "vendor"},
    "segmentation:benchmarks": {"source": "A", "year": "2026"},
    "segmentation:samples": {"source": "vendor", "taken_on": "2026-11-01"},
}


@pytest.fixture(scope="module")
def world(module_db: None) -> int:
    """The number of who may do everything."""
    return whole_brand()[1].pk


@pytest.fixture
def store(db: None, settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    real = {"BACKEND": "config.storage.MediaStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": real}
    return tmp_path / "media"


def stored(store: Path) -> set[str]:
    return {str(file.relative_to(store)) for file in store.rglob("*") if file.is_file()}


def kinds_of(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for one in form.__subclasses__():
        yield one
        yield from kinds_of(one)


def test_every_form_that_takes_a_file_is_named():
    assert get_resolver().url_patterns
    taking = {
        f"{form.__module__}.{form.__name__}"
        for form in kinds_of(forms.BaseForm)
        if form.__module__.startswith(("crm.", "campaigns.", "segmentation."))
        and any(isinstance(x, forms.FileField) for x in getattr(form, "base_fields", {}).values())
    }
    assert taking == set(FORMS) | OF_GUESTS


def test_every_operation_that_takes_a_file_is_named():
    taking = {
        path
        for path, methods in kept_schema()["paths"].items()
        for operation in methods.values()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    }
    # They hand on to keepers that are asked below; lists and samples are read as those are that are
    # uploaded on the page.
    assert taking == {
        "/api/v1/assets:upload",
        "/api/v1/audience-samples/",
        "/api/v1/imports/",
        "/api/v1/incidents/{id}/files/",
        "/api/v1/likenesses/{id}/paper/",
        "/api/v1/publications/{id}/captures/",
        "/api/v1/disclosures/{id}/files/",
        "/api/v1/rights:upload",
    }


@pytest.mark.parametrize("keeper", KEEPERS)
def test_what_is_kept_is_what_it_says_by_its_bytes(world, store, keeper):
    brand, keep = Brand.objects.get(slug="acme"), KEEPERS[keeper]
    for what, (name, said, content) in LIARS.items():
        with pytest.raises(CampaignRefused):
            pytest.fail(f"{what}: {keep(brand, SimpleUploadedFile(name, content, said))}")
    assert stored(store) == set()
    for what, (name, said, content) in TWOFOLD.items():
        try:
            kept = keep(brand, SimpleUploadedFile(name, content, said))
        except CampaignRefused:
            continue
        assert kept.content_type in HARMLESS, what
        assert "/" not in getattr(kept, "name", ""), what
    assert stored(store)
    for path in stored(store):
        # Under its hash: no name, and no ending, of whoever sent it.
        folder, brand_pk, two, digest = path.split("/")
        assert (folder.isalpha(), brand_pk, two) == (True, str(brand.pk), digest[:2])
        assert len(digest) == 64


@pytest.mark.parametrize("what", [*LIARS, *TWOFOLD])
def test_a_sheet_is_one_or_is_refused_in_words(what):
    name, said, content = (LIARS | TWOFOLD)[what]
    with pytest.raises(TableRefused, match=r"Nothing was taken\. \w"):
        read_table(SimpleUploadedFile(name, content, said), {"day": ("day",)}, required=("day",))


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("form", FORMS)
def test_forms_answer_whatever_is_sent(world, store, form):
    """With a page that tells the name of the file, which may be a nasty one."""
    assert sent_to(form, TWOFOLD, world, store) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("blank_pages")
def test_forms_refuse_liars_and_leave_nothing_behind(world, store, form):
    assert sent_to(form, LIARS, world, store) == []


def sent_to(form: str, files: dict[str, Any], admin: int, store: Path) -> list[tuple[Any, ...]]:
    """What went wrong when each of the files was sent."""
    client: Client = logged_in(User.objects.get(pk=admin))
    client.raise_request_exception = False
    page, field = FORMS[form]
    values = KINDS | ROWS | {"brand": "acme", "act": "seen", "key": KEY, "pk": PK}
    address = reverse(page, kwargs={one: values[one] for one in ("brand", *PATTERNS[page])})
    wrong: list[tuple[Any, ...]] = []
    for what, (name, said, content) in files.items():
        before = stored(store)
        with transaction.atomic():
            sent = {field: SimpleUploadedFile(name, content, said)} | BESIDE.get(page, {})
            answer = client.post(address, sent)
            transaction.set_rollback(True)
        left = stored(store) - before
        if answer.status_code == 404 and form not in NOT_THERE:
            wrong.append((what, "asks for no file"))
        if answer.status_code >= 500 or (answer.status_code >= 400 and left):
            wrong.append((what, answer.status_code, left))
    return wrong
