"""What a service refuses, as a problem."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from crm.api.body import Body
from crm.api.problems import BadBody, Fault, Refused


def problem(no: Exception, body: Body | None) -> BadBody | Refused:
    """What can be put right in the body names its place; everything else is a conflict.

    The refusal's `field` is a member of the body, or leads into one: criteria/0/key.
    """
    field, code = getattr(no, "field", ""), getattr(no, "code", "refused")
    if body is not None and field.partition("/")[0] in body.fields and code != "outdated":
        return BadBody([Fault(f"/{field}", "invalid" if code == "refused" else code, str(no))])
    return Refused(no, code=code)


@contextmanager
def refusals(*kinds: type[Exception], body: Body | None = None) -> Iterator[None]:
    """While a service is called: `kinds` become a `problem`, what is not there a 404."""
    try:
        yield
    except ObjectDoesNotExist:
        raise Http404 from None
    except kinds as no:
        raise problem(no, body) from no
