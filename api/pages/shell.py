"""The service worker, served at the root so that it may keep the exam's pages; it knows every file of the exam by its content.

static/sw.js is the worker; this module writes above it which files it keeps, found by following the imports of the exam's scripts.
"""

import hashlib
import json
import re
from functools import cache

from fastapi import APIRouter
from fastapi.responses import Response

from api.pages import STATIC, static

router = APIRouter(include_in_schema=False)

SCRIPTS = ("exam_page.js", "exam_break.js", "start_page.js")
STYLES = ("app.css", "exam.css", "question.css", "mark.svg")
FONTS = ("NotoSans-Regular", "NotoSans-Bold", "NotoSansDevanagari-Regular", "NotoSansDevanagari-Bold")

_IMPORTED = re.compile(r"""(?:from|import|import\(|new URL\()\s*["']\./([\w-]+\.js)["']""")


@router.get("/sw.js")
def worker() -> Response:
    """Return the worker with what it keeps; a browser asks again at each visit, so that a new release is noticed."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return Response(_worker(_changes()), media_type="text/javascript; charset=utf-8", headers=headers)


def modules() -> tuple[str, ...]:
    """Return every script that the exam's pages can ask for."""
    found: list[str] = []
    waiting = [*SCRIPTS]
    while waiting:
        name = waiting.pop()
        if name not in found and (STATIC / name).is_file():
            found.append(name)
            waiting.extend(_IMPORTED.findall((STATIC / name).read_text()))
    return tuple(sorted(found))


def _changes() -> tuple[tuple[str, int], ...]:
    """Return what tells that a static file changed while the server runs (as it does where somebody works on it)."""
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in STATIC.iterdir()))


@cache
def _worker(_changed: tuple[tuple[str, int], ...]) -> str:
    names = modules()
    shell = [
        *(static(name) for name in (*STYLES, *SCRIPTS) if (STATIC / name).is_file()),
        *(f"/static/{name}" for name in names),
        *(f"/fonts/{name}.woff2" for name in FONTS),
    ]
    files = [*names, "sw.js", *STYLES]
    version = hashlib.sha256(b"".join(hashlib.sha256((STATIC / name).read_bytes()).digest() for name in files)).hexdigest()[:12]
    written = (STATIC / "sw.js").read_text()
    return f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(shell, indent=1)};\n{written}"
