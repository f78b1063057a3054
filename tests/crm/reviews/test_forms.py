"""The review form: versions, wordings that stay what they were, and the facts they become."""

from __future__ import annotations

import pytest

from crm.choices import CriterionKind, FieldType
from crm.models import AuditEntry, Criterion, CustomField, ReviewForm
from crm.services.fields import define_field
from crm.services.reviews.forms import publish_form, standard_form
from crm.services.reviews.people import ReviewRefused
from crm.services.reviews.wordings import Bar, Wording
from segmentation.facts.catalogue import catalogue
from tests.crm.reviews.world import publish, scale
from tests.factories import NOW

pytestmark = pytest.mark.django_db
YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]


def save(brand, actor, *criteria, **more):
    return publish_form(brand=brand, bar=Bar(), criteria=criteria, actor=actor, at=NOW, **more)


def choice(key="fit", options=YES_NO, **more):
    return Wording(
        label=key.capitalize(),
        question="?",
        kind=CriterionKind.CHOICE,
        key=key,
        options=options,
        **more,
    )


def test_the_standard_form_becomes_facts(brand, strategist):
    form = publish(brand, strategist)
    assert [one.key for one in form.criteria_in_order()] == ["tone", "story", "risk", "verdict"]
    facts = catalogue(brand)
    assert facts["review_tone"].label == "Tone (review)"
    assert facts["review_verdict"].choices == {
        "work_with": "Work with them",
        "with_conditions": "Only with conditions",
        "not_now": "Not now",
        "never": "Never",
    }
    assert "vetted_on" in facts


def test_another_wording_is_another_row_and_what_is_unchanged_is_kept(brand, strategist):
    first = save(brand, strategist, scale("tone"), scale("story"))
    second = save(brand, strategist, scale("tone"), scale("story", question="Else?"), why="Clearer")
    third = save(brand, strategist, scale("story"), scale("tone"))
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    tones = [
        {one.key: one.pk for one in form.criteria_in_order()} for form in (first, second, third)
    ]
    assert tones[0]["tone"] == tones[1]["tone"] == tones[2]["tone"]
    assert tones[0]["story"] == tones[2]["story"] != tones[1]["story"]
    assert [one.key for one in third.criteria_in_order()] == ["story", "tone"]
    assert Criterion.objects.count() == 3


def test_nothing_new_is_no_version(brand, strategist):
    first = save(brand, strategist, scale("tone"))
    assert save(brand, strategist, scale("tone"), why="Again") == first
    assert AuditEntry.objects.filter(verb="crm.review_form.published").count() == 1


def test_a_colleague_s_version_is_not_overwritten(brand, strategist):
    save(brand, strategist, scale("tone"), expected_number=0)
    with pytest.raises(ReviewRefused, match="Somebody saved another version") as refusal:
        save(brand, strategist, scale("story"), expected_number=0)
    assert refusal.value.code == "outdated"
    assert ReviewForm.objects.count() == 1


@pytest.mark.parametrize(
    ("criteria", "field", "words"),
    [
        ([], "criteria", "1 to 12 criteria"),
        ([scale(f"c{n}") for n in range(13)], "criteria", "1 to 12 criteria"),
        ([scale("tone"), scale("tone")], "criteria/1/key", "has the key “tone” already"),
        ([scale("tone", label=" ")], "criteria/0/label", "Say what it is called"),
        ([scale("tone", question="")], "criteria/0/question", "what is to be judged"),
        ([scale("tone", key="Tone!")], "criteria/0/key", "begins with a small letter"),
        ([scale("tone", key="", label="…")], "criteria/0/key", "Give a key"),
        ([scale("tone", anchors=["a"] * 4)], "criteria/0/anchors", "what each of 1, 2, 3, 4 and 5"),
        ([scale("tone", anchors=["a"] * 4 + [" "])], "criteria/0/anchors", "what each of"),
        ([scale("tone", label="x" * 81)], "criteria/0/label", "at most 80"),
        ([choice(options=YES_NO[:1])], "criteria/0/options", "2 to 20 answers"),
        ([choice(options=[*YES_NO, YES_NO[0]])], "criteria/0/options", "twice"),
        ([choice(options=[*YES_NO, {"value": "-", "label": "X"}])], "criteria/0/options", "cannot"),
    ],
)
def test_what_is_no_form(brand, strategist, criteria, field, words):
    with pytest.raises(ReviewRefused, match=words) as refusal:
        save(brand, strategist, *criteria)
    assert refusal.value.field == field
    assert not ReviewForm.objects.exists()
    assert not Criterion.objects.exists()


@pytest.mark.parametrize("bar", [Bar(reviewers=3), Bar(dispute_from=0), Bar(days=91)])
def test_a_bar_within_bounds(brand, strategist, bar):
    with pytest.raises(ReviewRefused, match="This is a number from"):
        publish_form(brand=brand, bar=bar, criteria=[scale("tone")], actor=strategist, at=NOW)
    assert not ReviewForm.objects.exists()


def test_a_criterion_stays_of_its_kind(brand, strategist):
    save(brand, strategist, scale("tone"))
    with pytest.raises(ReviewRefused, match="was 1 to 5"):
        save(brand, strategist, choice("tone"))
    assert ReviewForm.objects.count() == 1


def test_a_field_of_the_brand_with_the_key_is_not_taken(brand, strategist):
    define_field(
        brand=brand, label="Mine", key="review_tone", type=FieldType.TEXT, at=NOW, actor=strategist
    )
    with pytest.raises(ReviewRefused, match="“Mine” has the key “review_tone”"):
        save(brand, strategist, scale("tone"))
    assert not ReviewForm.objects.exists()


def test_answers_that_creators_hold_stay_in_the_field_s_list(brand, strategist):
    save(brand, strategist, choice())
    options = [{"value": "", "label": "Maybe"}, {"value": "yes", "label": "Yes!"}]
    form = save(brand, strategist, choice(options=options))
    [criterion] = form.criteria_in_order()
    assert criterion.labels == {"maybe": "Maybe", "yes": "Yes!"}
    field = CustomField.objects.get(brand=brand, key="review_fit")
    assert field.labels == {"maybe": "Maybe", "yes": "Yes!", "no": "No"}
    options = [{"value": "maybe", "label": "Maybe"}, {"value": "nope", "label": "No"}]
    with pytest.raises(ReviewRefused, match="“No” had the value no before") as refusal:
        save(brand, strategist, choice(options=options))
    assert refusal.value.field == "criteria/0/options"
    assert ReviewForm.objects.count() == 2


def test_the_standard_form_is_whole():
    bar, criteria = standard_form()
    assert (bar.reviewers, bar.dispute_from, bar.requester_may_review) == (2, 2, False)
    assert [one.needs_evidence for one in criteria] == [False, False, True, False]
