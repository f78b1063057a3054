"""The rule builder: a new segment, another wording of a segment's rule, and what it asks while
somebody writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.facts.catalogue import catalogue
from segmentation.forms.builder import NewSegmentForm, RuleForm
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules.draft import draft_of_text
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.selectors import builder as selectors
from segmentation.selectors.builder_preview import About, Shown, shown
from segmentation.selectors.fact_values import fact_values
from segmentation.services.segments import SegmentRefused, draft_segment, save_draft
from segmentation.views.finding import segment_or_404

PAGE = "segmentation/builder.html"
LONGEST_QUERY = 100


@brand_page(Can.EDIT_SEGMENTS)
def builder_new(request: BrandRequest) -> HttpResponse:
    """A new segment with its rule, as a draft."""
    asked = request.POST if request.method == "POST" else None
    facts = catalogue(request.brand)
    form = RuleForm(asked, facts=facts)
    about = NewSegmentForm(
        asked,
        brand=request.brand,
        owner=request.user,
        dimension=request.GET.get("dimension", ""),
    )
    page = _Page(request, facts, form, about=about)
    if asked is None:
        return page.shown()
    if not (form.is_valid() & about.is_valid()) or "check" in asked:
        return page.checked()
    try:
        version = draft_segment(
            **about.cleaned_data, **form.wording, at=timezone.now(), actor=request.user
        )
    except (SegmentRefused, RuleInvalid) as refusal:
        form.add_error(None, str(refusal))
        return page.shown(status=409)
    return _saved(request, version, is_new=True)


@brand_page(Can.EDIT_SEGMENTS)
def builder(request: BrandRequest, key: str) -> HttpResponse:
    """Another wording of a segment's rule, as a draft."""
    segment = segment_or_404(request, key)
    version = selectors.version_to_edit(segment, _number(request.GET.get("version")))
    if version is None and "version" in request.GET:
        msg = f"{segment} has no such version."
        raise Http404(msg)
    asked = request.POST if request.method == "POST" else None
    facts = catalogue(request.brand)
    form = RuleForm(asked, facts=facts, segment=segment, version=version)
    newest = segment.versions.select_related("author").order_by("-number").first()
    page = _Page(request, facts, form, segment=segment, version=version, newest=newest)
    if asked is None:
        return page.shown()
    if not form.is_valid() or "check" in asked:
        return page.checked()
    if newest is not None and form.cleaned_data["based_on"] != newest.number:
        who = newest.author.display_name if newest.author else "The system"
        form.add_error(
            None,
            f"{who} saved version {newest.number} while you were writing. Yours is still here: "
            "save once more to put it on top.",
        )
        return page.shown(status=409)
    try:
        version = save_draft(
            segment_id=segment.pk, **form.wording, at=timezone.now(), actor=request.user
        )
    except (SegmentRefused, RuleInvalid) as refusal:
        form.add_error(None, str(refusal))
        return page.shown(status=409)
    return _saved(request, version, is_new=version != newest)


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def builder_check(request: BrandRequest) -> HttpResponse:
    """What is right and wrong with the rules as they stand, in both notations. Saves nothing."""
    facts = catalogue(request.brand)
    form = RuleForm(request.POST, facts=facts, segment=_named(request))
    form.is_valid()
    return JsonResponse(
        {
            "rule": form.rule.to_dict(facts),
            "stay": None if form.stay is None else form.stay.to_dict(facts),
        }
    )


@require_POST
@brand_page(Can.EDIT_SEGMENTS)
def builder_preview(request: BrandRequest) -> HttpResponse:
    """Whom the rule as it stands would take: a fragment. Saves nothing."""
    facts = catalogue(request.brand)
    segment = _named(request)
    form = RuleForm(request.POST, facts=facts, segment=segment)
    form.is_valid()
    shown = _preview(request, form, facts, segment)
    return render(request, f"{PAGE}#preview", {"preview": shown, "segment": segment})


@require_safe
@brand_page(Can.EDIT_SEGMENTS)
def builder_values(request: BrandRequest) -> HttpResponse:
    """What creators have as the value of a fact, for the fields of a condition."""
    fact = catalogue(request.brand).get(request.GET.get("fact", ""))
    if fact is None:
        msg = "There is no such fact."
        raise Http404(msg)
    found = fact_values(
        request.brand,
        fact,
        as_of=timezone.now(),
        query=request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", ""),
        share=request.GET.get("share") or None,
    )
    return JsonResponse(
        {
            "words": found.words,
            "values": [
                {"value": one.value, "label": one.label, "creators": one.creators}
                for one in found.suggestions
            ],
        }
    )


@dataclass(frozen=True)
class _Page:
    """The builder's page, before and after something was asked of it."""

    request: BrandRequest
    facts: Catalogue
    form: RuleForm
    about: NewSegmentForm | None = None
    segment: Segment | None = None
    version: SegmentVersion | None = None
    newest: SegmentVersion | None = None

    def shown(self, *, status: int = 200, preview: Shown | None = None) -> HttpResponse:
        """The page, with the forms as they stand."""
        brand, segment = self.request.brand, self.segment
        context = {
            "form": self.form,
            "about": self.about,
            "segment": segment,
            "version": self.version,
            "newest": self.newest,
            "preview": preview,
            "has_dimensions": segment is not None or Dimension.objects.filter(brand=brand).exists(),
            "data": {
                "facts": selectors.catalogue_rows(self.facts),
                "segments": selectors.segment_rows(brand, but=segment),
                "rule": self._rule("rule"),
                "stay": self._rule("stay"),
            },
        }
        return render(self.request, PAGE, context, status=status)

    def checked(self) -> HttpResponse:
        """The page with what is wrong, or, where all is right, with whom the rule takes."""
        is_right = self.form.is_valid() and (self.about is None or self.about.is_valid())
        preview = _preview(self.request, self.form, self.facts, self.segment)
        return self.shown(status=200 if is_right else 422, preview=preview)

    def _rule(self, name: str) -> dict[str, Any] | None:
        """A rule as the page's script takes it up; None for no rule at all."""
        if self.form.is_bound:
            draft = self.form.rule if name == "rule" else self.form.stay
            return None if draft is None else draft.to_dict(self.facts)
        text = str(self.form.initial.get(f"{name}_text", ""))
        return draft_of_text(text, self.facts).to_dict(self.facts) if text else None


def _preview(
    request: BrandRequest, form: RuleForm, facts: Catalogue, segment: Segment | None
) -> Shown:
    if segment is None:
        given = request.POST
        about = About(
            given.get("purpose", ""), given.get("primary_kpi", ""), bool(given.get("owner"))
        )
        named = Dimension.objects.filter(brand=request.brand, key=given.get("dimension", "")[:60])
        dimension = named.first()
    else:
        about, dimension = About.of(segment), None
    return shown(
        brand=request.brand,
        wanted=form.wanted,
        about=about,
        facts=facts,
        at=timezone.now(),
        segment=segment,
        dimension=dimension,
    )


def _saved(request: BrandRequest, version: SegmentVersion, *, is_new: bool) -> HttpResponse:
    if is_new:
        words = f"Version {version.number} was saved as a draft. No run uses it before somebody "
        messages.success(request, f"{words}activates it.")
    else:
        messages.info(request, f"Nothing has changed since version {version.number}.")
    return redirect("segmentation:version", request.brand.slug, version.segment.key, version.number)


def _named(request: BrandRequest) -> Segment | None:
    """The segment that a question is about; None for one that is being made."""
    key = request.POST.get("segment", "")
    return segment_or_404(request, key) if key else None


def _number(text: str | None) -> int | None:
    """A version's number out of an address; 0, which no version has, for what is none."""
    if text is None:
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else 0
