"""Browsers and programs for tests of api: a client who signed in as somebody, with the CSRF token their pages carry."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from httpx import Response

from assessment_engine.people import Actor
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from tests.api.client import TestClient


@dataclass(frozen=True, kw_only=True)
class Browser:
    """A browser with a session cookie; it sends forms as our pages do."""

    client: TestClient
    csrf: str

    def get(self, path: str) -> Response:
        answer: Response = self.client.get(path, follow_redirects=False)
        return answer

    def send(self, path: str, **form: Any) -> Response:
        answer: Response = self.client.post(path, data={"_csrf": self.csrf, **form}, follow_redirects=False)
        return answer


def a_browser(app: FastAPI, engine: Engine, actor: Actor) -> Browser:
    """A browser in which this person signed in."""
    signed = people.open_session(engine, actor.person_id)
    return Browser(client=TestClient(app, cookies={"session": signed.token}), csrf=signed.csrf)


def a_program(app: FastAPI, engine: Engine, actor: Actor) -> TestClient:
    """A program with a bearer token of this person."""
    signed = people.open_session(engine, actor.person_id)
    return TestClient(app, headers={"Authorization": f"Bearer {signed.token}"}, follow_redirects=False)
