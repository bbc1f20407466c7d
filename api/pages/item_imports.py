"""The cell's page for importing items: files come in, a report comes out. All files or none; a check changes nothing.

What is decided: services/item_imports.py. How findings are put together: findings.py.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from api.auth import EngineDep, Officer
from api.bounds import LARGEST_BODY
from api.pages import goto, page
from api.pages.findings import grouped
from api.pages.import_words import MEANINGS
from assessment_engine.kernel.errors import Invalid, TooLarge
from assessment_engine.kernel.ids import BankId, CompetencyId
from assessment_engine.people import Actor
from assessment_engine.services import items
from assessment_engine.services.competency import competencies
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.imports import ImportReport

router = APIRouter(prefix="/cell/items/import", include_in_schema=False)

MAX_FILES = 400
MAX_ITEMS = 1000
"""Items of one import on the page, which waits for it; more go by the console."""

MAX_SHOWN = 200


@router.get("")
def ask_for_files(request: Request, engine: EngineDep, actor: Officer) -> HTMLResponse:
    """Ask for QTI files."""
    return _form(request, engine, actor, ImportRules())


@router.post("")
def import_files(
    request: Request,
    engine: EngineDep,
    actor: Officer,
    files: Annotated[list[UploadFile] | None, File()] = None,
    bank: Annotated[str, Form()] = "",
    new_bank: Annotated[str, Form(max_length=200)] = "",
    competency: Annotated[str, Form()] = "",
    level: Annotated[str, Form(max_length=1)] = "",
    reading: Annotated[Literal["strict", "lenient"], Form()] = "strict",
    check_only: Annotated[bool, Form()] = False,
) -> Response:
    """Import everything or nothing; what is wrong is said with file, line, element, clause and what to do."""
    rules = ImportRules(
        bank_id=BankId(bank) if bank else None,
        new_bank=new_bank,
        lenient=reading == "lenient",
        dry_run=check_only,
        competency_id=CompetencyId(competency) if competency else None,
        level=int(level) if level.isdecimal() else None,
        most=MAX_ITEMS,
    )
    try:
        source = from_files(_named(files or []))
        found = import_package(engine, actor, source, rules)
    except (Invalid, TooLarge) as error:
        return _form(request, engine, actor, rules, problem=error.message)
    if found.imported and not found.problems:
        return goto("/cell/items?state=draft", done="imported")
    return _form(request, engine, actor, rules, found=found)


def _named(files: list[UploadFile]) -> Mapping[str, bytes]:
    chosen = [file for file in files if file.filename]
    if len(chosen) > MAX_FILES:
        raise TooLarge(f"at most {MAX_FILES} files at once")
    named = {str(file.filename): file.file.read() for file in chosen}
    if len(named) < len(chosen):
        raise Invalid("two of the files have the same name")
    return named


def _form(
    request: Request, engine: Engine, actor: Actor, asked: ImportRules, *, problem: str = "", found: ImportReport | None = None
) -> HTMLResponse:
    banks, skills = items.banks_of(engine, actor), competencies(engine, actor)
    groups = grouped(found.problems) if found else []
    return page(
        request,
        "cell/item_import.html",
        status=422 if problem or (found and found.refused) else 200,
        banks=banks,
        competencies=skills,
        problem=problem,
        asked=asked,
        found=found,
        groups=groups,
        wrong=sum(each.count for each in groups if each.wrong),
        shown=found.items[:MAX_SHOWN] if found else (),
        needs={code: meaning for code, (meaning, _) in MEANINGS.items()},
        largest_mib=LARGEST_BODY // 2**20,
    )
