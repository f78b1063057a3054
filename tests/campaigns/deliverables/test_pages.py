"""Pages of pieces: of the team, of the creator behind their link, of a reviewer from outside."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns.choices import DeliverableState as S
from campaigns.choices import EngagementStage, GateOutcome
from campaigns.models import Comment, Correction, Deliverable, Draft, DraftFile, Opinion
from campaigns.services.guests import make_link, revoke, token_of
from tests.campaigns.deliverables.worlds import (
    JPEG,
    active,
    clear,
    hand_in,
    piece_at,
    piece_in,
    say,
    turn_of,
)
from tests.campaigns.made import engage
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db
PAGE = "/acme/deliverables/{}/"


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def campaign(brand, manager):
    return active(brand, manager)


def test_a_piece_goes_through_its_gates_on_the_pages(
    brand, manager, legal, manager_client, legal_client, analyst_client, campaign, media
):
    piece = piece_in(campaign, manager)
    page = PAGE.format(piece.pk)
    assert "There is no draft yet" in manager_client.get(page).content.decode()
    sent = {
        "text": "Hello\r\nworld",
        "links": "https://video.example/1",
        "uploads": SimpleUploadedFile("a.png.exe", JPEG),
    }
    assert manager_client.post(f"{page}draft/", sent).status_code == 302
    draft = Draft.objects.get()
    assert (draft.text, draft.links, draft.is_sealed) == (
        "Hello\nworld",
        ["https://video.example/1"],
        True,
    )
    file = DraftFile.objects.get()
    assert (file.content_type, file.size, file.name) == ("image/jpeg", len(JPEG), "a.png.exe")
    shown = manager_client.get(page).content.decode()
    assert "Manager decides" in shown
    refused = analyst_client.get(page).content.decode()
    words = "The gate “Manager” is decided by a creator manager or admin; you are analyst."
    assert words in refused
    # Only who may decides, and only at the gate whose turn it is.
    turn = turn_of(piece)
    decide = f"{page}gates/{turn.pk}/"
    assert analyst_client.post(decide, {"outcome": "approved"}).status_code == 403
    answer = manager_client.post(decide, {"outcome": "needs_work"})
    assert answer.status_code == 422
    assert "Say what it needs." in answer.content.decode()
    answer = manager_client.post(decide, {"outcome": "approved", "rest": "on", "next": "queue"})
    assert answer["Location"] == "/acme/approvals/"
    # A second decision comes too late, in words.
    late = manager_client.post(decide, {"outcome": "approved", "rest": "on"})
    assert late.status_code == 409
    assert "decided already: approved" in late.content.decode()
    shown = legal_client.get(page).content.decode()
    assert "Legal decides" in shown
    assert "Disclosure" in shown
    decide = f"{page}gates/{turn_of(piece).pk}/"
    early = legal_client.post(decide, {"outcome": "approved", "rest": "on"})
    assert "Decide about the disclosure first" in early.content.decode()
    clear(turn_of(piece), legal)
    assert legal_client.post(decide, {"outcome": "approved", "rest": "on"}).status_code == 302
    piece.refresh_from_db()
    assert piece.state == "approved"
    assert legal_client.get(page).status_code == 200


def test_remarks_stand_where_the_words_are(
    brand, manager, manager_client, legal_client, legal, campaign
):
    piece = piece_in(campaign, manager)
    hand_in(piece, manager, "My morning begins with water. #ad")
    page = PAGE.format(piece.pk)
    said = {"text": "Too vague, @manager.", "quote": "begins with water"}
    assert legal_client.post(f"{page}versions/1/remarks/", said).status_code == 302
    remark = Comment.objects.get()
    assert (remark.start, remark.end, remark.quote, remark.is_visible) == (
        11,
        28,
        "begins with water",
        False,
    )
    assert manager.notifications.filter(kind="mention").count() == 1
    shown = manager_client.get(page).content.decode()
    assert (
        f'<mark id="words-{remark.pk}" data-remark="{remark.pk}">begins with water</mark>' in shown
    )
    # Words that are not there, and an answer.
    refused = legal_client.post(f"{page}versions/1/remarks/", {"text": "?", "quote": "never said"})
    assert refused.status_code == 422
    assert "These words do not stand in this version." in refused.content.decode()
    manager_client.post(f"{page}versions/1/remarks/", {"text": "Yes.", "parent": remark.pk})
    manager_client.post(f"/acme/deliverables/remarks/{remark.pk}/show/")
    legal_client.post(f"/acme/deliverables/remarks/{remark.pk}/settle/", {"settled": "yes"})
    remark.refresh_from_db()
    assert (remark.is_visible, remark.resolved_by, remark.answers.count()) == (True, legal, 1)


def test_the_queue_is_ones_own_and_constant(
    brand, manager, legal, manager_client, legal_client, campaign, django_assert_num_queries
):
    for number in range(3):
        piece = piece_in(campaign, manager, title=f"Piece {number}")
        hand_in(piece, manager)
        if number:
            say(piece, manager)
    mine = legal_client.get("/acme/approvals/").content.decode()
    assert ("Piece 0" in mine, "Piece 1" in mine, "Piece 2" in mine) == (False, True, True)
    assert "Piece 0" in manager_client.get("/acme/approvals/").content.decode()
    all_of_them = legal_client.get("/acme/approvals/?whose=all&gate=manager").content.decode()
    assert ("Piece 0" in all_of_them, "Piece 1" in all_of_them) == (True, False)


def test_500_engagements_cost_the_same_queries(
    brand, manager, manager_client, campaign, django_assert_max_num_queries
):
    first = piece_in(campaign, manager)
    page = f"/acme/campaigns/{campaign.key}/content/"

    def count() -> int:
        with django_assert_max_num_queries(15) as asked:
            assert manager_client.get(page).status_code == 200
        return len(asked.captured_queries)

    def fill(number: int) -> None:
        known = RelationshipFactory.create_batch(number, brand=brand)
        Deliverable.objects.bulk_create(
            Deliverable(
                engagement=engage(campaign, EngagementStage.CONTRACTED, row),
                title="Piece",
                platform=first.platform,
                kind="review",
                form="story",
                created_at=NOW,
                state_since=NOW,
            )
            for row in known
        )

    fill(60)
    count()
    before = count()
    fill(440)
    assert Deliverable.objects.count() == 501
    assert count() == before


def test_the_creator_hands_in_answers_and_confirms(
    brand, manager, legal, campaign, media, other_brand
):
    piece = piece_in(campaign, manager)
    link = make_link(target=piece.engagement, name="Ida", actor=manager, at=NOW, days=365)
    token, creator = token_of(link), Client()
    base = f"/guest/{token}/content/{piece.pk}/"
    home = creator.get(f"/guest/{token}/").content.decode()
    assert "Hand in your draft." in home
    assert creator.get(base).status_code == 200
    upload = SimpleUploadedFile("reel.jpg", JPEG)
    assert creator.post(f"{base}draft/", {"text": "Hello", "uploads": upload}).status_code == 302
    draft = Draft.objects.get()
    assert (draft.link, draft.submitted_by) == (link, None)
    got = creator.get(f"/guest/{token}/content/files/{draft.files.get().pk}/")
    assert got["Content-Type"] == "image/jpeg"
    assert b"".join(got.streaming_content) == JPEG
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    # What is internal stays so; what is shown can be answered.
    say(piece, manager, GateOutcome.CORRECTIONS, corrections=["Write Lumen with one m."])
    say(piece, legal)
    from campaigns.services.deliverables.comments import Remark, comment  # noqa: PLC0415
    from campaigns.services.deliverables.record import Actor  # noqa: PLC0415

    for text, is_visible in (("Between us.", False), ("To you.", True)):
        comment(
            draft_id=draft.pk,
            brand=brand,
            remark=Remark(text, is_visible=is_visible),
            actor=Actor(manager),
            at=NOW,
        )
    shown = creator.get(base).content.decode()
    assert ("Between us." in shown, "To you." in shown) == (False, True)
    assert "Write Lumen with one m." in shown
    visible = Comment.objects.get(is_visible=True)
    hidden = Comment.objects.get(is_visible=False)
    assert (
        creator.post(f"{base}remarks/", {"text": "Done!", "parent": visible.pk}).status_code == 302
    )
    assert creator.post(f"{base}remarks/", {"text": "?", "parent": hidden.pk}).status_code == 422
    correction = Correction.objects.get()
    assert creator.post(f"{base}corrections/", {"corrections": correction.pk}).status_code == 302
    piece.refresh_from_db()
    correction.refresh_from_db()
    assert (piece.state, correction.link) == ("approved", link)
    # Another engagement's piece, a foreign address, a link that has ended.
    other = piece_in(campaign, manager)
    assert creator.get(f"/guest/{token}/content/{other.pk}/").status_code == 404
    assert creator.get(f"/guest/x{token}/content/{piece.pk}/").status_code == 404
    revoke(link=link, actor=manager, at=NOW)
    for path in (base, f"{base}draft/", f"{base}remarks/"):
        assert creator.get(path).status_code in {405, 410}
    assert creator.post(f"{base}draft/", {"text": "More"}).status_code == 410
    assert Draft.objects.count() == 1


def test_a_reviewer_from_outside_says_what_they_think_and_moves_nothing(
    brand, manager, campaign, legal
):
    piece = piece_at(S.IN_REVIEW, campaign, manager, legal)
    link = make_link(target=piece, name="Dr. Vang", actor=manager, at=NOW, days=365)
    base, guest = f"/guest/{token_of(link)}/review/", Client()
    assert guest.get(f"/guest/{token_of(link)}/").status_code == 302
    assert "My morning." in guest.get(base).content.decode()
    assert guest.post(f"{base}opinion/", {"outcome": "needs_work"}).status_code == 422
    said = {"outcome": "needs_work", "reason": "Retinol is not for the morning.", "seen": "1"}
    later = guest.post(f"{base}opinion/", said | {"seen": "2"})
    assert later.status_code == 409
    assert "Version 1 came meanwhile" in later.content.decode()
    assert not Opinion.objects.exists()
    assert guest.post(f"{base}opinion/", said).status_code == 302
    opinion = Opinion.objects.get()
    assert (opinion.name, opinion.outcome) == ("Dr. Vang", "needs_work")
    assert guest.post(f"{base}remarks/", {"text": "See above."}).status_code == 302
    assert Comment.objects.get().is_visible is False
    piece.refresh_from_db()
    assert (piece.state, turn_of(piece).gate) == ("in_review", "manager")
    # A link of a reviewer opens nothing of the creator's pages, and the other way round.
    assert guest.get(f"/guest/{token_of(link)}/content/{piece.pk}/").status_code == 404
    portal = make_link(target=piece.engagement, name="Ida", actor=manager, at=NOW, days=365)
    assert guest.get(f"/guest/{token_of(portal)}/review/").status_code == 404
    say(piece, manager, GateOutcome.NEEDS_WORK)
    assert "Nothing is in review" in guest.get(base).content.decode()
    assert guest.post(f"{base}opinion/", said).status_code == 302
    assert Opinion.objects.count() == 1


def test_settings_and_small_pages(
    brand, manager, legal, admin_user, manager_client, legal_client, outsider_client, campaign
):
    piece = piece_in(campaign, manager)
    page = PAGE.format(piece.pk)
    assert outsider_client.get(page).status_code == 404
    for path in (
        f"/acme/campaigns/{campaign.key}/content/",
        f"/acme/campaigns/{campaign.key}/content/gates/",
        f"/acme/campaigns/{campaign.key}/creators/{piece.engagement_id}/content/",
        f"/acme/campaigns/{campaign.key}/creators/{piece.engagement_id}/content/new/",
        "/acme/approvals/",
        "/acme/approvals/hours/",
        "/acme/approvals/standing-in/",
    ):
        assert manager_client.get(path).status_code == 200, path
    new = f"/acme/campaigns/{campaign.key}/creators/{piece.engagement_id}/content/new/"
    said = {"platform": "tiktok", "form": "short_video", "kind": "review", "count": 2}
    assert manager_client.post(new, said).status_code == 302
    assert list(Deliverable.objects.order_by("pk").values_list("title", flat=True))[1:] == [
        "Short video on TikTok (1 of 2)",
        "Short video on TikTok (2 of 2)",
    ]
    week = {"days": ["0", "1"], "starts": "08:00", "ends": "07:00", "country": "DK"}
    refused = legal_client.post("/acme/approvals/hours/", week)
    assert refused.status_code == 422
    assert "The day ends after it begins." in refused.content.decode()
    assert legal_client.post("/acme/approvals/hours/", week | {"ends": "12:00"}).status_code == 302
    assert manager_client.post("/acme/approvals/hours/", week).status_code == 403
    # Hand over, decide in the stead, take back.
    hand = {
        "gate": "manager",
        "receiver": admin_user.pk,
        "starts_on": "2026-01-01",
        "ends_on": "2099-01-01",
    }
    assert manager_client.post("/acme/approvals/standing-in/", hand).status_code == 422
    hand |= {"starts_on": "2026-06-01", "ends_on": "2027-05-31"}
    assert manager_client.post("/acme/approvals/standing-in/", hand).status_code == 302
    shown = manager_client.get(page).content.decode()
    for name in ("cancel", "reopen"):
        assert f'name="{name}-version"' in shown or name == "reopen"
    stale = {"cancel-reason": "No stock.", "cancel-version": 99}
    answer = manager_client.post(f"{page}cancel/", stale)
    assert answer.status_code == 422
    assert "was changed since you looked" in answer.content.decode()
    assert manager_client.post(f"{page}cancel/", stale | {"cancel-version": 1}).status_code == 302
    assert manager_client.post(f"{page}restore/").status_code == 302
    piece.refresh_from_db()
    assert piece.state == "planned"
    assert logged_in(admin_user).get(page).status_code == 200
