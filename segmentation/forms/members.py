"""How the members of a segment are listed."""

from __future__ import annotations

from django import forms

from segmentation.selectors.segments import MEMBER_SORTS


class MemberSortForm(forms.Form):
    """The order of a segment's members."""

    sort = forms.ChoiceField(
        label="Sort",
        choices=list(MEMBER_SORTS.items()),
        required=False,
        widget=forms.Select(attrs={"class": "form-select", "id": "member-sort"}),
    )

    @property
    def chosen(self) -> str:
        """The order asked for, or the first."""
        asked = self.cleaned_data["sort"] if self.is_valid() else ""
        return str(asked or next(iter(MEMBER_SORTS)))
