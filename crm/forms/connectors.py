"""Setting up a connector."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from crm.connectors.base import Kind
from crm.forms.base import PlainForm
from crm.models import Brand, Connector
from crm.services.connectors import choosing
from crm.services.connectors.keeping import (
    NAME_MAX,
    POSTS_EACH,
    POSTS_EACH_MAX,
    RHYTHMS,
    SECRET_MAX,
    Wanted,
)

# Before the names of the fields that the kind asks for.
CREDENTIAL = "key_"
_WEEK = str(24 * 7)


class ConnectorForm(PlainForm):
    """What it is called, whose profiles it pulls how often, and the key that opens it."""

    name = forms.CharField(max_length=NAME_MAX, label="Name")
    chosen = forms.ChoiceField(required=False, label="Whose profiles")
    posts_each = forms.IntegerField(
        min_value=0,
        max_value=POSTS_EACH_MAX,
        initial=POSTS_EACH,
        label="Newest posts of each profile",
        help_text="0 pulls no posts. More posts take more calls.",
    )
    every_hours = forms.ChoiceField(
        choices=[(str(hours or ""), words) for hours, words in RHYTHMS.items()],
        required=False,
        initial=_WEEK,
        label="How often",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        brand: Brand,
        kind: Kind,
        connector: Connector | None = None,
        **kwargs: Any,
    ) -> None:
        if connector is not None:
            names = ("name", "chosen", "posts_each", "version")
            kwargs["initial"] = {name: getattr(connector, name) for name in names}
            kwargs["initial"]["every_hours"] = str(connector.every_hours or "")
        else:
            kwargs["initial"] = {"name": kind.name}
        super().__init__(*args, **kwargs)
        choice = cast("forms.ChoiceField", self.fields["chosen"])
        choice.choices = [("", "All creators"), *choosing.choices(brand)]
        if connector is not None and connector.chosen not in _keys(choice.choices):
            words = choosing.in_words(brand, connector.chosen)
            choice.choices = [*choice.choices, (connector.chosen, words)]
        is_new = connector is None
        self._credentials = [field.key for field in kind.fields]
        for field in kind.fields:
            told = field.help if is_new else f"{field.help} Leave it empty to keep it.".strip()
            self.fields[CREDENTIAL + field.key] = forms.CharField(
                max_length=SECRET_MAX,
                label=field.label,
                help_text=told,
                required=is_new,
                widget=forms.PasswordInput(
                    attrs={"class": "form-control", "autocomplete": "new-password"}
                )
                if field.is_secret
                else forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            )

    @property
    def wanted(self) -> Wanted:
        """As the service takes it."""
        said = self.cleaned_data
        credentials = {key: said[CREDENTIAL + key] for key in self._credentials}
        hours = int(said["every_hours"]) if said["every_hours"] else None
        return Wanted(said["name"], credentials, said["chosen"], said["posts_each"], hours)

    def field_of(self, refused: str) -> str:
        """The field of the form that a refusal of the service is about."""
        return refused if refused in self.fields else CREDENTIAL + refused


def _keys(choices: Any) -> set[str]:
    found: set[str] = set()
    for key, label in choices:
        found |= _keys(label) if isinstance(label, list) else {key}
    return found
