"""The console's pages for writing a question: choose a kind, write it in its languages, look at it as a candidate, save it.

What a form means: services/authoring.py. What was sent: authoring_form.py. Words: authoring_words.py. The script: authoring_page.js.
"""

import base64
import json
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, needs
from api.pages import goto, language_of, page
from api.pages.authoring_form import PICTURE, AuthorsForm, changed_lines, draft_of, text, with_chosen_picture
from api.pages.authoring_words import BLOOM, DIFFICULTY, KINDS, LACKS, ORIGIN, label_of, problems_of
from api.pages.import_words import MEANINGS
from api.pages.question_words import question_words
from api.words import LANGUAGES
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Conflict, EditedMeanwhile, Invalid, NotFound
from assessment_engine.kernel.ids import BankId, ItemVersionId
from assessment_engine.people import WRITERS, Actor, Role
from assessment_engine.services import authoring, items, meanwhile
from assessment_engine.services.authoring import PENDING, Draft, Look
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from item_bank.authoring.fields import LINES, asked_of, begun, languages_of
from item_bank.authoring.lines import shown_lines
from item_bank.authoring.reading import Trouble
from item_bank.facts import MAX_LEVEL
from item_bank.items import ItemVersion

router = APIRouter(prefix="/cell/items", include_in_schema=False)

Writer = Annotated[Actor, Depends(needs(*WRITERS))]
SAVED = "saved_form"
"""A cookie that tells the form's script which form was saved, so that the words it kept are let go."""

THEIRS, MINE = "theirs", "mine"
"""What a button beside something that two changed begins with: whose is taken."""

_NO_BANK = Trouble(field="new_bank", code="missing", details={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a page of the form shows beside the draft itself."""

    address: str
    version: ItemVersion | None = None
    troubles: tuple[Trouble, ...] = ()
    more: tuple[str, int] = ("", 0)
    typed: bool = False
    status: int = 200


@router.get("/new")
def choose_kind(request: Request, actor: Writer) -> HTMLResponse:
    """Ask how the question is answered."""
    return page(request, "cell/authoring_kinds.html", kinds=KINDS)


@router.get("/new/{kind}")
def new_question(request: Request, engine: EngineDep, actor: Writer, kind: str) -> HTMLResponse:
    """Show an empty form for one kind."""
    if kind not in KINDS:
        raise NotFound("no such kind of question")
    values = {**begun(kind, authoring.LANGUAGES), "author": actor.name, "origin": "created"}
    return _form(request, engine, actor, Draft(values=values), _Shown(address=f"/cell/items/new/{kind}"))


@router.post("/new/{kind}")
def send_new(request: Request, engine: EngineDep, actor: Writer, kind: str, form: AuthorsForm) -> Response:
    """Save a new question, or do what another button of the form says."""
    return _sent(request, engine, actor, form, _Shown(address=f"/cell/items/new/{kind}", typed=True))


@router.get("/{version_id}/edit")
def edit(request: Request, engine: EngineDep, actor: Writer, version_id: ItemVersionId) -> Response:
    """Open an item in the form, or say why it cannot be, with the way to change it."""
    found = authoring.open_item(engine, actor, version_id)
    if found.version.id != version_id:
        return goto(f"/cell/items/{found.version.id}/edit")
    if found.lacks:
        _, rendered = items.previewed_item(engine, actor, version_id, language_of(request))
        lacks = {
            LACKS.get(lack.code, lack.message): [each.message for each in found.lacks if each.code == lack.code] for lack in found.lacks
        }
        words = question_words()
        return page(request, "cell/authoring_closed.html", version=found.version, rendered=rendered, lacks=lacks, question_words=words)
    draft = Draft(values=found.values, base=version_id)
    return _form(request, engine, actor, draft, _Shown(address=f"/cell/items/{version_id}/edit", version=found.version))


@router.post("/{version_id}/edit")
def send_edit(request: Request, engine: EngineDep, actor: Writer, version_id: ItemVersionId, form: AuthorsForm) -> Response:
    """Save the next version, or do what another button of the form says."""
    version = authoring.open_item(engine, actor, version_id).version
    return _sent(request, engine, actor, form, _Shown(address=f"/cell/items/{version_id}/edit", version=version, typed=True))


@router.post("/preview")
def preview(request: Request, engine: EngineDep, actor: Writer, form: AuthorsForm) -> HTMLResponse:
    """Answer with the question as a candidate would see it now. Nothing is stored."""
    draft = draft_of(form, named=True)
    look = _look(request, engine, actor, draft, form)
    return page(request, "cell/authoring_look.html", status=200, **_of_look(look, draft))


def _look(request: Request, engine: Engine, actor: Actor, draft: Draft, form: AuthorsForm | None) -> Look:
    lang = text(form, "look_lang") if form else ""
    try:
        response: Json = json.loads(text(form, "response_json")) if form and text(form, "response_json") else None
    except ValueError:
        response = None
    return authoring.look(engine, actor, draft, lang or language_of(request), response)


def _sent(request: Request, engine: Engine, actor: Actor, form: AuthorsForm, shown: _Shown) -> Response:
    do = text(form, "do")
    draft, troubles = with_chosen_picture(form, draft_of(form), asked=do == "picture")
    if do == "save" and not troubles:
        return _saved(request, engine, actor, form, draft, shown)
    whose, _, unit = do.partition(":")
    if whose in (THEIRS, MINE) and draft.since:
        draft, line, more = meanwhile.take(engine, actor, draft, unit, theirs=whose == THEIRS), "", 0
    else:
        draft, line, more = changed_lines(draft, do)
    return _form(request, engine, actor, draft, replace(shown, troubles=troubles, more=(line, more), status=422 if troubles else 200), form)


def _saved(request: Request, engine: Engine, actor: Actor, form: AuthorsForm, draft: Draft, shown: _Shown) -> Response:
    """Save what was sent, or show the form again with what keeps it from that."""
    found = authoring.look(engine, actor, draft, language_of(request))
    troubles = (*found.troubles, *(() if draft.base or _has_bank(engine, actor, draft) else (_NO_BANK,)))
    if troubles:
        return _form(request, engine, actor, draft, replace(shown, troubles=troubles, status=422), form)
    try:
        version = authoring.save(engine, actor, draft, None if draft.base else _bank(engine, actor, draft))
    except EditedMeanwhile:
        return _form(request, engine, actor, meanwhile.put_together(engine, actor, draft), replace(shown, status=409), form)
    except (Conflict, Invalid) as error:
        code = str(error.details.get("problem", ""))
        if code not in ("identifier_taken", "not_a_name"):
            raise
        trouble, status = Trouble(field="identifier", code=code, details={}), 409 if isinstance(error, Conflict) else 422
        return _form(request, engine, actor, draft, replace(shown, troubles=(trouble,), status=status), form)
    answer = goto(f"/cell/items/{version.id}", done="saved")
    answer.set_cookie(SAVED, text(form, "form_id")[:40], max_age=3600, path="/cell/items", samesite="lax")
    return answer


def _has_bank(engine: Engine, actor: Actor, draft: Draft) -> bool:
    """Tell whether a new question has a bank to go into, or may open one."""
    return bool(items.banks_of(engine, actor)) or bool(_new_bank(actor, draft))


def _new_bank(actor: Actor, draft: Draft) -> str:
    return draft.values.get("new_bank", "").strip() if Role.CELL_OFFICER in actor.roles else ""


def _bank(engine: Engine, actor: Actor, draft: Draft) -> BankId:
    """Return the bank that a new question goes into: the one that is chosen, else the first there is, else a new one."""
    banks = items.banks_of(engine, actor)
    if draft.values.get("bank"):
        return BankId(draft.values["bank"])
    return banks[0].id if banks else items.create_bank(engine, actor, _new_bank(actor, draft)).id


def _form(request: Request, engine: Engine, actor: Actor, draft: Draft, shown: _Shown, form: AuthorsForm | None = None) -> HTMLResponse:
    look = _look(request, engine, actor, draft, form)
    others = meanwhile.since(engine, actor, draft) if draft.since else None
    asked, (line, more) = asked_of(draft.values), shown.more
    alts = {name: text(form, name) for name in form if name.startswith("alt-")} if form else {}
    problems = problems_of(shown.troubles)
    return page(
        request,
        "cell/authoring.html",
        status=shown.status,
        address=shown.address,
        version=others.version if others else shown.version,
        draft=draft,
        fields={**draft.values, **(alts if problems else {})},
        problems=problems,
        asked=asked,
        kinds=KINDS,
        lines={name: shown_lines(draft.values, name, more if name == line else 0) for name in LINES[asked]},
        others=others,
        mine=json.dumps(draft.mine, ensure_ascii=False),
        typed_before=shown.typed,
        banks=[] if draft.base else items.banks_of(engine, actor),
        competencies=competencies(engine, actor),
        choices={"bloom": BLOOM, "difficulty": DIFFICULTY, "origin": ORIGIN},
        levels=range(1, MAX_LEVEL + 1),
        question_words=question_words(),
        picture_field=PICTURE,
        pictures={each.path: base64.b64encode(each.data).decode() for each in draft.pictures},
        types={each.path: each.media_type for each in draft.pictures},
        **_of_look(look, draft),
    )


def _of_look(look: Look, draft: Draft) -> dict[str, object]:
    """Return what the preview shows; pictures that are not saved yet are put into the page itself."""
    html = look.tried.html
    for each in draft.pictures:
        if each.data:
            html = html.replace(f"{PENDING}{each.path}", f"data:{each.media_type};base64,{base64.b64encode(each.data).decode()}")
    return {
        "look": look,
        "look_html": html,
        "look_subject": draft.values.get("subject", "").strip(),
        "doubts": problems_of(look.doubts),
        "missing": look.troubles,
        "look_problems": problems_of(look.troubles),
        "label_of": label_of,
        "meanings": MEANINGS,
        "languages": LANGUAGES,
        "langs": languages_of(draft.values),
    }
