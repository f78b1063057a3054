"""The page of samples: a file in, every fault said, taken back; and the same files over REST."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.models import AudienceSample, SampleBatch
from tests.rest import ROOT, rest_as
from tests.segmentation.graph.world import known_creator, sample

pytestmark = pytest.mark.django_db


def post(client, brand, text: str, **more):
    data = {"taken_on": "2026-11-01", "source": "vendor"} | more
    data["file"] = SimpleUploadedFile("fans.csv", text.encode())
    return client.post(reverse("segmentation:samples", args=[brand.slug]), data)


def test_taken_in_and_taken_back_in_the_browser(brand, manager_client, django_assert_num_queries):
    path = reverse("segmentation:samples", args=[brand.slug])
    assert "No samples yet" in manager_client.get(path).content.decode()
    known_creator(brand, "Anna", followers=1_000)
    rows = "".join(f"instagram,anna,fan{n}\n" for n in range(3))
    answer = post(manager_client, brand, f"platform,handle,member\n{rows}")
    assert answer["Location"] == path
    found = AudienceSample.objects.get()
    assert (found.people, found.audience_size, str(found.taken_on)) == (3, 1_000, "2026-11-01")
    with django_assert_num_queries(7):
        page = manager_client.get(path).content.decode()
    assert "3 followers of 1 account are taken in, each as a number." in page
    assert "Take back fans.csv" in page
    sample(brand, known_creator(brand, "Ben"), range(60), size=900)
    with django_assert_num_queries(7):
        assert "Ben" in manager_client.get(path).content.decode()
    undo = reverse("segmentation:samples_undo", args=[brand.slug, found.batch_id])
    manager_client.post(undo)
    assert not AudienceSample.objects.filter(batch=found.batch_id).exists()
    assert "was taken back already" in manager_client.post(undo, follow=True).content.decode()


def test_a_file_with_faults_changes_nothing_and_all_are_said(brand, manager_client):
    known_creator(brand, "Anna", followers=1)
    answer = post(manager_client, brand, "platform,handle,member\ninstagram,eve,x\n,anna,y\n")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2: no creator of yours has “eve” there." in page
    assert "Line 3" in page
    for wrong in ({"taken_on": "soon"}, {"source": "hearsay"}, {"taken_on": "2999-01-01"}):
        text = "platform,handle,member\ninstagram,anna,x\n"
        assert post(manager_client, brand, text, **wrong).status_code == 422
    assert not SampleBatch.objects.exists()


def test_over_rest_files_are_listed_and_taken_back(brand, other_brand, manager, outsider):
    batch = sample(brand, known_creator(brand, "Anna"), range(60), size=900).batch
    rest = rest_as(manager, brand)
    [told] = rest.json("uploads/samples/")["results"]
    assert (told["id"], told["counts"]) == (batch.pk, {"samples": 1, "people": 60})
    assert rest_as(outsider, other_brand).get(f"uploads/samples/{batch.pk}/").status_code == 404
    answer = rest.send("POST", f"uploads/samples/{batch.pk}:undo")
    assert answer.json()["undone_at"] is not None
    assert rest.send("POST", f"uploads/samples/{batch.pk}:undo").status_code == 409
    assert not AudienceSample.objects.exists()


def test_over_rest_a_file_is_taken_in_whole_or_not_at_all(brand, manager):
    known_creator(brand, "Anna", followers=1_000)
    rest = rest_as(manager, brand)

    def send(who, text: str, **more):
        file = SimpleUploadedFile("fans.csv", f"platform,handle,member\n{text}".encode())
        said = {"taken_on": "2026-11-01", "file": file} | more
        return who.client.post(f"{ROOT}/audience-samples/", said)

    wrong = send(rest, "instagram,anna,x\ninstagram,eve,y\n")
    assert wrong.status_code == 400
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/file"]
    assert send(rest, "instagram,anna,x\n", source="hearsay").status_code == 400
    assert not SampleBatch.objects.exists()
    made = send(rest, "instagram,anna,x\ninstagram,anna,y\n")
    assert made.status_code == 201
    assert made.json() | {"upload": 0} == {"upload": 0, "samples": 1, "people": 2}
    [told] = rest.json("audience-samples/")["results"]
    assert (told["people"], told["audience_size"], told["taken_on"]) == (2, 1_000, "2026-11-01")
