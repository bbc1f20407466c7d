"""Log-in for clients that are not pages: a bearer token for a password."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from api.auth import EngineDep, KnownDep, same_origin
from api.live_sessions import live_sessions_of
from api.routes import examples
from assessment_engine.services import people
from assessment_engine.services.people import SignedIn

router = APIRouter(prefix="/api/v1", tags=["login"])


class LoginRequest(BaseModel):
    """A log-in and its password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "asha", "password": "a long secret"}]})

    login: Annotated[str, Field(max_length=120)]
    password: Annotated[str, Field(max_length=1024)]


class LoginAnswer(BaseModel):
    """The token for `Authorization: Bearer`, and until when it works."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LOGGED_IN]})

    token: str
    expires_at: datetime
    name: str
    roles: list[str]


@router.post("/login", dependencies=[Depends(same_origin)])
def login(request: Request, engine: EngineDep, body: LoginRequest) -> LoginAnswer:
    """Sign in; 401 `not_signed_in` when either is wrong, 429 `too_many_tries` after ten wrong ones."""
    with request.app.state.login_gate.a_try(body.login, request):
        signed = people.sign_in(engine, body.login, body.password)
    return _answer(signed)


class PasswordRequest(BaseModel):
    """A password of one's own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "a long secret"}]})

    password: Annotated[str, Field(max_length=1024)]


@router.post("/password")
def choose_password(request: Request, engine: EngineDep, signed: KnownDep, body: PasswordRequest) -> LoginAnswer:
    """Choose one's own password after 403 `password_must_change`; every session ends and the new token goes on."""
    chosen = people.choose_password(engine, signed.token, body.password)
    live_sessions_of(request).forget()
    return _answer(chosen)


def _answer(signed: SignedIn) -> LoginAnswer:
    return LoginAnswer(token=signed.token, expires_at=signed.expires_at, name=signed.person.name, roles=sorted(signed.actor.roles))


@router.post("/logout", status_code=204)
def logout(request: Request, engine: EngineDep, signed: KnownDep) -> None:
    """End the session of the token."""
    people.sign_out(engine, signed.token)
    live_sessions_of(request).forget()
