"""Campaigns to which the public hands something in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import altcha
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import Campaign, Submission, SubmissionPage
from campaigns.services.submissions import receiving
from campaigns.services.submissions.receiving import Given, words_version
from campaigns.views.submissions.public import place_of
from crm.models import Brand, User
from crm.public_forms import proof
from tests.campaigns.publishing.pieces import running
from tests.factories import NOW

CONSENT = "Acme keeps this for the campaign. Write to privacy@acme.example to have it erased."
PERMISSION = "Show it on our shop's page and in our letters, uncut, with your name."
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00"
    b"\x00\x00\x00IEND\xaeB`\x82"
)


def a_page(brand: Brand, actor: User, campaign: Campaign | None = None, **values: Any) -> Any:
    """An open page of a running campaign with #spring."""
    said = {
        "is_open": True,
        "hashtag": "spring",
        "title": "Show us your spring",
        "consent_text": CONSENT,
        "permission_text": PERMISSION,
        "usages": ["organic"],
        "territory": ["DK"],
        "months": 6,
        "contact_email": "ugc@acme.example",
    } | values
    return SubmissionPage.objects.create(campaign=campaign or running(brand, actor), **said)


def handed_in(page: SubmissionPage, at: datetime = NOW, **values: Any) -> Submission:
    """What somebody sent by the form: a link and a few words."""
    said: dict[str, Any] = {
        "name": "Ida Holm",
        "email": "ida@holm.example",
        "words_version": words_version(page),
        "text": "My balcony, finally green.",
        "url": "https://example.org/p/1",
    } | values
    return receiving.receive(page=page, given=Given(**said), kept=None, at=at)


def picture(name: str = "balcony.png") -> SimpleUploadedFile:
    """A file that is a picture."""
    return SimpleUploadedFile(name, PIXEL, "image/png")


def solved(page: SubmissionPage) -> str:
    """What the browser sends once it has solved the puzzle that it got a minute ago."""
    shown_at = timezone.now() - timedelta(minutes=1)
    made = proof.challenge(place_of(page), words_version(page), shown_at)
    challenge = altcha.Challenge.from_dict(made)
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def filled_in(page: SubmissionPage, **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it; a value that is None is left out."""
    given = {
        "name": "Ida Holm",
        "email": "Ida@Holm.example",
        "url": "https://www.instagram.com/p/abc/",
        "platform": "",
        "handle": "@Ida.Holm",
        "text": "My balcony,\r\nfinally green.",
        "inspired_by": "@Gro.Wer",
        "of_age": "on",
        "consent": "on",
        "extra": "",
        "puzzle": solved(page),
    } | changes
    return {name: value for name, value in given.items() if value is not None}
