"""Servers that restart, stay away or are full, and processes that are killed."""

from __future__ import annotations

import os
import shelve
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from psycopg.types.json import Jsonb

from tests.faults import EACH_SECOND
from tests.faults.product import Answer, Product

pytestmark = pytest.mark.slow
PROBLEM = "application/problem+json"
DAYS = {"first_on": "2026-11-01", "last_on": "2026-11-22", "currency": "EUR"}
REPORTS = "attribution-reports/"
# Read by the worker that computes a report, and by nobody who asks for one.
READ_BY_WORKER = "campaigns_conversion"
WRITTEN_BY_WEB = "segmentation_attributionreport"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    place: Path = tmp_path_factory.mktemp("product")
    started = Product.start(place)
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def _all_is_well(product: Product) -> None:
    """Each test begins with everything there and nothing asked for."""
    product.wait_until(product.is_well, "all is well")
    product.wait_until(product.takes_tasks, "the worker takes tasks")
    product.sql("DELETE FROM segmentation_attributionreport")
    product.sql("DELETE FROM crm_promisedtask")


@contextmanager
def locked(product: Product, table: str) -> Iterator[None]:
    """Whoever wants the table waits."""
    other = psycopg.connect(product.postgres.url)
    other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.close()


def waiters(product: Product, table: str) -> list[int]:
    rows = product.sql(
        "SELECT pid FROM pg_locks WHERE relation = %s::regclass AND NOT granted", table
    )
    return [pid for (pid,) in rows]


def report(product: Product) -> tuple[str, int]:
    """The status of the only report, and how often it was begun."""
    rows = product.sql("SELECT status, attempts FROM segmentation_attributionreport")
    return rows[0][0], rows[0][1]


def statuses(product: Product) -> list[str]:
    """Of all reports, the first one that was asked for first."""
    rows = product.sql("SELECT status FROM segmentation_attributionreport ORDER BY id")
    return [status for (status,) in rows]


def is_done(product: Product) -> bool:
    return report(product)[0] == "done"


def send_task(product: Product, name: str) -> None:
    """As beat would."""
    Celery("beat", broker=product.valkey.url, set_as_current=False).send_task(name)


def is_sent_by_beat(product: Product) -> bool:
    """Beat comes again: the first round may meet a connection that died with the broker."""
    send_task(product, "crm.tasks.send_promised")
    until = time.monotonic() + 5
    while not is_done(product) and time.monotonic() < until:
        time.sleep(0.1)
    return is_done(product)


class InFlight:
    """A request that is being answered."""

    def __init__(self, product: Product) -> None:
        self.answer: Answer | None = None
        self.product = product
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self) -> None:
        self.answer = self.product.rest(REPORTS, DAYS)

    def end(self) -> Answer:
        self.thread.join(60)
        assert self.answer is not None
        return self.answer


def test_a_database_that_restarts_is_found_again_by_everybody(product: Product) -> None:
    assert product.rest("creators/").status == 200
    with locked(product, READ_BY_WORKER):
        assert product.rest(REPORTS, DAYS).status == 202
        product.wait_until(lambda: waiters(product, READ_BY_WORKER), "the worker is in the middle")
        product.stop_postgres()
        product.start_postgres()
    # Connections that were idle are dead now: nobody is told.
    assert product.rest("creators/").status == 200
    product.wait_until(lambda: is_done(product), "the task came again")
    assert report(product) == ("done", 2)


def test_while_the_database_is_away_everybody_is_told_so(product: Product) -> None:
    product.stop_postgres()
    try:
        assert (product.get("/healthz").status, product.get("/healthz").body) == (200, "ok")
        ready = product.get("/readyz")
        assert (ready.status, ready.json()) == (503, {"missing": ["database"]})
        assert ready.seconds < 5

        page = product.get("/apply/acme/")
        assert (page.status, page.headers["Retry-After"]) == (503, "10")
        assert "<h1>Rapport cannot answer this moment</h1>" in page.body
        assert page.headers["X-Request-ID"]

        for answer in (product.rest("creators/"), product.rest(REPORTS, DAYS)):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
            assert answer.headers["Content-Type"] == PROBLEM
            problem = answer.json()
            assert (problem["status"], problem["title"]) == (503, "Service Unavailable")
            assert problem["detail"].startswith("A part that it needs is starting again or away.")
    finally:
        product.start_postgres()
    product.wait_until(lambda: product.rest("creators/").status == 200, "it answers again", 15)
    assert product.sql("SELECT count(*) FROM segmentation_attributionreport") == [(0,)]


def test_a_request_whose_connection_is_cut_is_told_so_and_leaves_nothing(product: Product) -> None:
    with locked(product, WRITTEN_BY_WEB):
        asked = InFlight(product)
        product.wait_until(lambda: waiters(product, WRITTEN_BY_WEB), "the request is in the middle")
        # A task of beat may have come to the same table meanwhile.
        for pid in waiters(product, WRITTEN_BY_WEB):
            product.sql("SELECT pg_terminate_backend(%s)", pid)
        answer = asked.end()
    assert (answer.status, answer.headers["Content-Type"]) == (503, PROBLEM)
    assert product.sql("SELECT count(*) FROM segmentation_attributionreport") == [(0,)]
    assert product.rest("creators/").status == 200


@pytest.mark.parametrize("fault", [Product.stopped_valkey, Product.full_valkey])
def test_without_the_broker_pages_work_and_tasks_wait(
    product: Product, fault: Callable[[Product], AbstractContextManager[None]]
) -> None:
    with fault(product):
        ready = product.get("/readyz")
        assert (ready.status, ready.json()) == (200, {"missing": ["broker"]})
        assert product.rest("creators/").status == 200, "requests go uncounted"
        asked = product.rest(REPORTS, DAYS)
        assert asked.status == 202
        assert asked.seconds < 5
        assert product.sql("SELECT task FROM crm_promisedtask") == [
            ("segmentation.tasks.compute_attribution",)
        ]
    assert report(product) == ("queued", 0)
    product.sql("UPDATE crm_promisedtask SET promised_at = promised_at - interval '1 minute'")
    product.wait_until(lambda: is_sent_by_beat(product), "the worker got the task")
    assert report(product) == ("done", 1)
    assert product.sql("SELECT count(*) FROM crm_promisedtask") == [(0,)]


def test_a_worker_that_starts_while_the_broker_is_full_waits_for_room(product: Product) -> None:
    assert product.worker is not None
    product.worker.stop()
    with product.full_valkey():
        product.start_worker()
        product.wait_until(
            lambda: "Trying to reconnect" in product.worker.log_tail(), "it is refused"
        )
    assert product.rest(REPORTS, DAYS).status == 202
    product.wait_until(lambda: is_done(product), "it took the task")


def kill_process(product: Product) -> None:
    """The process of the pool that has the task, as when memory runs out; Celery starts another."""
    assert product.worker is not None
    worker = product.worker.process.pid
    (busy,) = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    os.kill(int(busy), signal.SIGKILL)


def kill_worker(product: Product) -> None:
    """All of it, as when the machine goes down."""
    assert product.worker is not None
    os.killpg(product.worker.process.pid, signal.SIGKILL)
    product.worker.process.wait()
    product.start_worker()


@pytest.mark.parametrize("kill", [kill_process, kill_worker])
def test_a_task_whose_worker_is_killed_is_done_once_by_another(
    product: Product, kill: Callable[[Product], None]
) -> None:
    with locked(product, READ_BY_WORKER):
        assert product.rest(REPORTS, DAYS).status == 202
        product.wait_until(lambda: waiters(product, READ_BY_WORKER), "the worker is in the middle")
        before = waiters(product, READ_BY_WORKER)
        kill(product)
        product.wait_until(
            lambda: waiters(product, READ_BY_WORKER) != before, "the database has noticed it"
        )
    # As after a minute; a sweep that comes twice does no harm.
    product.sql(
        "UPDATE segmentation_attributionreport SET requested_at = requested_at - interval '2 min'"
    )
    for _ in range(2):
        send_task(product, "segmentation.tasks.take_up_errands")
    product.wait_until(lambda: is_done(product), "it is done")
    # One that was begun and finds that another has it leaves it: begun so often, done once.
    assert report(product)[1] in {2, 3}
    computed = "SELECT computed_at, digest FROM segmentation_attributionreport ORDER BY id"
    done = product.sql(computed)
    send_task(product, "segmentation.tasks.take_up_errands")
    assert product.rest(REPORTS, DAYS).status == 202
    product.wait_until(lambda: statuses(product) == ["done", "done"], "the one after it is done")
    after = product.sql(
        "SELECT computed_at, digest FROM segmentation_attributionreport ORDER BY id"
    )
    assert after[:1] == done


def lose_message(product: Product) -> None:
    """The only report is as if it had been asked for a while ago and its message had got lost."""
    [(row,)] = product.sql(
        "DELETE FROM segmentation_attributionreport AS report RETURNING to_jsonb(report)"
    )
    row |= {"status": "queued", "attempts": 0, "digest": "", "computed_at": None, "as_of": None}
    row["requested_at"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    product.sql(
        "INSERT INTO segmentation_attributionreport"
        " SELECT * FROM jsonb_populate_record(NULL::segmentation_attributionreport, %s)",
        Jsonb(row),
    )


def test_a_beat_that_is_killed_goes_on_where_it_was(product: Product) -> None:
    assert product.rest(REPORTS, DAYS).status == 202
    product.wait_until(lambda: is_done(product), "it is done")
    remembered = []
    for _ in range(2):
        lose_message(product)
        time.sleep(2)
        assert report(product) == ("queued", 0), "nobody else takes it up"
        product.start_beat()
        product.wait_until(lambda: is_done(product), "beat came, and the worker did it")
        assert report(product) == ("done", 1)
        product.kill_beat()
        assert product.beat is not None
        sent = product.beat.log.read_text().count(f"Sending due task {EACH_SECOND}")
        with shelve.open(str(product.schedule), "r") as kept:  # noqa: S301 - ours
            remembered.append(kept["entries"][EACH_SECOND].total_run_count)
        # It may have been killed between sending and writing.
        assert 0 <= sent - (remembered[-1] - sum(remembered[:-1])) <= 1
    assert remembered[1] > remembered[0] > 0


def test_what_is_asked_to_stop_ends_what_it_is_at(product: Product) -> None:
    assert product.worker is not None
    assert product.web is not None
    with locked(product, READ_BY_WORKER):
        assert product.rest(REPORTS, DAYS).status == 202
        product.wait_until(lambda: waiters(product, READ_BY_WORKER), "the worker is in the middle")
        product.worker.process.send_signal(signal.SIGTERM)
        with locked(product, WRITTEN_BY_WEB):
            asked = InFlight(product)
            product.wait_until(
                lambda: waiters(product, WRITTEN_BY_WEB), "the request is in the middle"
            )
            product.web.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        assert asked.end().status == 202
    assert (product.web.process.wait(30), product.worker.process.wait(30)) == (0, 0)
    assert statuses(product)[0] == "done"
    product.start_web()
    product.start_worker()
