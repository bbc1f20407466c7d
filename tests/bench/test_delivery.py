"""The short forms of `bench answers` and `bench start`: that they run, and that every speed stands beside what it was reached with."""

import pytest

from assessment_engine.bench import answers, start
from assessment_engine.bench.load import Reply, Request, percentile, request


def test_answers_reports_every_speed_with_what_was_lost() -> None:
    report = answers.run(short=True).as_json()

    figures = report["figures"]
    assert isinstance(figures, dict)
    assert figures["answers_lost"] == {"value": 0, "unit": "answers", "bar": "== 0"}
    assert figures["http_refused"]["value"] == 0
    assert figures["sqlite_speed_up"]["bar"] == ">= 5"
    assert {"fsync", "http_saved", "http_p99", "growth", "save_at_100"} <= set(figures)
    assert isinstance(report["runs"], list) and len(report["runs"]) == 3


def test_start_opens_every_sitting_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "RUNS", 1)  # each begins with a deployment of its own

    figures = start.run(short=True).as_json()["figures"]

    assert isinstance(figures, dict)
    assert figures["open"]["value"] == start.SHORT
    nothing = {figures[name]["value"] for name in ("errors", "second_sittings", "second_starts", "papers_that_stayed_shut")}
    assert nothing == {0}


def test_waiting_counts_from_when_a_request_was_due() -> None:
    replies = [Reply(due_s=1.0, status=200, took_s=0.5, body=b"")] * 100

    assert replies[0].at_s == 1.5
    assert percentile(replies, 99) == 500


def test_a_request_is_written_before_the_clock_starts() -> None:
    asked = Request(due_s=0.0, data=request("PUT", "/a", "secret", {"revision": 1}))

    head, _, body = asked.data.partition(b"\r\n\r\n")
    assert head.splitlines()[0] == b"PUT /a HTTP/1.1"
    assert b"Authorization: Bearer secret" in head
    assert b"Content-Length: %d" % len(body) in head
