"""The cache that counts in one round trip: against a Valkey of its own."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.test.utils import override_settings

from config.devstack.servers import new_data_folder, start_valkey
from config.settings.addresses import cache


@pytest.fixture
def counter(tmp_path):
    server = start_valkey(data=new_data_folder(tmp_path / "valkey"), log=tmp_path / "valkey.log")
    try:
        with override_settings(CACHES={"default": cache(server.url)}):
            yield caches["default"]
    finally:
        server.child.stop()


def test_what_was_not_begun_is_neither_counted_nor_begun(counter):
    with pytest.raises(ValueError, match="not found"):
        counter.incr("a")
    assert not counter.has_key("a")


def test_it_counts_and_the_end_stays(counter):
    counter.add("a", 0, timeout=60)
    assert [counter.incr("a"), counter.incr("a", 4), counter.decr("a", 2)] == [1, 5, 3]
    assert counter.get("a") == 3
    client = counter._cache.get_client()
    assert 0 < client.ttl(counter.make_key("a")) <= 60


def test_a_count_is_one_round_trip(counter):
    counter.add("a", 0, timeout=60)
    client = counter._cache.get_client()
    counter.incr("a")
    calls = {name: one["calls"] for name, one in client.info("commandstats").items()}
    # EXISTS and INCRBY are called by the script.
    assert (calls["cmdstat_eval"], calls["cmdstat_exists"], calls["cmdstat_incrby"]) == (1, 1, 1)


def test_a_connection_that_was_closed_while_it_rested_is_made_anew(counter):
    counter.add("a", 0, timeout=60)
    client = counter._cache.get_client()
    client.client_kill_filter(_id=client.client_id(), skipme=False)
    assert counter.incr("a") == 1
