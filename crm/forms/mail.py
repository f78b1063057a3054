"""Writing a mail, saying whose one is, setting up a mailbox."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from crm.choices import MailSecurity
from crm.forms.base import PlainForm
from crm.models import Mailbox, User
from crm.services.mail.composing import SUBJECT_MAX, TEXT_MAX
from crm.services.mail.mailboxes import PORTS


class AddressesField(forms.CharField):
    """Several e-mail addresses, parted by commas or spaces; the service checks each."""

    def clean(self, value: Any) -> list[str]:
        """The addresses as a list."""
        return [part for part in re.split(r"[,;\s]+", super().clean(value)) if part]


class MailForm(PlainForm):
    """A mail to a creator."""

    mailbox = forms.ModelChoiceField(Mailbox.objects.none(), label="From", empty_label=None)
    to = AddressesField(max_length=2_000, label="To")
    cc = AddressesField(max_length=2_000, label="Copy to", required=False)
    subject = forms.CharField(max_length=SUBJECT_MAX, label="Subject")
    text = forms.CharField(
        max_length=TEXT_MAX, label="Mail", widget=forms.Textarea(attrs={"rows": 10})
    )
    file = forms.FileField(
        required=False,
        label="File",
        help_text="25 MB at most; save the draft to add another.",
    )

    def __init__(self, *args: Any, mailboxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mailbox"].queryset = mailboxes  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Whose conversation it is: a creator's uid, found by name or handle."""

    creator = forms.UUIDField()
    remember = forms.BooleanField(required=False)


def _log_in() -> tuple[forms.Field, forms.Field, forms.Field, forms.Field]:
    """Port, protection, user and password of a server."""
    return (
        forms.IntegerField(min_value=1, max_value=65_535, label="Port"),
        forms.ChoiceField(choices=MailSecurity.choices, label="Protection"),
        forms.CharField(required=False, max_length=254, label="User name"),
        forms.CharField(
            required=False,
            label="Password",
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text="Stored encrypted and never shown. Empty: the stored one stays.",
        ),
    )


def _box(label: str) -> forms.BooleanField:
    """Something to tick."""
    tick = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(required=False, label=label, widget=tick)


class MailboxForm(PlainForm):
    """A mailbox with its servers. Passwords are written, never shown."""

    address = forms.EmailField(max_length=254, label="Address")
    name = forms.CharField(
        max_length=120, label="Name", help_text="Creators see it beside the address."
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label="Whose",
        empty_label="Shared by everybody who may send",
        help_text="From somebody's own mailbox only they write, and its mail that is about no "
        "creator is seen by them alone.",
    )
    signature = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    daily_cap = forms.IntegerField(
        min_value=1, max_value=10_000, label="Mails a day", help_text="At most, of all kinds."
    )
    daily_new_cap = forms.IntegerField(
        min_value=0,
        max_value=10_000,
        label="First mails a day",
        help_text="At most. Many at once look like spam to mail servers.",
    )
    smtp_host = forms.CharField(
        required=False,
        max_length=253,
        label="Server for sending (SMTP)",
        help_text="For example smtp.example.com. Empty: the server of this installation.",
    )
    smtp_port, smtp_security, smtp_user, smtp_password = _log_in()
    imap_host = forms.CharField(
        required=False,
        max_length=253,
        label="Server for fetching (IMAP)",
        help_text="For example imap.example.com. Empty: nothing is fetched.",
    )
    imap_port, imap_security, imap_user, imap_password = _log_in()
    imap_folder = forms.CharField(max_length=200, label="Folder of incoming mail")
    imap_sent_folder = forms.CharField(
        required=False,
        max_length=200,
        label="Folder of sent mail",
        help_text="What you write to creators with another programme is filed too. Empty: not.",
    )
    dropbox_address = forms.EmailField(
        required=False,
        max_length=254,
        label="Address for blind copies",
        help_text="A further address of this mailbox, such as ana+rapport@example.com: what "
        "colleagues send with it in BCC is filed.",
    )
    copies_sent = _box(
        "Put what is sent from here into the folder of sent mail; leave it out where the provider "
        "does so by itself"
    )
    keeps_unmatched = _box(
        "Keep mail of senders who are no creators, so that somebody can assign it"
    )
    is_paused = _box("Paused: nothing is sent from here until somebody lets it go on")

    SENDING = ("smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password")
    FETCHING = ("imap_host", "imap_port", "imap_security", "imap_user", "imap_password")
    FILING = ("imap_folder", "imap_sent_folder", "dropbox_address")

    def __init__(self, *args: Any, owners: Any, can_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        owner.queryset = owners  # type: ignore[attr-defined]
        if not can_share:
            del self.fields["owner"]

    def of_sending(self) -> list[forms.BoundField]:
        """The fields of the server for sending."""
        return [self[name] for name in self.SENDING]

    def of_fetching(self) -> list[forms.BoundField]:
        """The fields of the server for fetching."""
        return [self[name] for name in (*self.FETCHING, *self.FILING)]

    @staticmethod
    def of_new(address: str = "") -> dict[str, Any]:
        """What a new mailbox begins with."""
        return {
            "address": address,
            "daily_cap": 200,
            "daily_new_cap": 30,
            "imap_folder": "INBOX",
            "keeps_unmatched": True,
            **PORTS,
        }
