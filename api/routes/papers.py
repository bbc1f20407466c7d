"""The encrypted paper, what opens it, and the key of the last-resort answer file. A candidate gets their own; see services/papers.py."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.auth import EngineDep, Staff, Viewer
from api.paths import SessionPath, SittingPath
from api.safe_browser import SafeBrowser
from assessment_engine.services import papers
from assessment_engine.services.answer_files import answer_file_key

router = APIRouter(prefix="/api/v1", tags=["papers"])


class PaperAnswer(BaseModel):
    """A sealed paper; everything binary is base64url.

    The content key is wrapped (AES-KW, RFC 3394) under PBKDF2-SHA256 of the code's twelve letters and `salt`; the ciphertext is AES-256-GCM
    with the sitting's id as additional data.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 1,
                    "salt": "bm90LWEtcmVhbC1zYWx0IQ",
                    "iterations": 100000,
                    "wrapped_key": "3q2-7wAAtGhlIHdyYXBwZWQga2V5IG9mIDQwIGJ5dGVzIGhlcmU",
                    "nonce": "AAECAwQFBgcICQoL",
                    "ciphertext": "c2VhbGVk",
                }
            ]
        }
    )

    version: int
    salt: str
    iterations: int
    wrapped_key: str
    nonce: str
    ciphertext: str


class FileKeyAnswer(BaseModel):
    """The key under which this sitting's page encrypts an answer file: 32 bytes as base64url."""

    key: str


class CodeAnswer(BaseModel):
    """What is read aloud to a room without a line."""

    code: str = Field(examples=["7KQ4-M0ZD-R9T2"])


@router.get("/sittings/{sitting_id}/paper", dependencies=[SafeBrowser])
def paper(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> PaperAnswer:
    """Return one's own paper, encrypted, from admission on; 409 `not_yet` before, `sitting_sealed` afterwards."""
    return PaperAnswer.model_validate(papers.paper_of(engine, viewer, sitting_id))


@router.get("/sittings/{sitting_id}/answer-file-key", dependencies=[SafeBrowser])
def file_key(engine: EngineDep, viewer: Viewer, sitting_id: SittingPath) -> FileKeyAnswer:
    """Return the key of one's own answer file, from admission on."""
    return FileKeyAnswer(key=answer_file_key(engine, papers.check_has_paper(engine, viewer, sitting_id).id))


@router.post("/sessions/{session_id}/paper-code")
def code(engine: EngineDep, staff: Staff, session_id: SessionPath) -> CodeAnswer:
    """Return what opens a session's papers: to officers at any time, to invigilators once it is open; every look is in the log."""
    return CodeAnswer(code=papers.code_to_read(engine, staff, session_id))
