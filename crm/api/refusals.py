"""What a service refuses, as a problem: its status, and where in the body it is put right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from crm.api.body import Body
from crm.api.problems import BadBody, Fault, Forbidden, Refused

# Conflicts although they name a field: the body was right, but somebody was quicker, it is being
# done just now, or it is done only once somebody says why.
CONFLICTS = frozenset({"outdated", "reason_needed", "under_way"})
# Another person may do it, whatever the body says: their own review, the requester of a check.
NOT_THEIRS = frozenset({"not_yours", "not_the_author", "own_request"})


def problem(
    no: Exception, body: Body | None = None, *, places: Mapping[str, str] | None = None
) -> BadBody | Refused:
    """400 with the place of what can be put right in the body, 403 where it is for somebody else.

    Everything else is a conflict: 409.

    no      a service's refusal: its `field` is a member of the body, or leads into one
            (criteria/0/key); its `code` says what is wrong, "refused" where nothing more is known
    body    what was asked; None: there was no body
    places  where in the body a field stands that the service calls otherwise: {"on": "/due_on"}
    """
    code = getattr(no, "code", "refused")
    if code in NOT_THEIRS:
        return Forbidden(no, code=code)
    part, slash, rest = getattr(no, "field", "").partition("/")
    at = (places or {}).get(part, f"/{part}") + slash + rest
    if body is None or at.split("/")[1] not in body.fields or code in CONFLICTS:
        return Refused(no, code=code)
    return BadBody([Fault(at, "invalid" if code == "refused" else code, str(no))])


@contextmanager
def refusals(
    *kinds: type[Exception], body: Body | None = None, places: Mapping[str, str] | None = None
) -> Iterator[None]:
    """While a service is called: `kinds` become a `problem`, what is not there a 404.

    Also what somebody else has just taken away, after it was found and before it was locked.
    """
    try:
        yield
    except ObjectDoesNotExist:
        raise Http404 from None
    except kinds as no:
        raise problem(no, body, places=places) from no
