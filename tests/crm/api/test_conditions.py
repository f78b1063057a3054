"""ETags: 304 for who holds what there is, 412 for who would change what they have not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from crm.models import AuditEntry, Relationship
from tests.factories import RelationshipFactory
from tests.rest import ROOT, Rest, assert_problem, make_token, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def rest(brand, manager):
    return rest_as(manager, brand)


def ask(rest, path, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return rest.client.get(f"{ROOT}/{path}", headers=named)


def change(rest, ida, seen, **changes):
    version = Relationship.objects.get(pk=ida.pk).version
    return rest.client.patch(
        f"{ROOT}/relationships/{ida.pk}/",
        {"version": version, **changes},
        "application/json",
        headers={"If-Match": seen},
    )


def test_what_is_held_is_not_sent_again(rest, ida):
    path = f"relationships/{ida.pk}/"
    first = ask(rest, path)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Vary"] == "Authorization"
    for held in (first["ETag"], f"W/{first['ETag']}", f'"x", {first["ETag"]}', "*"):
        again = ask(rest, path, If_None_Match=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
    Relationship.objects.update(next_step="Call")
    news = ask(rest, path, If_None_Match=first["ETag"])
    assert news.status_code == 200
    assert news["ETag"] != first["ETag"]


def test_a_list_has_an_etag_of_its_page(rest, ida):
    first = ask(rest, "relationships/")
    assert ask(rest, "relationships/", If_None_Match=first["ETag"]).status_code == 304
    RelationshipFactory(brand=ida.brand)
    assert ask(rest, "relationships/", If_None_Match=first["ETag"]).status_code == 200


def test_less_of_an_item_has_the_etag_of_all_of_it(rest, ida):
    whole = ask(rest, f"relationships/{ida.pk}/")
    less = ask(rest, f"relationships/{ida.pk}/?fields=id")
    assert less.json() == {"id": ida.pk}
    assert less["ETag"] == whole["ETag"]
    assert_problem(
        ask(rest, f"relationships/{ida.pk}/?fields=nonsense", If_None_Match=whole["ETag"]),
        400,
        "unknown_member",
    )


def test_what_was_seen_is_changed_and_the_answer_names_the_next(rest, ida):
    seen = ask(rest, f"relationships/{ida.pk}/")["ETag"]
    answer = change(rest, ida, seen, next_step="Call")
    assert answer.status_code == 200
    assert answer["ETag"] == ask(rest, f"relationships/{ida.pk}/")["ETag"] != seen
    assert change(rest, ida, answer["ETag"], next_step="Write").status_code == 200


def test_what_was_changed_since_stays(rest, ida):
    seen = ask(rest, f"relationships/{ida.pk}/")["ETag"]
    # Shown, though no version counts it.
    ida.creator.name = "Ida Holm Berg"
    ida.creator.save()
    told = assert_problem(change(rest, ida, seen, next_step="Call"), 412, "outdated")
    assert told["errors"][0]["pointer"] == "If-Match"
    assert Relationship.objects.get().next_step == ""
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_nothing_is_changed_if_match_is_refused(rest, ida, method):
    answer = rest.client.generic(
        method, f"{ROOT}/notes/", b"{}", "application/json", headers={"If-Match": "*"}
    )
    assert_problem(answer, 400, "not_here")


def test_what_is_not_there_is_404(rest, brand):
    for seen in ("*", '"x"'):
        answer = rest.client.patch(
            f"{ROOT}/relationships/1/", {}, "application/json", headers={"If-Match": seen}
        )
        assert_problem(answer, 404)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_one_wins(brand, manager, ida):
    """Without `version` nothing else keeps them apart: tags are set as a whole."""
    secret, _ = make_token(manager, brand)
    address = f"{ROOT}/creators/{ida.creator.uid}/tags/"
    seen = Rest(secret).client.get(address)["ETag"]
    gate = Barrier(2)

    def write(name):
        try:
            rest = Rest(secret)
            gate.wait()
            return rest.client.patch(
                address, {"tags": [name]}, "application/json", headers={"If-Match": seen}
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(write, ["Vegan", "Hiking"])]
    assert sorted(answers) == [200, 412]
    rows = Rest(secret).client.get(address).json()["results"]
    assert [row["name"] for row in rows] == [["Vegan", "Hiking"][answers.index(200)]]
