"""The candidate's response sheet: a page for people as PDF, and the same as JSON for `assessment-engine receipts verify`."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.auth import Candidate, EngineDep
from api.pages import language_of
from api.paths import SittingPath
from api.words import N_, Words, words
from assessment_engine.delivery.late import LateState
from assessment_engine.delivery.response_sheet import PageWords, ResponseSheet, sheet_document, sheet_source
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.services.response_sheets import response_sheet

router = APIRouter(prefix="/candidate/sittings/{sitting_id}", include_in_schema=False)

_UNSEALED = N_("Answers so far. The exam is not handed in yet, so there is no seal; each answer has its receipt all the same.")
_SEALED = N_("The seal names exactly these answers: nobody can add, change or remove one unnoticed.")
_LATE_OPEN = N_("Answers that came late and are not decided yet are not in this list.")
_CHECK = N_(
    "Under each answer is the signature of its receipt. Download the sheet as a file for computers as well: "
    "with it, anybody can check every signature without us, with the command: assessment-engine receipts verify"
)
_KEY = N_("The public key below is published at %(address)s.")


@router.get("/response-sheet.json")
def as_json(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Give the sheet as a file that can be checked without us; before the end too, without a seal."""
    sheet = response_sheet(engine, actor, sitting_id, language_of(request))
    data = json.dumps(sheet_document(sheet, engine.signer.receipts), ensure_ascii=False, indent=1)
    return _file(data.encode(), "application/json", f"response-sheet-{sitting_id}.json")


@router.get("/response-sheet.pdf")
def as_pdf(request: Request, engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> Response:
    """Give the sheet as a page to read and to print, in the candidate's language."""
    lang = language_of(request)
    sheet = response_sheet(engine, actor, sitting_id, lang)
    said = _words(sheet, words(lang), engine.public_url)
    data = engine.typesetter.pdf(sheet_source(sheet, said, engine.signer.receipts))
    return _file(data, "application/pdf", f"response-sheet-{sitting_id}.pdf")


def _file(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _words(sheet: ResponseSheet, said: Words, public_url: str) -> PageWords:
    address = f"{public_url.partition('://')[2]}/api/v1/keys"
    undecided = any(one.state in (LateState.OPEN, LateState.AWAITING_SECOND) for one in sheet.late)
    return PageWords(
        lang=said.lang,
        title=said.gettext("Response sheet"),
        columns=(said.gettext("No."), said.gettext("Question and your answer"), said.gettext("Saved")),
        facts=_facts(sheet, said),
        note=" ".join(said.gettext(text) for text in (_SEALED if sheet.seals else _UNSEALED, *((_LATE_OPEN,) if undecided else ()))),
        after=(said.gettext(_CHECK), said.gettext(_KEY) % {"address": address}),
        nothing=said.gettext("No answer"),
        late=said.gettext("(came late, accepted)"),
        saved={one.answer.receipt.signature: said.moment(parse_iso(one.answer.receipt.server_time)) for one in sheet.answers}
        | {one.late.signature: said.moment(one.late.received_at) for one in sheet.late},
    )


def _facts(sheet: ResponseSheet, said: Words) -> tuple[tuple[str, str], ...]:
    sealed = (
        []
        if not sheet.seals
        else [
            (said.gettext("Handed in"), said.moment(sheet.seals[0].sealed_at)),
            (said.gettext("Seal"), sheet.seals[-1].ledger_sha256),
        ]
    )
    return (
        (said.gettext("Candidate"), sheet.candidate),
        (said.gettext("Sitting"), sheet.sitting_id),
        (said.gettext("Questions answered"), f"{len(sheet.counting)} / {sheet.questions}"),
        (said.gettext("As of"), said.moment(sheet.made_at)),
        *sealed,
    )
