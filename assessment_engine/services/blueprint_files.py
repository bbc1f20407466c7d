"""A blueprint and a pool from files, for the console: what is asked, what there is, and one paper drawn from a seed. Nothing is kept."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import BlueprintCannotBeMet, UnreadableFile
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.blueprints import Blueprint, Drawing, DrawnSection, Survey, blueprint_of, counts_of, pool_of, survey
from item_bank.forms import document_of, form_digest


def assemble(blueprint_file: Path, pool_file: Path, seed: str, on: date) -> dict[str, Json]:
    """Return the assembly report: `met`, the rows, what is left out, and the paper with its counts where there is one.

    Raises UnreadableFile or Invalid for files that are no blueprint or no pool.
    """
    blueprint = blueprint_of(_json(blueprint_file))
    pool = pool_of(_text(pool_file))
    found = survey(blueprint, pool, on)
    usable, _ = pool.usable(blueprint.languages, on)
    try:
        paper, refusal = Drawing(blueprint, usable).draw(seed), None
    except BlueprintCannotBeMet as error:
        paper, refusal = (), error
    return {
        "met": refusal is None,
        "blueprint_sha256": blueprint.sha256,
        "pool": {"sha256": pool.sha256, "items": len(pool.items), "usable": found.usable, "left_out": _left_out(found)},
        "on": on.isoformat(),
        "seed": seed,
        "asked": found.asked,
        "rows": _rows(blueprint, found),
        "problem": None if refusal is None else {"code": refusal.code, "message": refusal.message, **refusal.details},
        "form": _form(paper) if paper else None,
        "counts": counts_of(item for part in paper for item in part.items).document if paper else None,
    }


def _left_out(found: Survey) -> dict[str, Json]:
    reasons: dict[str, Json] = {str(reason): number for reason, number in sorted(found.left_out.items())}
    return reasons | ({"torn_passages": found.torn} if found.torn else {})


def _rows(blueprint: Blueprint, found: Survey) -> list[Json]:
    rows: list[Json] = []
    for row in found.rows:
        section = blueprint.sections[row.section]
        wanted = section.strata[row.row].wanted.document
        counts: dict[str, Json] = {"asked": row.asked, "available": row.available, "missing": row.missing}
        why: dict[str, Json] = {"problem": row.problem} if row.problem else {}
        why |= {"marks_differ": [str(marks) for marks in row.marks]} if len(row.marks) > 1 else {}
        rows.append({"section": section.id, "row": row.row + 1, "wanted": wanted, **counts, **why})
    return rows


def _form(paper: tuple[DrawnSection, ...]) -> Json:
    sections = [part.form_section for part in paper]
    digests = {ItemVersionId(item.id): item.sha256 for part in paper for item in part.items}
    return {
        "sha256": form_digest(document_of(sections, digests)),
        "sections": [{"id": section.id, "title": section.title, "items": list(section.items)} for section in sections],
    }


def _json(path: Path) -> Mapping[str, object]:
    try:
        found: Mapping[str, object] = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not JSON: {error}", file=str(path)) from error
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: not UTF-8", file=str(path)) from error
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}", file=str(path)) from error
