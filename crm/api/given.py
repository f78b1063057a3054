"""What contacts, addresses and agents share: where they come from and why they may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from crm.api.body import Body
from crm.choices import LawfulBasis

FOUND_MAX = 120
GIVEN = ("basis", "found_in", "given_by", "author__email")


class GivenSerializer(serializers.Serializer[Any]):
    """Where it comes from; null where nobody said."""

    basis = serializers.ChoiceField(choices=LawfulBasis.choices, allow_null=True)
    found_in = serializers.CharField(allow_null=True)
    given_by = serializers.CharField(allow_null=True)
    author = serializers.EmailField(allow_null=True)


class GivenBody(Body):
    """Where it comes from and why it may be kept."""

    basis = serializers.ChoiceField(choices=LawfulBasis.choices, required=False, allow_null=True)
    found_in = serializers.CharField(
        max_length=FOUND_MAX, required=False, allow_null=True, help_text="E.g. link in bio."
    )
    given_by = serializers.CharField(
        max_length=FOUND_MAX, required=False, allow_null=True, help_text="E.g. she herself."
    )

    @property
    def values(self) -> dict[str, Any]:
        """What was sent, with null as services take it: empty text, but for dates."""
        sent: Mapping[str, Any] = self.validated_data
        return {
            name: ""
            if value is None and not isinstance(self.fields[name], serializers.DateField)
            else value
            for name, value in sent.items()
        }


def given(row: Mapping[str, Any]) -> dict[str, Any]:
    """The members of GivenSerializer out of a row with GIVEN."""
    return {
        "basis": row["basis"] or None,
        "found_in": row["found_in"] or None,
        "given_by": row["given_by"] or None,
        "author": row["author__email"],
    }
