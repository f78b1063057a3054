"""Before all reviews are in, nobody but its author finds what one says: nowhere."""

from __future__ import annotations

import json
import re

import pytest

from crm.choices import Role
from crm.models import AuditEntry, Notification, Review
from crm.services.reviews import vettings
from crm.services.reviews.answers import Given
from crm.timeline import whole_timeline
from tests.crm.reviews.world import LATER, ask, publish, review_of, said, write
from tests.factories import RelationshipFactory
from tests.people import logged_in, person
from tests.rest import rest_as

pytestmark = pytest.mark.django_db
# What only the first reviewer knows. The name in it is that of a colleague.
SECRET = "Zephyrine"
COMMENT = f"{SECRET} @manager @strategist"


@pytest.fixture
def people(brand, manager, analyst, strategist, admin_user, legal):
    return {
        user.email.partition("@")[0]: user
        for user in (manager, analyst, strategist, admin_user, legal)
    }


@pytest.fixture
def vetting(brand, people):
    publish(brand, people["strategist"])
    ida = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    return ask(ida, people["manager"], people["analyst"], people["strategist"])


def evidence(answers):
    return {
        key: Given(one.score, one.choice, one.cannot_say, f"{SECRET} {key}")
        for key, one in answers.items()
    }


def pages(vetting):
    """Every page that has anything to do with the creator or with reviews."""
    uid = vetting.relationship.creator.uid
    reviews = [f"reviews/{review.pk}/" for review in vetting.reviews.all()]
    return [
        "",
        "day/decide/?team=1",
        "day/unblock/?team=1",
        "notifications/",
        "reviews/",
        "reviews/?show=open",
        "reviews/?show=decide",
        "reviews/?show=settled",
        "reviews/?show=withdrawn",
        "reviews/agreement/",
        "reviews/reviewers/",
        "reviews/reviewers.csv",
        "reviews/results.csv",
        f"reviews/vettings/{vetting.pk}/",
        *reviews,
        "creators/",
        "creators/export.csv",
        f"creators/{uid}/",
        f"creators/{uid}/vettings/",
        f"creators/{uid}/timeline/",
        f"creators/{uid}/timeline/export/csv/",
        f"search/?q={SECRET}",
        "settings/review-form/",
    ]


def content(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def seen_on_pages(user, vetting):
    """What a person can see on pages that have anything to do with a vetting."""
    client = logged_in(user)
    return [(path, content(client.get(f"/acme/{path}"))) for path in pages(vetting)]


def seen_over_rest(user, vetting):
    """What a person's token reads of it."""
    rest = rest_as(user, vetting.brand)
    uid = vetting.relationship.creator.uid
    paths = (
        "vettings/",
        f"vettings/{vetting.pk}/",
        "reviews/",
        *(f"reviews/{review.pk}/" for review in vetting.reviews.all()),
        "review-agreement/",
        "review-drift/",
        "notifications/",
        f"creators/{uid}/fields/",
        "audit/",
    )
    return [(path, rest.get(path).content) for path in paths]


@pytest.mark.parametrize(
    ("is_final", "who"), [(True, "strategist"), (True, "admin"), (False, "strategist")]
)
def test_nobody_else_reads_it_before_both_are_in(vetting, people, is_final, who):
    """Neither the other reviewer nor an admin, neither the draft nor what was handed in."""
    answers = evidence(said(5, 4, 2, "never"))
    write(vetting, people["analyst"], answers, COMMENT, is_final=is_final)
    for path, text in seen_on_pages(people[who], vetting) + seen_over_rest(people[who], vetting):
        # The page of a search shows what was searched for.
        shown = re.sub(rf'q={SECRET}|value="{SECRET}"|“{SECRET}”', "", text.decode())
        assert SECRET not in shown, path


def test_its_author_does(vetting, people):
    write(vetting, people["analyst"], evidence(said(5, 4, 2, "never")), COMMENT)
    path = f"/acme/reviews/vettings/{vetting.pk}/"
    assert SECRET in logged_in(people["analyst"]).get(path).content.decode()
    assert SECRET in dict(seen_over_rest(people["analyst"], vetting))["reviews/"].decode()


def test_no_score_of_it_either(vetting, people):
    write(vetting, people["analyst"], said(5, 4, 2, "never"), COMMENT)
    for name in ("strategist", "manager", "admin", "legal"):
        rest = rest_as(people[name], vetting.brand)
        body = rest.json(f"vettings/{vetting.pk}/")
        assert body["results"] == []
        first, second = body["reviews"]
        assert (first["answers"], first["comment"], first["version"]) == (None, None, 1)
        assert first["status"] == "submitted"
        assert not first["is_readable"]
        assert second["is_readable"] == (name == "strategist")
    assert not Review.objects.readable_by(people["admin"]).exists()
    [agreement, *_] = rest.json("review-agreement/")["results"]
    assert (agreement["n"], agreement["same"]) == (0, 0)


def test_who_is_named_in_a_review_is_not_told(vetting, people):
    write(vetting, people["analyst"], said(5, 4, 2, "never"), COMMENT)
    assert not Notification.objects.exclude(kind="review").exists()
    assert not Notification.objects.filter(text__contains=SECRET).exists()


def test_the_ledger_never_has_it(vetting, people):
    write(vetting, people["analyst"], evidence(said(5, 4, 2, "never")), COMMENT)
    write(vetting, people["strategist"], said(1, 4, 2, "never"), COMMENT)
    entries = AuditEntry.objects.values_list("facts", "text__personal")
    assert SECRET not in json.dumps(list(entries))


def test_once_both_are_in_everybody_reads_them(vetting, people):
    write(vetting, people["analyst"], evidence(said(5, 4, 2, "never")), COMMENT)
    write(vetting, people["strategist"], said(4, 4, 2, "never"))
    for name in ("manager", "legal"):
        seen = dict(seen_over_rest(people[name], vetting))
        for path in (f"vettings/{vetting.pk}/", "vettings/", "reviews/"):
            assert SECRET in seen[path].decode(), (name, path)
        page = logged_in(people[name]).get(f"/acme/reviews/vettings/{vetting.pk}/")
        assert SECRET in page.content.decode()
    told = [event for event in whole_timeline(vetting.relationship) if event.kind == "vetting"]
    assert [event.title for event in told] == ["Vetted: Tone 4.5, Story 4, Risk 2, Verdict Never"]
    assert SECRET in told[0].text
    assert Review.objects.readable_by(people["legal"]).count() == 2


def test_withdrawn_before_all_are_in_it_stays_unread(vetting, people):
    write(vetting, people["analyst"], evidence(said(5, 4, 2, "never")), COMMENT)
    vettings.withdraw_vetting(
        vetting_id=vetting.pk,
        brand=vetting.brand,
        actor=people["manager"],
        at=LATER,
        why="Too late",
    )
    page = logged_in(people["admin"]).get(f"/acme/reviews/vettings/{vetting.pk}/")
    seen = [("page", page.content), *seen_over_rest(people["admin"], vetting)]
    for path, text in seen:
        assert SECRET not in text.decode(), path


def test_another_brand_sees_nothing_at_all(vetting, people, other_brand, outsider):
    write(vetting, people["analyst"], said(5, 4, 2, "never"), COMMENT)
    write(vetting, people["strategist"], said(5, 4, 2, "never"), COMMENT)
    rest = rest_as(outsider, other_brand)
    for path in ("vettings/", "reviews/", "review-forms/", "review-agreement/", "review-drift/"):
        assert rest.json(path)["results"] == []
    review = review_of(vetting, people["analyst"])
    for path in (f"vettings/{vetting.pk}/", f"reviews/{review.pk}/", "review-forms/1/"):
        assert rest.get(path).status_code == 404
    assert not Review.objects.visible_to(outsider).exists()
    twin = person(other_brand, Role.MANAGER)
    assert not Review.objects.readable_by(twin).exists()


def test_why_somebody_declined_is_for_who_asked(vetting, people):
    review = review_of(vetting, people["analyst"])
    path = f"reviews/{review.pk}:decline"
    answer = rest_as(people["analyst"], vetting.brand).send("POST", path, {"why": "My cousin"})
    assert answer.status_code == 200
    for name, reads in (("manager", True), ("analyst", True), ("admin", False), ("legal", False)):
        page = logged_in(people[name]).get(f"/acme/reviews/vettings/{vetting.pk}/")
        body = rest_as(people[name], vetting.brand).get(f"vettings/{vetting.pk}/")
        for seen in (page, body):
            assert ("My cousin" in seen.content.decode()) is reads, name
