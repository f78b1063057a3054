"""What several pages of this app look for first, or answer 404."""

from __future__ import annotations

from django.http import Http404

from crm.permissions import BrandRequest
from segmentation.models import Segment
from segmentation.selectors.segments import find_segment


def segment_or_404(request: BrandRequest, key: str) -> Segment:
    """The brand's segment of this key, with what its pages say about it."""
    found = find_segment(request.brand, key)
    if found is None:
        msg = f"{request.brand} has no segment “{key}”."
        raise Http404(msg)
    return found
