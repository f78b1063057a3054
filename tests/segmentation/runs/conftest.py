"""A database for tests with threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A database whose commits other connections see, for tests with threads.

    Unlike Django's transactional tests it keeps the platforms and tiers that migrations made.
    """
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "TRUNCATE crm_brand, crm_creator, crm_user, crm_niche, segmentation_change, "
                    "segmentation_creatorfacts, segmentation_membership CASCADE"
                )
            connection.close()
