"""The cell's pages for trying questions: the gallery of question types, and an item of the bank. Nothing that is tried is stored."""

import json
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from api.auth import BankStaff, EngineDep, Officer
from api.pages import language_of, page
from api.pages.question_words import question_words
from api.words import N_
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services import gallery, tryout
from assessment_engine.services.tryout import MOST_ATTEMPTS, Tryout

router = APIRouter(prefix="/cell/items", include_in_schema=False)

NAMES = {
    "choice": N_("Choosing one"),
    "choice-multiple": N_("Choosing several"),
    "inline-choice": N_("A choice in the text"),
    "text-entry": N_("A word or a number"),
    "extended-text": N_("A longer text"),
    "order": N_("Putting into order"),
    "associate": N_("Making pairs"),
    "match": N_("Matching two sets"),
    "gap-match": N_("Filling gaps"),
    "hottext": N_("Marking in a text"),
    "hotspot": N_("Places on a picture"),
    "graphic-order": N_("Order on a picture"),
    "graphic-associate": N_("Joining on a picture"),
    "graphic-gap-match": N_("Labelling a picture"),
    "select-point": N_("A point on a picture"),
    "position-object": N_("Placing on a picture"),
    "slider": N_("A slider"),
    "media": N_("Sound and film"),
    "upload": N_("Handing in a file"),
    "drawing": N_("Drawing"),
    "end-attempt": N_("Hints and further attempts"),
    "template": N_("Numbers of one’s own"),
    "mathml": N_("Formulas"),
    "stimulus": N_("A text for several questions"),
    "custom": N_("Custom interactions"),
}
_RESPONSE_SIZE = 8 * 1024 * 1024  # characters: files in a response are base64


class Attempts(BaseModel):
    """What the form of a question sends: the answer, the attempts before it, and which copy of the question was shown."""

    response: str = Field("", max_length=_RESPONSE_SIZE)
    attempts: str = Field("[]", max_length=_RESPONSE_SIZE)
    show: str = Field("en", max_length=8)
    drawn: int = 1

    def all(self) -> list[Json]:
        """Read the attempts, the newest last; raises Invalid."""
        try:
            known, newest = json.loads(self.attempts), json.loads(self.response) if self.response else None
        except ValueError as error:
            raise Invalid("the answer could not be read") from error
        if not isinstance(known, list):
            raise Invalid("the answer could not be read")
        return [*known[-MOST_ATTEMPTS:], newest]


AttemptsForm = Annotated[Attempts, Form()]


@router.get("/gallery")
def show_gallery(request: Request, actor: Officer, show: str = "") -> HTMLResponse:
    """Show a sample of every question type, live."""
    spoken = show or language_of(request)
    samples = gallery.gallery(actor, spoken)
    return page(request, "cell/gallery.html", samples=samples, names=NAMES, show=spoken, question_words=question_words())


@router.get("/gallery/media/{name}")
def sample_media(actor: Officer, name: str) -> Response:
    """Give a picture or a sound of a sample."""
    data, media_type = gallery.picture(name)
    return Response(data, media_type=media_type, headers={"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "sandbox"})


@router.get("/gallery/{name}")
def show_sample(request: Request, actor: Officer, name: str, show: str = "", drawn: int = 1) -> HTMLResponse:
    """Show one sample by itself; `drawn` chooses the numbers of one that draws its own."""
    tried = gallery.sample(actor, name, show or language_of(request), seed=drawn)
    return _sample(request, tried, name, drawn)


@router.post("/gallery/{name}/try")
def try_sample(request: Request, actor: Officer, name: str, given: AttemptsForm) -> HTMLResponse:
    """Say what the engine makes of an answer to a sample."""
    return _sample(request, gallery.sample(actor, name, given.show, given.all(), seed=given.drawn), name, given.drawn)


def _sample(request: Request, tried: Tryout, name: str, drawn: int) -> HTMLResponse:
    kind, draws = NAMES.get(name, name), name == "template"
    place = {"id": name, "address": f"/cell/items/gallery/{name}", "kind": kind, "drawn": drawn, "draws": draws}
    back = {"href": f"/cell/items/gallery?show={tried.lang}#try-{name}", "text": "gallery"}
    return page(request, "cell/tried.html", tried=tried, place=place, back=back, question_words=question_words())


@router.post("/{version_id}/try")
def try_item(request: Request, engine: EngineDep, actor: BankStaff, version_id: ItemVersionId, given: AttemptsForm) -> HTMLResponse:
    """Say what the engine makes of an answer to an item of the bank."""
    tried = tryout.try_version(engine, actor, version_id, given.show, given.all())
    place = {"id": version_id, "address": f"/cell/items/{version_id}", "kind": "", "drawn": 1, "draws": False}
    back = {"href": f"/cell/items/{version_id}?show={given.show}", "text": tried.title}
    return page(request, "cell/tried.html", tried=tried, place=place, back=back, question_words=question_words())
