"""Made-up people who follow the demo brand's creators, and what they hand in with its hashtag."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.models import Deliverable, Submission
from campaigns.services.submissions import deciding, receiving
from campaigns.services.submissions.page import change_page
from crm.choices import Role
from crm.models import Brand, Profile, User

HASHTAG = "tenroutines"
_PAGE = {
    "is_open": True,
    "hashtag": HASHTAG,
    "title": "Show us your evening",
    "text": "Ten creators showed theirs. What does yours look like? A few words are enough.",
    "contact_email": "hello@demo.example",
    "consent_text": "We keep what you hand in, with your name and address, for 180 days.",
    "permission_text": "We may show it on our own channels for a year, with your name.",
    "usages": ["organic"],
    "months": 12,
}
# Who, whom they name (the first creator is named most; None: nobody), what they wrote, whether
# it may be used.
_GIVEN = (
    ("Ane Example", 0, "Lights off at ten, and the cream before that. It works for me.", True),
    ("Bo Example", 0, "Three steps instead of nine. My evenings are longer now.", True),
    ("Cleo Example", 0, "I copied all of it but the cold water.", False),
    (
        "Dag Example",
        1,
        "My bathroom smells of nothing now. That is the point.",
        True,
    ),
    ("Edda Example", 1, "Ten nights: the first five I forgot.", False),
    ("Fynn Example", None, "I have done it like this for years, nobody had to tell me.", True),
    ("Gro Example", None, "Buy followers at my shop!", False),
)


@transaction.atomic
def fill_submissions(*, brand: Brand, seed: int, at: datetime) -> int:
    """What came after the first publications of a campaign; how many were handed in."""
    held = Submission.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.MANAGER).first()
    out = Deliverable.objects.filter(
        engagement__campaign__brand=brand, published_at__lt=at - timedelta(days=len(_GIVEN))
    ).select_related("engagement__campaign", "engagement__relationship")
    first = out.order_by("published_at", "pk").first()
    if held or actor is None or first is None:
        return held
    campaign = first.engagement.campaign
    page = change_page(campaign=campaign, changes=_PAGE, actor=actor, at=at, expected_version=None)
    named = out.filter(engagement__campaign=campaign).order_by("published_at", "pk")
    creators = dict.fromkeys(named.values_list("engagement__relationship__creator", flat=True))
    profiles = Profile.objects.filter(creator__in=creators).order_by("pk")
    handles = dict(reversed(profiles.values_list("creator", "handle")))
    inspiring = [handles[creator] for creator in creators if creator in handles]
    for number, (name, whom, text, may_use) in enumerate(_GIVEN):
        names_one = whom is not None and whom < len(inspiring)
        given = receiving.Given(
            name=name,
            email=f"{name.split()[0].lower()}@example.org",
            words_version=receiving.words_version(page),
            may_use=may_use,
            text=text,
            is_testimonial=number == 1,
            inspired_by=inspiring[whom or 0] if names_one else "",
        )
        came = at - timedelta(days=len(_GIVEN) - number, hours=number)
        made = receiving.receive(page=page, given=given, kept=None, at=came)
        if number == 0:
            deciding.accept(submission_id=made.pk, brand=brand, actor=actor, at=at)
    deciding.refuse(
        submission_id=made.pk, brand=brand, reason="Sells followers.", actor=actor, at=at
    )
    asked = Submission.objects.get(brand=brand, name="Cleo Example")
    deciding.ask(submission_id=asked.pk, brand=brand, use=None, actor=actor, at=at)
    return len(_GIVEN)
