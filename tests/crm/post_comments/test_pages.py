"""Comments in the browser and over REST."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.models import AuditEntry, CommentBatch, PostComment
from crm.services.post_comments import scoring
from tests.factories import CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
CSV = b"post,key,text,author,parent\nv1,a,I love these running shoes,kim,\nv1,b,Me too,lee,a\n"


@pytest.fixture
def post(brand):
    creator = CreatorFactory(name="Anna")
    RelationshipFactory(brand=brand, creator=creator)
    profile = ProfileFactory(creator=creator)
    return PostFactory(profile=profile, creator=creator, external_id="v1", title="Shoes")


def upload(client, brand, content: bytes = CSV, **more: str):
    file = SimpleUploadedFile("comments.csv", content)
    data = {"file": file, "source": "vendor", "names": ""} | more
    return client.post(reverse("crm:comments_upload", args=[brand.slug]), data)


def test_a_file_comes_in_is_looked_at_and_taken_back(
    brand, post, manager, django_assert_num_queries
):
    client = logged_in(manager)
    assert upload(client, brand).status_code == 302
    listed = reverse("crm:post_comments", args=[brand.slug])
    assert "wait to be scored and counted" in client.get(listed).content.decode()
    scoring.score_waiting()
    page = client.get(listed).content.decode()
    assert "1 of 1" in page
    assert "comments.csv" in page
    one = client.get(reverse("crm:comment_thread", args=[brand.slug, post.pk])).content.decode()
    assert "I love these running shoes" in one
    assert "positive (0.64)" in one
    assert "a reply" in one
    assert "kim" not in one
    batch = CommentBatch.objects.get()
    client.post(reverse("crm:comments_undo", args=[brand.slug, batch.pk]))
    assert not PostComment.objects.exists()
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "crm.post_comments.imported",
        "crm.post_comments.import_undone",
    }


def test_faults_of_a_file_stand_beside_it(brand, post, manager):
    client = logged_in(manager)
    answer = upload(client, brand, b"post,key,text\nv9,a,Hm\n")
    assert answer.status_code == 422
    assert "There is no post “v9” of a creator of yours" in answer.content.decode()
    answer = upload(client, brand, names="colour = red")
    assert "write a name, = and the heading" in answer.content.decode()
    assert not PostComment.objects.exists()


def test_the_list_costs_the_same_however_long(brand, post, manager, django_assert_num_queries):
    client = logged_in(manager)
    listed = reverse("crm:post_comments", args=[brand.slug])
    with django_assert_num_queries(8):
        client.get(listed)
    upload(client, brand)
    for number in range(3):
        PostFactory(profile=post.profile, creator=post.creator, external_id=f"w{number}")
        upload(client, brand, CSV.replace(b"v1", f"w{number}".encode()))
    with django_assert_num_queries(8):
        client.get(listed)


def test_who_keeps_privacy_deletes_what_somebody_wrote(brand, post, manager, legal, admin_user):
    upload(logged_in(manager), brand)
    forget = reverse("crm:comments_forget", args=[brand.slug])
    logged_in(legal).post(forget, {"platform": "instagram", "author": "KIM"})
    assert PostComment.objects.get().external_id == "b"
    assert "kim" not in str(list(AuditEntry.objects.values_list("facts", "text"))).lower()
    keeping = reverse("crm:comments_keeping", args=[brand.slug])
    admin = logged_in(admin_user)
    assert admin.post(keeping, {"keep_months": "0", "version": "1"}).status_code == 422
    assert admin.post(keeping, {"keep_months": "6", "version": "1"}).status_code == 302
    page = logged_in(manager).get(reverse("crm:post_comments", args=[brand.slug]))
    assert "6 months." in page.content.decode()


def test_rest_takes_comments_and_tells_them(brand, post, manager):
    rest = rest_as(manager, brand)
    body = {
        "comments": [
            {"post": post.pk, "key": "a", "text": "I love these shoes", "author": "kim"},
            {"post": post.pk, "key": "b", "text": "Me too", "reply_to": "a", "likes": 2},
        ]
    }
    answer = rest.send("POST", "comments/", body)
    assert (answer.status_code, answer.json()) == (201, {"new": 2, "known": 0, "posts": 1})
    again = rest.send("POST", "comments/", body)
    assert (again.status_code, again.json()) == (200, {"new": 0, "known": 2, "posts": 1})
    scoring.score_waiting()
    first, second = rest.json(f"comments/?post={post.pk}")["results"]
    assert (first["reply_to"], second["reply_to"], second["likes"]) == (None, "a", 2)
    assert (first["language"], second["sentiment"]) == ("en", None)
    assert int(first["author"])
    [thread] = rest.json("comment-threads/")["results"]
    assert (thread["post"], thread["comments"], thread["answered"]) == (post.pk, 2, 1)
    assert thread["waits"] is False


def test_rest_names_the_comment_at_fault(brand, post, other_brand, manager):
    rest = rest_as(manager, brand)
    good = {"post": post.pk, "key": "a", "text": "Good"}
    for wrong, pointer in (
        ({"post": 999_999}, "/comments/1/post"),
        ({"reply_to": "b"}, "/comments/1/reply_to"),
        ({"likes": -1}, "/comments/1/likes"),
        ({"published_at": "2099-01-01T00:00:00Z"}, "/comments/1/published_at"),
    ):
        answer = rest.send("POST", "comments/", {"comments": [good, good | {"key": "b"} | wrong]})
        problem = assert_problem(answer, 400)
        assert problem["errors"][0]["pointer"] == pointer
    assert not PostComment.objects.exists()


def test_rest_forgets_who_asks_for_it(brand, post, manager, legal):
    upload(logged_in(manager), brand)
    rest = rest_as(legal, brand)
    for body, pointer, code in (
        ({"platform": "nowhere", "author": "kim"}, "/platform", "unknown_platform"),
        ({"platform": "instagram", "author": "@"}, "/author", "author_needed"),
        ({"platform": "instagram"}, "/author", "required"),
    ):
        [fault] = assert_problem(rest.send("POST", "comments:forget", body), 400)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert PostComment.objects.count() == 2
    body = {"platform": "instagram", "author": "KIM"}
    assert rest.send("POST", "comments:forget", body).json() == {"deleted": 1}
    assert PostComment.objects.get().external_id == "b"
