import os
import pytest
from django.db import connection
@pytest.mark.django_db
def test_db():
    with connection.cursor() as c:
        c.execute("select version(), current_database()")
        print(c.fetchone())
def test_plain(): pass
