"""What is done with conversations over REST; no mail leaves by it."""

from __future__ import annotations

import pytest

from crm.models import AuditEntry, ContactPoint, Message
from tests.crm.mail.test_api import received
from tests.crm.mail.world import creator_of, mailbox_of
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


def test_whose_it_is_and_that_it_is_done(brand, other_brand, manager, admin_user, outsider):
    box, mia = mailbox_of(brand), creator_of(brand)
    thread = received(box, sender="who@example.org", message_id="<w@example.org>").thread
    rest, path = rest_as(manager, brand), f"threads/{thread.pk}"
    assert_problem(rest.send("POST", f"{path}:reopen"), 409, "refused")
    assert rest.send("POST", f"{path}:aside").json()["set_aside_at"] is not None
    body = {"creator": str(mia.creator.uid)}
    assigned = rest.send("POST", f"{path}:assign", body).json()
    assert (assigned["relationship"], assigned["set_aside_at"]) == (mia.pk, None)
    assert ContactPoint.objects.filter(creator=mia.creator, value="who@example.org").exists()
    assert_problem(rest.send("POST", f"{path}:aside"), 409, "refused")
    assert rest.send("POST", f"{path}:done").json()["reply_waiting_since"] is None
    waiting = rest.send("POST", f"{path}:reopen").json()["reply_waiting_since"]
    assert waiting == rest.json(f"{path}/")["reply_waiting_since"] is not None
    entries = AuditEntry.objects.count()
    for wrong, code in (({}, "required"), ({"creator": str(outsider.pk)}, "invalid")):
        assert_problem(rest.send("POST", f"{path}:assign", wrong), 400, code)
    own = mailbox_of(brand, owner=admin_user, address="admin@acme.example")
    private = received(own, sender="mum@example.org", message_id="<m@example.org>").thread
    for verb in ("assign", "aside", "done", "reopen"):
        assert_problem(rest.send("POST", f"threads/{private.pk}:{verb}", body), 404)
        elsewhere = rest_as(outsider, other_brand)
        assert_problem(elsewhere.send("POST", f"{path}:{verb}", body), 404)
    assert AuditEntry.objects.count() == entries
    assert set(Message.objects.values_list("direction", flat=True)) == {"in"}
