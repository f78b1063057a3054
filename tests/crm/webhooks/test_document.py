"""The program in the document checks a real call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crm.services.webhooks import again, keeping
from crm.services.webhooks.keeping import Wanted
from tests.crm.webhooks.receiver import deliver
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


def test_the_verifier_works(brand, admin_user, receiver):
    [program] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    there: dict[str, object] = {}
    exec(program, there)  # noqa: S102 - our own document
    verify = there["verify"]
    wanted = Wanted("W", receiver.url, ("*",))
    webhook, old = keeping.create(brand=brand, wanted=wanted, actor=admin_user, at=NOW)
    _, new = keeping.rotate(webhook=webhook, grace_hours=1, actor=admin_user, at=NOW)
    again.ping(webhook=webhook, at=NOW)
    deliver(NOW)
    call, sent = receiver.calls[-1], NOW.timestamp()
    for secret in (old, new):
        assert verify(secret, call.headers, call.body, now=sent)
        assert not verify(secret, call.headers, call.body + b" ", now=sent)
        assert not verify(secret, call.headers, call.body, now=sent + 301)
        assert not verify(secret, call.headers | {"webhook-id": "x"}, call.body, now=sent)
    assert not verify("whsec_AAAA", call.headers, call.body, now=sent)
