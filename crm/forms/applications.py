"""What applicants fill in, and what a brand says on the page where they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from crm.countries import COUNTRIES
from crm.forms.base import PlainForm, Styled, put_error
from crm.forms.creators import MAX_FOLLOWERS
from crm.importers.handles import parse_handle, platform_of_url, profile_address
from crm.importers.numbers import BadValue
from crm.models import ApplicationPage, Platform
from crm.public_forms import gate
from crm.public_forms.words import LANGUAGES, one_line, paragraphs
from crm.services.applications.page import CHANGEABLE, PageRefused, check_page
from crm.services.applications.receiving import Account, Given

ROWS = (1, 2, 3)
_CHECK = {"class": "form-check-input"}


class ApplyForm(PlainForm):
    """An application. `puzzle` and `extra` are not for people (crm/public_forms/proof)."""

    name = forms.CharField(
        max_length=200,
        label="Your name",
        help_text="As you are known, or as you want to be called.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        max_length=254,
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    country = forms.ChoiceField(
        choices=[("", "Choose"), *COUNTRIES],
        label="Country",
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    topics = forms.CharField(
        max_length=200,
        required=False,
        label="What you make things about",
        help_text="A few words with commas between them: ceramics, slow travel.",
    )
    why = forms.CharField(
        max_length=2_000,
        label="Why us?",
        help_text="What you like about the brand, and what you would make together with it.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    of_age = forms.BooleanField(widget=forms.CheckboxInput(attrs=_CHECK))
    consent = forms.BooleanField(widget=forms.CheckboxInput(attrs=_CHECK))
    puzzle = forms.CharField(max_length=4_000, required=False, widget=forms.HiddenInput)
    # Nobody sees it. Not called by a name that browsers fill in by themselves.
    extra = forms.CharField(required=False, label="Leave this empty")

    def __init__(self, *args: Any, page: ApplicationPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        platforms = list(Platform.objects.filter(is_custom=False))
        names = [("", "Platform"), *((one.key, one.name) for one in platforms)]
        for row in ROWS:
            self.fields[f"platform_{row}"] = forms.ChoiceField(
                choices=names, required=False, label=f"Platform of account {row}"
            )
            self.fields[f"handle_{row}"] = forms.CharField(
                max_length=300,
                required=row == 1,
                label=f"Handle or address of account {row}",
                error_messages={"required": "Name one account at least."},
            )
            self.fields[f"followers_{row}"] = forms.IntegerField(
                min_value=0,
                max_value=MAX_FOLLOWERS,
                required=False,
                label=f"Followers of account {row}",
            )
        self.fields["of_age"].label = f"I am {page.min_age} or older."
        self.fields["of_age"].error_messages["required"] = (
            f"{page.brand} takes applications from the age of {page.min_age} on."
        )
        self.fields["consent"].label = "I agree to this."
        self.fields["consent"].error_messages["required"] = (
            "Without your consent nothing that you wrote may be kept."
        )
        self.dress()
        for name in ("of_age", "consent"):
            self.fields[name].widget.attrs.update(_CHECK)
        self.accounts: list[Account] = []

    @property
    def account_rows(self) -> Iterator[tuple[forms.BoundField, ...]]:
        """Platform, handle and followers of each account."""
        for row in ROWS:
            yield self[f"platform_{row}"], self[f"handle_{row}"], self[f"followers_{row}"]

    def clean_extra(self) -> str:
        """Empty: who fills it in reads what the page is made of instead of the page."""
        if self.cleaned_data["extra"]:
            put_error(self, "", gate.EXTRA)
        return ""

    def clean_name(self) -> str:
        """One line, without signs that would show it as another name."""
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Enter your name.")
        return name

    def clean_topics(self) -> str:
        """One line."""
        return one_line(self.cleaned_data["topics"])

    def clean_why(self) -> str:
        """With its paragraphs."""
        why = paragraphs(self.cleaned_data["why"])
        if not why:
            raise forms.ValidationError("Write a sentence or two.")
        return why

    def clean(self) -> dict[str, Any]:
        """Which accounts they are; the platform of an address need not be chosen."""
        given = super().clean() or {}
        for row in ROWS:
            handle = given.get(f"handle_{row}", "")
            if handle:
                self._add_account(row, handle, given)
            elif given.get(f"platform_{row}") and row > 1:
                put_error(self, f"handle_{row}", "Enter the handle, or choose no platform.")
        return given

    def given(self, consent_version: int) -> Given:
        """What they wrote, once it is valid."""
        read = self.cleaned_data
        return Given(
            name=read["name"],
            email=read["email"].lower(),
            country=read["country"],
            topics=read["topics"],
            why=read["why"],
            accounts=self.accounts,
            consent_version=consent_version,
        )

    def _add_account(self, row: int, text: str, given: dict[str, Any]) -> None:
        platform = given.get(f"platform_{row}") or platform_of_url(text)
        if not platform:
            put_error(self, f"platform_{row}", "Choose the platform.")
            return
        try:
            handle = parse_handle(text, platform)
        except BadValue as error:
            put_error(self, f"handle_{row}", str(error))
            return
        if not handle:
            put_error(self, f"handle_{row}", "This is no handle.")
        elif any((one.platform, one.handle) == (platform, handle) for one in self.accounts):
            put_error(self, f"handle_{row}", "You named this account above.")
        else:
            url = profile_address(handle, platform)
            self.accounts.append(Account(platform, handle, url, given.get(f"followers_{row}")))


class ApplicationPageForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """The brand's page, and how long what is written there is kept."""

    language = forms.ChoiceField(
        choices=LANGUAGES,
        label="Language of your words",
        help_text="Screen readers and translators go by it. The labels of the form are English.",
    )

    class Meta:
        model = ApplicationPage
        fields = CHANGEABLE
        labels = {
            "is_open": "Take applications",
            "title": "Title",
            "text": "What you say to those who think of applying",
            "contact_email": "Address for who cannot use the form",
            "consent_text": "What applicants agree to",
            "min_age": "Youngest age",
            "keep_days": "Days until what was declined is erased",
            "decline_text": "Mail to those you decline",
        }
        help_texts = {
            "contact_email": "Shown on the page. May be empty.",
            "consent_text": "Who keeps what, for how long, and how to have it erased. Kept word "
            "for word with each application; new words get a new number.",
            "keep_days": "Spam goes after as many days. From 1 to 3,650.",
            "decline_text": "A person sends it, from their own mail programme. {{name}} and "
            "{{brand}} are filled in.",
        }
        widgets = {
            "is_open": forms.CheckboxInput(attrs=_CHECK),
            "text": forms.Textarea(attrs={"rows": 6}),
            "consent_text": forms.Textarea(attrs={"rows": 6}),
            "decline_text": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def clean(self) -> dict[str, Any]:
        """An open page says enough: in the service's words, before the database's constraint."""
        given = super().clean() or {}
        try:
            check_page(given)
        except PageRefused as refusal:
            put_error(self, refusal.field, str(refusal))
        return given
