"""Services called for the API: what is not there is 404, what is refused names its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from campaigns.api.campaigns import problem
from campaigns.services.keywords.keeping import KeywordsRefused
from campaigns.services.refusals import CampaignRefused
from campaigns.services.series.keeping import SeriesRefused
from crm.api.body import Body


@contextmanager
def telling(body: Body | None = None, **places: str) -> Iterator[None]:
    """Within it a service is called with what `body` says.

    `places` says where in the body a field stands that the service calls otherwise. Raises Http404,
    BadBody where something can be put right in the body, and Refused.
    """
    try:
        yield
    except ObjectDoesNotExist as gone:
        raise Http404 from gone
    except (CampaignRefused, KeywordsRefused, SeriesRefused) as refusal:
        raise problem(refusal, body or Body(), **places) from refusal
