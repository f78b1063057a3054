"""The pages: a queue, one's own review, a vetting side by side, the form, agreement; and counts."""

from __future__ import annotations

import pytest

from crm.choices import VettingStatus
from crm.models import Answer, ReviewForm, Vetting
from crm.services.reviews.answers import Given
from tests.crm.reviews.world import ask, decide, past, publish, review_of, said, write
from tests.factories import RelationshipFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(brand):
    return RelationshipFactory(brand=brand, creator__name="Ida Holm")


@pytest.fixture
def vetting(brand, ida, strategist, manager, analyst):
    publish(brand, strategist)
    return ask(ida, manager, analyst, strategist, reason="For spring")


@pytest.fixture
def disputed(vetting, analyst, strategist):
    write(vetting, analyst, said(5, 3, 2, "never"), "Warm words")
    write(vetting, strategist, said(1, 3, 2, "never"), "Cold words")
    return vetting


def text_of(client, path, status=200, **data):
    answer = client.get(path, data)
    assert answer.status_code == status
    return answer.content.decode()


ANSWERS = {
    "answer_tone": "4",
    "answer_story": "-",
    "answer_risk": "2",
    "evidence_risk": "https://example.com/post",
    "answer_verdict": "work_with",
    "comment": "Good",
    "version": "1",
}


class TestWriting:
    def test_a_draft_then_handed_in(self, vetting, analyst, analyst_client):
        path = f"/acme/reviews/{review_of(vetting, analyst).pk}/"
        page = text_of(analyst_client, path)
        assert "Fits; now and then a word we would not use." in page
        assert "For spring" in page
        kept = analyst_client.post(path, {"answer_tone": "4", "version": "1"})
        assert kept["Location"] == path
        assert Answer.objects.get().score == 4
        assert 'value="4" class="form-check-input" id="id_answer_tone_3" checked' in text_of(
            analyst_client, path
        )
        stale = analyst_client.post(path, ANSWERS | {"hand_in": "1"})
        assert stale.status_code == 422
        assert "another window" in stale.content.decode()
        done = analyst_client.post(path, ANSWERS | {"hand_in": "1", "version": "2"})
        assert done["Location"] == f"/acme/reviews/vettings/{vetting.pk}/"
        assert review_of(vetting, analyst).status == "submitted"
        assert analyst_client.get(path)["Location"] == f"/acme/reviews/vettings/{vetting.pk}/"

    def test_what_is_missing_is_said_beside_it_and_nothing_is_lost(
        self, vetting, analyst, analyst_client
    ):
        path = f"/acme/reviews/{review_of(vetting, analyst).pk}/"
        sent = ANSWERS | {"hand_in": "1", "evidence_risk": ""}
        answer = analyst_client.post(path, sent)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Risk: say what shows it" in page
        assert "Good" in page
        assert not Answer.objects.exists()

    def test_that_of_somebody_else_is_not_there(self, vetting, analyst, admin_user_client):
        path = f"/acme/reviews/{review_of(vetting, analyst).pk}/"
        assert admin_user_client.get(path).status_code == 404
        assert admin_user_client.post(path, ANSWERS).status_code == 404
        assert admin_user_client.post(f"{path}decline/", {"why": "x"}).status_code == 404
        assert review_of(vetting, analyst).version == 1

    def test_declining(self, vetting, analyst, analyst_client, manager_client):
        path = f"/acme/reviews/{review_of(vetting, analyst).pk}/decline/"
        assert analyst_client.post(path, {"why": ""}).status_code == 422
        assert analyst_client.post(path, {"why": "Her cousin"})["Location"] == "/acme/reviews/"
        page = text_of(manager_client, f"/acme/reviews/vettings/{vetting.pk}/")
        assert "Her cousin" in page
        assert "A reviewer is missing." in page


class TestVetting:
    def test_side_by_side_and_decided(self, disputed, admin_user, admin_user_client, legal_client):
        path = f"/acme/reviews/vettings/{disputed.pk}/"
        page = text_of(admin_user_client, path)
        assert "they differ" in page
        assert "Decide what they differ about" in page
        assert "Decide what they differ about" not in text_of(legal_client, path)
        refused = admin_user_client.post(f"{path}decide/", {"answer_tone": "3"})
        assert refused.status_code == 422
        sent = {"answer_tone": "3", "comment": "In between"}
        assert admin_user_client.post(f"{path}decide/", sent)["Location"] == path
        page = text_of(admin_user_client, path)
        assert "Decided by a third person" in page
        assert "In between" in page
        again = admin_user_client.post(f"{path}decide/", sent)
        assert again["Location"] == path
        assert Vetting.objects.get().settled_by == admin_user

    def test_who_reviewed_is_told_why_not_to_decide(self, disputed, analyst_client):
        page = text_of(analyst_client, f"/acme/reviews/vettings/{disputed.pk}/")
        assert "somebody else has to decide" in page
        path = f"/acme/reviews/vettings/{disputed.pk}/decide/"
        answer = analyst_client.post(path, {"answer_tone": "3", "comment": "Mine"})
        assert answer.status_code == 422
        assert Vetting.objects.get().status == VettingStatus.DISPUTED

    def test_somebody_else_is_asked(self, vetting, analyst, admin_user, manager_client):
        path = f"/acme/reviews/vettings/{vetting.pk}/"
        review = review_of(vetting, analyst)
        sent = {"reviewer": admin_user.pk, "instead_of": review.pk}
        assert manager_client.post(f"{path}assign/", sent)["Location"] == path
        page = text_of(manager_client, path)
        assert "Given to somebody else" in page
        assert review_of(vetting, admin_user).status == "waiting"
        manager_client.post(f"{path}assign/", {"reviewer": "0"})
        assert vetting.reviews.count() == 3

    def test_withdrawn(self, vetting, manager_client, analyst_client):
        path = f"/acme/reviews/vettings/{vetting.pk}/"
        assert "Withdraw this vetting" not in text_of(analyst_client, path)
        assert analyst_client.post(f"{path}withdraw/", {"why": "No"}).status_code == 422
        assert manager_client.post(f"{path}withdraw/", {"why": ""}).status_code == 422
        assert Vetting.objects.get().is_open
        manager_client.post(f"{path}withdraw/", {"why": "Too late"})
        assert "Withdrawn: Too late" in text_of(manager_client, path)

    def test_of_another_brand(self, vetting, outsider_client):
        for path in (f"/other/reviews/vettings/{vetting.pk}/", "/other/reviews/"):
            page = outsider_client.get(path).content.decode()
            assert "Ida Holm" not in page


class TestOnTheCreatorPage:
    def test_asked_for_there(self, brand, ida, strategist, manager_client, analyst, admin_user):
        path = f"/acme/creators/{ida.creator.uid}/vettings/"
        assert "no review form yet" in text_of(manager_client, path)
        assert manager_client.post(path, {}).status_code == 422
        publish(brand, strategist)
        assert "Ask for two blind reviews" in text_of(manager_client, path)
        sent = {"first": analyst.pk, "second": analyst.pk, "due_on": "", "reason": "Spring"}
        refused = manager_client.post(path, sent)
        assert refused.status_code == 422
        assert "two different people" in refused.content.decode()
        assert not Vetting.objects.exists()
        page = manager_client.post(
            path, sent | {"second": strategist.pk}, headers={"HX-Request": "true"}
        ).content.decode()
        assert "2 reviews asked for" in page
        assert Vetting.objects.get().reason == "Spring"
        other = RelationshipFactory(brand=brand)
        page = text_of(manager_client, f"/acme/creators/{other.creator.uid}/vettings/")
        assert "analyst (1 to write)</option>" in page
        assert "admin</option>" in page

    def test_the_result_and_the_history(
        self, brand, ida, strategist, analyst, manager, legal_client
    ):
        publish(brand, strategist, reviewers=1)
        for tone in (2, 4):
            write(ask(ida, manager, analyst), analyst, said(tone, 3, 1, "never"))
        page = text_of(legal_client, f"/acme/creators/{ida.creator.uid}/vettings/")
        assert 'title="One review"><strong>4</strong>' in page
        assert "History (2)" in page
        assert "Ask for" not in page

    def test_an_analyst_may_ask_and_legal_may_not(self, vetting, ida, legal_client):
        path = f"/acme/creators/{ida.creator.uid}/vettings/"
        assert legal_client.post(path, {}).status_code == 403


class TestForm:
    def sent(self, client, **changes):
        page = client.get("/acme/settings/review-form/").context
        data = {f"{name}": value for name, value in page["bar"].initial.items()}
        data["requester_may_review"] = ""
        criteria = page["criteria"]
        data |= {"criteria-TOTAL_FORMS": len(criteria.forms), "criteria-INITIAL_FORMS": 0}
        for form in criteria:
            for name, field in form.fields.items():
                value = form.get_initial_for_field(field, name)
                data[f"{form.prefix}-{name}"] = field.prepare_value(value) or ""
        return data | changes

    def test_begun_with_ours_then_another_version(self, brand, strategist):
        client = logged_in(strategist)
        path = "/acme/settings/review-form/"
        sent = self.sent(client)
        assert sent["criteria-0-label"] == "Tone"
        sent["criteria-4-kind"] = "scale"
        assert client.post(path, sent)["Location"] == path
        assert ReviewForm.objects.get().lines.count() == 4
        again = self.sent(client) | {"criteria-4-kind": "scale"}
        client.post(path, again)
        assert ReviewForm.objects.count() == 1
        # The last comes first, the second is left out.
        other = again | {"criteria-3-position": "1", "criteria-1-label": "", "number": "1"}
        client.post(path, other)
        newest = ReviewForm.objects.order_by("-number").first()
        assert [one.key for one in newest.criteria_in_order()] == ["tone", "verdict", "risk"]
        assert "another version is in use" in text_of(client, f"{path}1/")
        assert client.get(f"{path}7/").status_code == 404

    def test_what_is_wrong_is_said_beside_it(self, brand, strategist):
        client = logged_in(strategist)
        sent = self.sent(client) | {"criteria-4-kind": "scale", "criteria-1-anchor_1": ""}
        answer = client.post("/acme/settings/review-form/", sent)
        assert answer.status_code == 422
        assert "Say in words what each of 1, 2, 3, 4 and 5 means" in answer.content.decode()
        assert not ReviewForm.objects.exists()

    def test_others_read_it(self, brand, strategist, legal_client):
        path = "/acme/settings/review-form/"
        assert "No review form yet" in text_of(legal_client, path)
        publish(brand, strategist)
        page = text_of(legal_client, path)
        assert "review_tone" in page
        assert "Save as a new version" not in page
        assert legal_client.post(path, {}).status_code == 403


class TestLists:
    def test_what_waits_for_whom(self, vetting, analyst, analyst_client, admin_user_client):
        assert "Ida Holm" in text_of(analyst_client, "/acme/reviews/")
        assert "You are asked for no review." in text_of(admin_user_client, "/acme/reviews/")
        assert "Ida Holm" in text_of(admin_user_client, "/acme/reviews/", show="open")
        assert "Ida Holm" not in text_of(analyst_client, "/acme/reviews/", show="settled")
        assert "Ida Holm" in text_of(analyst_client, "/acme/reviews/", show="x", cursor="x")

    def test_to_decide(self, disputed, admin_user, admin_user_client, analyst_client):
        assert "Ida Holm" in text_of(admin_user_client, "/acme/reviews/", show="decide")
        assert "Ida Holm" not in text_of(analyst_client, "/acme/reviews/", show="decide")
        decide(disputed, admin_user, tone=Given(score=3))
        page = text_of(analyst_client, "/acme/reviews/", show="settled")
        assert "Tone <strong>3</strong>" in page

    def test_my_day(self, vetting, analyst, analyst_client, manager_client, admin_user_client):
        review = review_of(vetting, analyst)
        assert f"/acme/reviews/{review.pk}/" in text_of(analyst_client, "/acme/day/decide/")
        analyst_client.post(f"/acme/reviews/{review.pk}/decline/", {"why": "Her cousin"})
        assert "Ask somebody else to review Ida Holm" in text_of(
            manager_client, "/acme/day/unblock/"
        )
        assert "Ida Holm" not in text_of(admin_user_client, "/acme/day/unblock/")

    def test_my_day_of_a_third_person(self, disputed, admin_user_client, analyst_client):
        assert "Decide about Ida Holm" in text_of(admin_user_client, "/acme/day/decide/")
        assert "Ida Holm" not in text_of(analyst_client, "/acme/day/decide/")
        assert "Decide about Ida Holm" in text_of(analyst_client, "/acme/day/decide/", team=1)


def test_agreement_of_reviewers(brand, manager, analyst, strategist, legal_client):
    publish(brand, strategist)
    path = "/acme/reviews/agreement/"
    assert "Nothing was judged by two people yet." in text_of(legal_client, path)
    people = (analyst, strategist)
    past(brand, manager, people, [(tone, tone) for tone in (1, 2, 3, 4, 5, 1, 2, 3, 4)])
    assert "Too few: 9 of at least 10" in text_of(legal_client, path)
    past(brand, manager, people, [(5, 4), (2, 1), (3, 3)])
    answer = legal_client.get(path)
    tone, story, risk, _ = answer.context["current"]
    assert (tone.agreement.units, tone.agreement.same, tone.cannot_say) == (12, 10, 0.0)
    assert 0.9 < tone.agreement.alpha < 1
    assert story.agreement.alpha is None
    assert (risk.agreement.units, risk.cannot_say) == (0, None)
    assert "Everybody always said the same one thing" in answer.content.decode()


def test_pages_cost_the_same_however_many(
    brand, manager, analyst, strategist, legal_client, django_assert_max_num_queries
):
    publish(brand, strategist)
    counts = []
    for size in (2, 8):
        relationship = past(brand, manager, (analyst, strategist), [(4, 3)] * size)[0].relationship
        vetting = ask(relationship, manager, analyst, strategist)
        row = []
        for path in (
            "reviews/?show=settled",
            "reviews/?show=open",
            "reviews/agreement/",
            f"reviews/vettings/{vetting.pk - 1}/",
            f"creators/{relationship.creator.uid}/vettings/",
            "reviews/results.csv",
        ):
            with django_assert_max_num_queries(30) as captured:
                is_part = {"HX-Request": "true"} if path.endswith("/vettings/") else {}
                answer = legal_client.get(f"/acme/{path}", headers=is_part)
                assert answer.status_code == 200
                if answer.streaming:
                    b"".join(answer.streaming_content)
            row.append(len(captured))
        counts.append(row)
    assert counts == [[10, 9, 8, 10, 10, 8]] * 2


def test_results_as_a_file(brand, disputed, admin_user, ida, manager, legal_client):
    path = "/acme/reviews/results.csv"
    assert len(b"".join(legal_client.get(path).streaming_content).splitlines()) == 1
    decide(disputed, admin_user, tone=Given(score=3))
    lines = b"".join(legal_client.get(path).streaming_content).decode().splitlines()
    assert lines[1] == (
        "Ida Holm,2026-11-22T13:00:00+00:00,Tone,3.0,Neutral; fits with a brief and one round of "
        "corrections.,Decided by a third person,passed,1,analyst; strategist,admin,manager,"
        f"{disputed.pk}"
    )
    assert len(lines) == 5
    assert legal_client.get("/acme/reviews/results.xlsx").status_code == 200
