"""What the public fills in, what a campaign's page says, and what is decided about each."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import Usage
from campaigns.forms.offers import months_field
from campaigns.forms.rights import CountriesField
from campaigns.models import SubmissionPage
from campaigns.models.submissions import USES
from campaigns.services.rights import territories
from campaigns.services.submissions.deciding import TEXT_MAX, Answer, Use
from campaigns.services.submissions.page import CHANGEABLE
from campaigns.services.submissions.receiving import Given
from campaigns.services.submissions.record import REASON_MAX
from crm.importers.handles import parse_handle, platform_of_url
from crm.importers.numbers import BadValue
from crm.models import Platform
from crm.public_forms.gate import EXTRA
from crm.public_forms.words import LANGUAGES, one_line, paragraphs
from crm.styled import PlainForm, lines, put_error

_CHECK = {"class": "form-check-input"}
_USES = [(usage.value, Usage(usage).label) for usage in USES]


class SubmitForm(PlainForm):
    """Something handed in. `puzzle` and `extra` are not for people (crm/public_forms)."""

    name = forms.CharField(
        max_length=120,
        label="Your name",
        help_text="As you want to be named beside what you made.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        max_length=254,
        label="E-mail",
        help_text="To ask you something about it. It is not shown to anybody else.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    file = forms.FileField(
        required=False,
        label="Picture or film",
        help_text="At most 100 MB. Show nobody who does not want to be shown.",
        widget=forms.FileInput(attrs={"accept": "image/*,video/*"}),
    )
    url = forms.CharField(
        max_length=500,
        required=False,
        label="Or the address of your post",
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
    )
    platform = forms.ChoiceField(required=False, label="Platform")
    handle = forms.CharField(
        max_length=300,
        required=False,
        label="Your account there",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    text = forms.CharField(
        max_length=4_000, required=False, label="A few words about it", widget=lines(4)
    )
    is_testimonial = forms.BooleanField(required=False, label="You may quote my words with my name")
    inspired_by = forms.CharField(
        max_length=200,
        required=False,
        label="Who made you think of it?",
        help_text="The account of somebody whose post you saw, if there was one.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    of_age = forms.BooleanField()
    consent = forms.BooleanField(label="I agree to this.")
    may_use = forms.BooleanField(required=False, label="Yes, you may use it like this.")
    puzzle = forms.CharField(max_length=4_000, required=False, widget=forms.HiddenInput)
    # Nobody sees it. Not called by a name that browsers fill in by themselves.
    extra = forms.CharField(required=False, label="Leave this empty")

    def __init__(self, *args: Any, page: SubmissionPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        platforms = list(Platform.objects.filter(is_custom=False))
        choices = [("", "Platform"), *((one.key, one.name) for one in platforms)]
        self.fields["platform"].choices = choices  # type: ignore[attr-defined]
        self.fields["of_age"].label = f"I am {page.min_age} or older."
        self.fields["of_age"].error_messages["required"] = (
            f"{page.campaign.brand} takes things in from the age of {page.min_age} on."
        )
        self.fields["consent"].error_messages["required"] = (
            "Without your consent nothing that you hand in may be kept."
        )

    def clean_extra(self) -> str:
        """Empty: who fills it in reads what the page is made of instead of the page."""
        if self.cleaned_data["extra"]:
            put_error(self, "", EXTRA)
        return ""

    def clean_name(self) -> str:
        """One line, without signs that would show it as another name."""
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Enter your name.")
        return name

    def clean_text(self) -> str:
        """With its paragraphs."""
        return paragraphs(self.cleaned_data["text"])

    def clean_inspired_by(self) -> str:
        """A handle without @, of whichever platform."""
        return one_line(self.cleaned_data["inspired_by"]).removeprefix("@").lower()

    def clean(self) -> dict[str, Any]:
        """Which account it is; the platform of an address need not be chosen."""
        given = super().clean() or {}
        given["platform"] = given.get("platform") or platform_of_url(given.get("url", "")) or ""
        if text := given.get("handle", ""):
            platform = platform_of_url(text) or given["platform"]
            if not platform:
                put_error(self, "platform", "Choose the platform.")
            else:
                given["platform"], given["handle"] = platform, self._handle(text, platform)
        if given.get("is_testimonial") and not given.get("text"):
            put_error(self, "text", "Write the words that may be quoted.")
        if not any(given.get(name) for name in ("file", "url", "text")) and not self.errors:
            put_error(
                self, "file", "Add a picture or film, the address of your post, or a few words."
            )
        return given

    def given(self, words_version: int) -> Given:
        """What they wrote, once it is valid."""
        read = self.cleaned_data
        platform = Platform.objects.filter(key=read["platform"]).first()
        return Given(
            name=read["name"],
            email=read["email"].lower(),
            words_version=words_version,
            may_use=read["may_use"],
            platform=platform,
            handle=read["handle"],
            text=read["text"],
            is_testimonial=read["is_testimonial"],
            inspired_by=read["inspired_by"],
            url=read["url"],
        )

    def _handle(self, text: str, platform: str) -> str:
        try:
            handle = parse_handle(text, platform)
        except BadValue as error:
            put_error(self, "handle", str(error))
            return ""
        if not handle:
            put_error(self, "handle", "This is no handle.")
        return (handle or "").lower()


class SubmissionPageForm(PlainForm):
    """The campaign's hashtag and page, and how long what was refused is kept."""

    is_open = forms.BooleanField(required=False, label="The page is open")
    hashtag = forms.CharField(
        max_length=61,
        required=False,
        label="Hashtag",
        help_text="One word. Imported posts of creators you know that have it are suggested.",
    )
    title = forms.CharField(max_length=120, required=False, label="Title")
    text = forms.CharField(
        max_length=4_000, required=False, label="What you ask people for", widget=lines(5)
    )
    language = forms.ChoiceField(
        choices=LANGUAGES,
        label="Language of your words",
        help_text="Screen readers and translators go by it. The labels of the form are English.",
    )
    contact_email = forms.EmailField(
        required=False,
        label="Address for questions, and to take a permission back",
        help_text="Shown on the page.",
    )
    consent_text = forms.CharField(
        max_length=2_000,
        required=False,
        label="What people agree to",
        widget=lines(5),
        help_text="Who keeps what, for how long, and how to have it erased. Kept word for word "
        "with each submission; new words get a new number.",
    )
    permission_text = forms.CharField(
        max_length=2_000,
        required=False,
        label="What you would do with it",
        widget=lines(5),
        help_text="The exact use, in words: where it is shown, for how long, whether it is cut, "
        "how the author is named. People tick it on the page, or you ask them by it.",
    )
    usages = forms.MultipleChoiceField(
        choices=_USES,
        required=False,
        label="As rights",
        widget=forms.CheckboxSelectMultiple(attrs=_CHECK),
    )
    territory = CountriesField(label="Where")
    months = months_field("For so many months")
    min_age = forms.IntegerField(min_value=13, max_value=99, label="Youngest age")
    keep_days = forms.IntegerField(
        min_value=1,
        max_value=3_650,
        label="Days until what was refused is erased",
        help_text="So does what nobody answered. From 1 to 3,650.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, page: SubmissionPage) -> None:
        said = {name: getattr(page, name) for name in (*CHANGEABLE, "version")}
        said["territory"] = territories.names(page.territory)
        super().__init__(data, initial=said)
        self.fields["months"].help_text = "Empty: without an end."

    @property
    def changes(self) -> dict[str, Any]:
        """What the service takes."""
        read = {name: self.cleaned_data[name] for name in CHANGEABLE}
        return read | {"territory": read["territory"] or ()}


class ReasonForm(PlainForm):
    """Why it is refused, or how somebody took their permission back."""

    reason = forms.CharField(max_length=REASON_MAX, required=False)
    version = forms.IntegerField(min_value=1)


class AskForm(PlainForm):
    """What an author is asked, word for word, and the use that it means."""

    text = forms.CharField(max_length=TEXT_MAX, label="What you ask", widget=lines(4))
    usages = forms.MultipleChoiceField(
        choices=_USES, label="As rights", widget=forms.CheckboxSelectMultiple(attrs=_CHECK)
    )
    territory = CountriesField(label="Where")
    months = months_field("For so many months")
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @classmethod
    def of(cls, page: SubmissionPage, version: int, pk: int) -> AskForm:
        """As the campaign's page words it."""
        said = {
            "text": page.permission_text,
            "usages": page.usages,
            "territory": territories.names(page.territory),
            "months": page.months,
            "version": version,
        }
        return cls(initial=said, auto_id=f"ask-{pk}-%s")

    @property
    def use(self) -> Use:
        """What the service takes."""
        read = self.cleaned_data
        return Use(
            read["text"], tuple(read["usages"]), tuple(read["territory"] or ()), read["months"]
        )


class AnswerForm(PlainForm):
    """What they said, and where that can be seen."""

    said = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], label="They said")
    given_by = forms.CharField(max_length=120, required=False, label="Who said so")
    proof = forms.CharField(
        max_length=1_000,
        required=False,
        label="Where it can be seen",
        help_text="Their comment of a day, a mail, a message.",
    )
    proof_url = forms.CharField(max_length=500, required=False, label="Address of it")
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @property
    def answer(self) -> Answer:
        """What the service takes."""
        read = self.cleaned_data
        return Answer(read["said"] == "yes", read["given_by"], read["proof"], read["proof_url"])
