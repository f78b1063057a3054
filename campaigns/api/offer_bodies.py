"""Bodies of what can be done with an offer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from campaigns.api.offer_terms import TermsBody
from campaigns.api.words import LOCK, PersonField
from campaigns.choices import Channel
from campaigns.models import Engagement
from campaigns.services.offers.record import Said
from campaigns.services.offers.wanted import REASON_MAX, TITLE_MAX
from crm.api.body import Body
from crm.api.relationships import KnownCreatorField
from crm.services.mail.composing import SUBJECT_MAX
from crm.services.mail.composing import TEXT_MAX as MAIL_MAX

_NOTE: dict[str, Any] = {"max_length": REASON_MAX, "required": False, "allow_blank": True}


class NewOffer(Body):
    """An offer to a creator, as a draft."""

    creator = KnownCreatorField()
    campaign = serializers.CharField(
        max_length=60,
        required=False,
        allow_null=True,
        help_text="The key of a campaign in which the creator is: the offer moves them along.",
    )
    title = serializers.CharField(max_length=TITLE_MAX)
    owner = PersonField(required=False, allow_null=True)
    terms = TermsBody()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The campaign becomes the creator's place in it."""
        key = attrs.get("campaign")
        if key is not None:
            rows = Engagement.objects.select_related("campaign")
            found = rows.filter(campaign__key=key, relationship=attrs["creator"]).first()
            if found is None:
                words = "The creator is in no campaign of this key."
                raise serializers.ValidationError(
                    {"campaign": ErrorDetail(words, "unknown_campaign")}
                )
            attrs["campaign"] = found
        return attrs


class DraftChange(Body):
    """The draft as it is to be: its terms as a whole, the rest where it is named."""

    version = serializers.IntegerField(**LOCK)
    title = serializers.CharField(max_length=TITLE_MAX, required=False)
    reason = serializers.CharField(**_NOTE)
    terms = TermsBody()


class Revision(Body):
    """A further version of ours."""

    version = serializers.IntegerField(**LOCK)
    terms = TermsBody()
    reason = serializers.CharField(**_NOTE)


class _SaidBody(Body):
    version = serializers.IntegerField(**LOCK)
    on = serializers.DateField(required=False, allow_null=True, help_text="Today, if left out.")
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    note = serializers.CharField(**_NOTE)


class CounterOffer(_SaidBody):
    """What the creator asks for instead."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    terms = TermsBody()
    reason = serializers.CharField(**_NOTE)


class Sending(_SaidBody):
    """By hand: `channel`, `on` and `note`. By mail: `mailbox`, `subject` and `text`."""

    mailbox = serializers.EmailField(
        required=False, help_text="The address of one of the brand's mailboxes."
    )
    subject = serializers.CharField(max_length=SUBJECT_MAX, required=False)
    text = serializers.CharField(max_length=MAIL_MAX, required=False)


class Decision(_SaidBody):
    """Which version of the offer was seen, and when and how it was said."""


class Withdrawal(Body):
    """Why it is taken back."""

    version = serializers.IntegerField(**LOCK)
    note = serializers.CharField(max_length=REASON_MAX)


class Discarding(Body):
    """Which version of the offer was seen."""

    version = serializers.IntegerField(**LOCK)


class OfferOwner(Body):
    """Who leads the negotiation; null: nobody."""

    owner = PersonField(allow_null=True)


def said(body: dict[str, Any]) -> Said:
    """When and how, as the services take it."""
    return Said(body.get("on"), body.get("channel", ""), body.get("note", ""))
