"""Sheets of permits: all of one is taken or nothing, with what is wrong in each line."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from campaigns.models import Permit, RuleAlert
from campaigns.services.registers import permit_sheet
from crm.importers.tables import TableRefused
from crm.models import AuditEntry
from tests.campaigns.made import NOW
from tests.factories import ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
SHEET = """Account,Where,What,Number,Valid until,Compared on,Remark
@maya_i,AE,Permit,UAE-1,31.12.2027,01.11.2026,from the council
Bo Lund,it,,IT-77,,,
"""


@pytest.fixture
def people(brand):
    maya = RelationshipFactory(brand=brand, creator__name="Maya Iversen")
    bo = RelationshipFactory(brand=brand, creator__name="Bo Lund")
    ProfileFactory(creator=maya.creator, handle="maya_i")
    return maya, bo


def take(brand, actor, content, name="permits.csv"):
    content = content.encode() if isinstance(content, str) else content
    upload = SimpleUploadedFile(name, content)
    return permit_sheet.take(brand=brand, upload=upload, actor=actor, at=NOW)


def test_a_sheet_is_taken_whole_and_once(brand, legal, people):
    maya, bo = people
    assert take(brand, legal, SHEET) == (2, 0)
    first, second = Permit.objects.order_by("pk")
    assert (first.relationship, first.jurisdiction, first.kind) == (maya, "AE", "permit")
    assert (first.number, first.valid_until) == ("UAE-1", date(2027, 12, 31))
    assert (first.checked_on, first.checked_by) == (date(2026, 11, 1), legal)
    # What Italy asks for is an entry in its register.
    assert (second.relationship, second.kind, second.state) == (bo, "register", "held")
    assert AuditEntry.objects.filter(verb="campaigns.permit.added").count() == 2
    assert take(brand, legal, SHEET) == (0, 0)
    # What a sheet leaves empty stays as it was.
    assert take(brand, legal, "creator,where,number,until\nmaya_i,AE,UAE-1,2028-06-30\n") == (0, 1)
    first.refresh_from_db()
    assert (first.valid_until, first.note) == (date(2028, 6, 30), "from the council")
    assert Permit.objects.count() == 2


def test_every_mistake_is_named_and_nothing_taken(brand, legal, people):
    RelationshipFactory(brand=brand, creator__name="Bo Lund")
    sheet = """creator,where,what,number,from,until
maya_i,XX,permit,1,,
nobody,AE,permit,2,,
Bo Lund,AE,permit,3,,
maya_i,AE,passport,4,,
maya_i,AE,permit,5,2027-02-01,2027-01-01
maya_i,AE,permit,6,soon,
"""
    with pytest.raises(TableRefused) as refusal:
        take(brand, legal, sheet)
    assert refusal.value.faults[:4] == [
        "Line 2: There are no rules for “XX”.",
        "Line 3: “nobody” is no creator your brand knows.",
        "Line 4: More than one creator is called “Bo Lund”: name an account or the id.",
        "Line 5: “passport” is neither a permit nor an entry in a register.",
    ]
    assert refusal.value.faults[4].startswith("Line 7: ")
    assert not Permit.objects.exists()
    # Where the cells can be read, what the register refuses is named, too.
    with pytest.raises(TableRefused) as refusal:
        take(brand, legal, "creator,where,number,from,until\nmaya_i,AE,5,2027-02-01,2027-01-01\n")
    assert refusal.value.faults == ["Line 2: The last day comes before the first."]
    assert not Permit.objects.exists()


def test_creators_of_other_brands_are_nobodys(brand, legal, other_brand):
    RelationshipFactory(brand=other_brand, creator__name="Elsewhere")
    with pytest.raises(TableRefused, match="no creator your brand knows"):
        take(brand, legal, "creator,where,number\nElsewhere,AE,1\n")


def test_a_workbook_and_who_has_none(brand, legal, people):
    maya, _bo = people
    book = Workbook()
    book.active.append(["creator id", "jurisdiction", "has it", "number", "until"])
    book.active.append([str(maya.creator.uid), "AE", "no", None, None])
    book.active.append([str(maya.creator.uid), "ES", "yes", 4711, date(2027, 5, 1)])
    file = io.BytesIO()
    book.save(file)
    assert take(brand, legal, file.getvalue(), "permits.xlsx") == (2, 0)
    none, held = Permit.objects.order_by("pk")
    assert (none.state, none.number) == ("none", "")
    assert (held.number, held.valid_until, held.kind) == ("4711", date(2027, 5, 1), "register")
    assert RuleAlert.objects.filter(relationship=maya).count() == RuleAlert.objects.count()


def test_pages(client, brand, legal, analyst, people):
    client.force_login(legal)
    here = reverse("campaigns:permits_import", args=[brand.slug])
    assert client.get(here).status_code == 200
    wrong = SimpleUploadedFile("permits.csv", b"creator,where\nnobody,AE\n")
    refused = client.post(here, {"file": wrong})
    assert refused.status_code == 422
    assert "Line 2: “nobody” is no creator your brand knows." in refused.content.decode()
    assert (
        client.post(here, {"file": SimpleUploadedFile("p.csv", SHEET.encode())}).status_code == 302
    )
    # The list that is taken out can be taken in again.
    listed = client.get(reverse("campaigns:permits_export", args=[brand.slug, "csv"]))
    again = SimpleUploadedFile("again.csv", b"".join(listed.streaming_content))
    assert client.post(here, {"file": again}).status_code == 302
    assert Permit.objects.count() == 2
    assert set(Permit.objects.values_list("version", flat=True)) == {1}
    client.force_login(analyst)
    assert client.get(here).status_code == 403
