"""A file of benchmarks is loaded whole or not at all, with every fault by line and column."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm.models import AuditEntry
from segmentation.models import BenchmarkSet, BenchmarkValue
from segmentation.services import benchmarks
from segmentation.services.benchmark_files import FileRefused, read_file
from segmentation.services.edits import EditRefused
from tests.factories import NOW

PLATFORMS = {"instagram": "Instagram", "tiktok": "TikTok"}
GOOD = b"""denominator;platform;tier;followers_from;followers_to;low;typical;high
followers;Instagram;Nano;1000;10,000;3 %;;5%
views;;;;;;0.031;
"""


def test_a_good_file():
    first, second = read_file(GOOD, platforms=PLATFORMS)
    assert (first.platform, first.tier, first.followers_from, first.followers_to) == (
        "instagram",
        "Nano",
        1_000,
        10_000,
    )
    assert (first.low, first.typical, first.high) == (0.03, None, 0.05)
    assert (second.denominator, second.platform, second.typical) == ("views", "", 0.031)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("likes,,,,,,1 %,", "denominator", "“likes” is none; there are: followers, views, reach"),
        ("followers,myspace,,,,,1 %,", "platform", "There is no platform “myspace”."),
        ("followers,,,many,,,1 %,", "followers_from", "“many” is not a number of followers."),
        ("followers,,,5000,1000,,1 %,", "followers_to", "It must be more than followers_from."),
        ("followers,,,,,,3,", "typical", "“3” could be 3 % or 300 %; write the sign %."),
        ("followers,,,,,,nan,", "typical", "“nan” is not a rate"),
        ("followers,,,,,5 %,,3 %", "low", "Low, typical and high are not in this order."),
        ("followers,,,,,,,", "typical", "It names no rate"),
        ("followers,,,,,,1 %,,9", "", "It has 9 cells, the head has 8."),
        ("followers,,,99999999999999999999999,,,1 %,", "followers_from", "is not a number of"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(row, column, words):
    head = "denominator,platform,tier,followers_from,followers_to,low,typical,high"
    file = f"{head}\nfollowers,,,,,,2 %,\n{row}\n".encode()
    with pytest.raises(FileRefused) as refused:
        read_file(file, platforms=PLATFORMS)
    (fault,) = refused.value.faults
    assert (fault.line, fault.column) == (3, column)
    assert words in fault.words


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "The file is empty."),
        (b"denominator\n", "The file has a head and no rows."),
        (b"rate\n1 %\n", "There is no column “rate”"),
        (b"denominator,denominator\nviews,views\n", "is there twice"),
        (b"\xff\xfe\x00", "The file is not text in UTF-8."),
        (b"low\x00\n", "it holds zero bytes"),
        (b"x" * 1_000_001, "The file is larger than 1 MB."),
    ],
)
def test_what_is_no_such_file(file, words):
    with pytest.raises(FileRefused) as refused:
        read_file(file, platforms=PLATFORMS)
    assert words in refused.value.faults[0].words


@pytest.mark.django_db
class TestLoading:
    def load(self, brand, file=GOOD, **more):
        values = {"source": "Our agency", "address": "", "year": 2026, "actor": None, "at": NOW}
        return benchmarks.load(brand=brand, file=file, **values | more)

    def test_loaded_removed_and_written_down(self, brand):
        made = self.load(brand)
        assert made.values.count() == 2
        own = [one for one in benchmarks.all_sources(brand) if one.set_id]
        assert [(one.platform, one.denominator.value) for one in own] == [
            ("instagram", "followers"),
            ("", "views"),
        ]
        assert benchmarks.remove(brand=brand, set_id=made.pk, actor=None, at=NOW) == "Our agency"
        assert benchmarks.remove(brand=brand, set_id=made.pk, actor=None, at=NOW) is None
        verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
        assert verbs == ["segmentation.benchmarks.loaded", "segmentation.benchmarks.removed"]

    @pytest.mark.parametrize(
        ("more", "code"),
        [({"source": " "}, "source_needed"), ({"year": 1999}, "out_of_range")],
    )
    def test_refusals_change_nothing(self, brand, more, code):
        with pytest.raises(EditRefused) as refused:
            self.load(brand, **more)
        assert refused.value.code == code
        assert not BenchmarkSet.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_a_bad_row_keeps_all_rows_out(self, brand):
        with pytest.raises(FileRefused):
            self.load(brand, file=GOOD + b"likes;;;;;;1 %;\n")
        assert not BenchmarkValue.objects.exists()

    def test_not_twice(self, brand):
        self.load(brand)
        with pytest.raises(EditRefused) as refused:
            self.load(brand)
        assert refused.value.code == "already_there"
        assert BenchmarkSet.objects.count() == 1

    def test_the_page_lists_faults_and_keeps_what_was_typed(
        self, brand, strategist_client, analyst_client
    ):
        from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

        url = reverse("segmentation:benchmarks", args=[brand.slug])
        bad = SimpleUploadedFile("b.csv", b"denominator,typical\nlikes,1 %\n")
        sent = {"source": "Our agency", "year": "2026", "file": bad}
        answer = strategist_client.post(url, sent)
        shown = answer.content.decode()
        assert answer.status_code == 422
        assert "“likes” is none" in shown
        assert "Our agency" in shown
        assert not BenchmarkSet.objects.exists()
        good = SimpleUploadedFile("b.csv", GOOD)
        answer = strategist_client.post(url, sent | {"file": good}, follow=True)
        assert "“Our agency” is loaded: 2 rows." in answer.content.decode()
        made = BenchmarkSet.objects.get()
        remove = reverse("segmentation:benchmark_remove", args=[brand.slug, made.pk])
        assert analyst_client.post(remove).status_code == 403
        assert strategist_client.post(remove, follow=True).status_code == 200
        assert not BenchmarkSet.objects.exists()
