"""The review form of the brand: read it, write another version, look at earlier ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.choices import CriterionKind
from crm.forms import put_error
from crm.forms.review_forms import BarForm, CriteriaForms
from crm.models import FormCriterion, ReviewForm
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.services.reviews.forms import newest_form, publish_form, standard_form
from crm.services.reviews.people import ReviewRefused
from crm.services.reviews.wordings import Bar, Wording

EDIT = "crm/reviews/form_edit.html"


@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def review_form(request: BrandRequest) -> HttpResponse:
    """The form in use; who may, changes it here. Without one: what to begin with."""
    newest = newest_form(request.brand)
    if request.method == "POST":
        return _save(request, newest)
    if not may(request.role, Can.EDIT_SEGMENTS):
        return _read(request, newest)
    bar, wordings = _as_it_is(newest)
    initial = {
        "reviewers": bar.reviewers,
        "dispute_from": bar.dispute_from,
        "requester_may_review": bar.requester_may_review,
        "days": bar.days,
        "guidance": bar.guidance,
        "number": newest.number if newest else 0,
    }
    return _edit(request, newest, BarForm(initial=initial), CriteriaForms.of(wordings))


def _save(request: BrandRequest, newest: ReviewForm | None) -> HttpResponse:
    bar, criteria = BarForm(request.POST), CriteriaForms(request.POST, prefix="criteria")
    if bar.is_valid() and criteria.is_valid():
        kept = criteria.ordered()
        try:
            made = publish_form(
                brand=request.brand,
                bar=bar.bar,
                criteria=[form.wording for form in kept],
                actor=request.user,
                at=timezone.now(),
                why=bar.cleaned_data["why"],
                expected_number=bar.cleaned_data["number"],
            )
        except ReviewRefused as refusal:
            where, _, rest = refusal.field.partition("/")
            place, _, name = rest.partition("/")
            if where == "criteria" and place.isdigit():
                name = "anchor_1" if name == "anchors" else name
                put_error(kept[int(place)], name, str(refusal))
            else:
                put_error(bar, refusal.field, str(refusal))
        else:
            is_new = newest is None or made.number != newest.number
            messages.success(
                request,
                f"Version {made.number} is in use from now on."
                if is_new
                else "Nothing was changed: there is no new version.",
            )
            return redirect("crm:review_form", brand=request.brand.slug)
    return _edit(request, newest, bar, criteria, status=422)


def _edit(
    request: BrandRequest,
    newest: ReviewForm | None,
    bar: BarForm,
    criteria: CriteriaForms,
    status: int = 200,
) -> HttpResponse:
    context = {
        "newest": newest,
        "bar": bar,
        "criteria": criteria,
        "versions": _versions(request),
    }
    return render(request, EDIT, context, status=status)


@require_safe
@brand_page(Can.VIEW)
def version(request: BrandRequest, number: int) -> HttpResponse:
    """A version as it was, or is."""
    found = ReviewForm.objects.filter(brand=request.brand, number=number).first()
    if found is None:
        msg = "There is no such version of the review form."
        raise Http404(msg)
    return _read(request, found)


def _read(request: BrandRequest, found: ReviewForm | None) -> HttpResponse:
    versions = _versions(request)
    context = {
        "form": found,
        "lines": found.lines_in_order() if found else [],
        "versions": versions,
        "is_newest": bool(found and versions and versions[0].pk == found.pk),
    }
    return render(request, "crm/reviews/form.html", context)


def _versions(request: BrandRequest) -> list[ReviewForm]:
    rows = ReviewForm.objects.filter(brand=request.brand).select_related("created_by")
    return list(rows.order_by("-number")[:50])


def _as_it_is(newest: ReviewForm | None) -> tuple[Bar, list[Wording]]:
    if newest is None:
        return standard_form()
    bar = Bar(
        newest.reviewers,
        newest.dispute_from,
        newest.requester_may_review,
        newest.days,
        newest.guidance,
    )
    return bar, [_wording(line) for line in newest.lines_in_order()]


def _wording(line: FormCriterion) -> Wording:
    row = line.criterion
    return Wording(
        label=row.label,
        question=row.question,
        kind=CriterionKind(row.kind),
        key=row.key,
        anchors=row.anchors,
        options=row.options,
        needs_evidence=row.needs_evidence,
        least=line.least,
        most=line.most,
        passing=line.passing or (),
    )
