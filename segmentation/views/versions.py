"""The wordings of a segment: one of them, two compared, and putting a draft in use."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.forms.segments import ReasonForm
from segmentation.models import Segment, SegmentVersion
from segmentation.rules.errors import RuleInvalid
from segmentation.selectors import versions as selectors
from segmentation.selectors.builder_preview import shown_version
from segmentation.services.segments import SegmentRefused, activate_version
from segmentation.views.finding import segment_or_404


class AgainstForm(forms.Form):
    """Which version to compare with."""

    against = forms.TypedChoiceField(
        label="Compare with",
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select", "id": "against"}),
    )


@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def version(request: BrandRequest, key: str, number: int) -> HttpResponse:
    """One version beside another (?against=, else the one in use); POST puts a draft in use."""
    segment = segment_or_404(request, key)
    found = selectors.find_version(segment, number)
    if found is None:
        msg = f"{segment} has no version {number}."
        raise Http404(msg)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        help_text="The next person will want to know why the rule changed.",
    )
    if form.is_valid():
        try:
            activate_version(
                version_id=found.pk,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                actor=request.user,
            )
        except (SegmentRefused, RuleInvalid) as refusal:
            put_error(form, "", str(refusal))
        else:
            words = f"Version {found.number} is in use from the next run on."
            messages.success(request, words)
            return redirect("segmentation:segment", request.brand.slug, segment.key)
    others = list(segment.versions.exclude(pk=found.pk).order_by("-number"))
    against = AgainstForm(request.GET)
    against.fields["against"].choices = [  # type: ignore[attr-defined]
        (one.number, f"Version {one.number}") for one in others
    ]
    before = _before(segment, found, others, against)
    facts = catalogue(request.brand)
    if before is not None:
        against.initial["against"] = before.number
    # What is in use, was, or is out of use for good moves nobody.
    is_open = found.activated_at is None and segment.status != SegmentStatus.ARCHIVED
    found.segment = segment
    context = {
        "segment": segment,
        "version": found,
        "moves": shown_version(found, facts, at=timezone.now()) if is_open else None,
        "comparison": selectors.compare(before, found, facts),
        "prose": selectors.version_prose(found, facts),
        "against": against,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "segmentation/segments/version.html", context, status=status)


def _before(
    segment: Segment, found: SegmentVersion, others: list[SegmentVersion], against: AgainstForm
) -> SegmentVersion | None:
    """The version asked for; else the one in use; of that one, the version before it."""
    by_number = {one.number: one for one in others}
    asked = against.cleaned_data["against"] if against.is_valid() else None
    if asked is not None:
        return by_number.get(asked)
    if segment.active_version_id not in {None, found.pk}:
        return segment.active_version
    return next((one for one in others if one.number < found.number), None)
