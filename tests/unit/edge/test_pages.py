"""Health, readiness, metrics, and what is no page at all."""

import asyncio
import threading

import pytest
from edge_hand import Server
from edge_payloads import CLICK, FORM, form
from pydantic import SecretStr
from slack_bolt import App

from bot.edge import Problem, create_edge
from bot.edge.readiness import Readiness


def test_the_process_says_that_it_lives(server: Server) -> None:
    """Health asks nothing else."""
    server.problems["database"] = Problem("gone")
    assert server.client.get("/healthz").status_code == 200


def test_readiness_is_200_when_all_is_well(server: Server) -> None:
    """Nothing is named."""
    answer = server.client.get("/readyz")
    assert (answer.status_code, answer.json()["not_well"]) == (200, [])


def test_readiness_names_what_is_not_well_and_keeps_the_reason_for_the_log(server: Server) -> None:
    """A reason may hold an address with a password, so neither the answer nor the log shows that."""
    server.problems["outbox"] = Problem("no answer from postgresql://app:hunter22@db/prompts")
    answer = server.client.get("/readyz")
    assert (answer.status_code, answer.json()["not_well"]) == (503, ["outbox"])
    assert "no answer from" not in answer.text
    assert "no answer from postgresql://[withheld]@db" in server.logged.getvalue()
    server.problems["outbox"] = None
    assert server.client.get("/readyz").status_code == 200


def test_readiness_that_cannot_be_asked_is_not_ready() -> None:
    """A question that raises is an answer: not ready."""

    def ask() -> dict[str, Problem | None]:
        raise OSError("gone")

    readiness = Readiness(ask)
    assert asyncio.run(readiness.not_well()) == ["readiness"]
    readiness.close()


def test_readiness_that_hangs_is_not_ready_and_is_asked_once() -> None:
    """A database that does not answer costs one thread, however often somebody looks."""
    release = threading.Event()
    asked: list[int] = []

    def ask() -> dict[str, Problem | None]:
        asked.append(1)
        release.wait(10)
        return {}

    async def look() -> list[list[str]]:
        found = [await readiness.not_well() for _ in range(3)]
        release.set()
        return [*found, await readiness.not_well()]

    readiness = Readiness(ask, seconds=0.05)
    assert asyncio.run(look()) == [["readiness"]] * 3 + [[]]
    assert len(asked) == 1
    readiness.close()


def test_metrics_count_requests_and_refusals(server: Server) -> None:
    """By outcome and by reason, with how long an answer took."""
    server.signed(form(CLICK), kind=FORM)
    server.post(b"{}")
    text = server.client.get("/metrics").text
    assert 'prompt_change_requests_total{kind="block_actions",outcome="answered"}' in text
    assert 'prompt_change_edge_refusals_total{reason="timestamp"}' in text
    assert "prompt_change_request_seconds_bucket" in text


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/", "/healthz/x", "/docs", "/%00"])
def test_anything_else_is_404(server: Server, path: str) -> None:
    """There are four pages."""
    assert server.client.get(path).status_code == 404
    assert server.client.post(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/slack/events", "POST"),
        ("PUT", "/slack/events", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/readyz", "GET, HEAD"),
        ("POST", "/metrics", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405(server: Server, method: str, path: str, allow: str) -> None:
    """It says which is right."""
    answer = server.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


def test_a_secret_that_is_empty_is_refused() -> None:
    """With an empty secret anybody could sign."""
    app = App(authorize=lambda: None, request_verification_enabled=False)
    with pytest.raises(ValueError, match="empty"):
        create_edge(app, signing_secret=SecretStr(""), readiness=dict)
