"""What the tests of certification share: vectors, contexts, a key, an award."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from assessment_engine.certification.credential import OB_CONTEXT, VC_CONTEXT, Award, AwardedCompetency, Link
from assessment_engine.certification.issuer import did_key_issuer
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.signing import Purpose, SigningKey

TESTDATA = Path(os.environ.get("ASSESSMENT_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata"))
CRED = TESTDATA / "cred"
ASSETS = Path(os.environ.get("ASSETS_DIR", Path.home() / ".cache" / "assessment-engine"))
OB_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = SigningKey(purpose=Purpose.ISSUER, seed=bytes(range(32)))
ISSUER = did_key_issuer(KEY.public_bytes, name="Assessment Agency", url="https://exam.example")

_FILES = {
    VC_CONTEXT: "credentials-v2.json",
    OB_CONTEXT: "open-badges-3.0.3.json",
    OB_EXTENSIONS: "open-badges-extensions.json",
}
needs_vectors = pytest.mark.skipif(not CRED.is_dir(), reason="the credential vectors are not on this machine")


@cache
def contexts() -> Mapping[str, Json]:
    """Load the contexts once."""
    return {url: json.loads((ASSETS / "contexts" / name).read_text()) for url, name in _FILES.items()}


def an_award(**changes: object) -> Award:
    """Return a plain award; name what the test is about."""
    award = Award(
        number="26-7K3M-9Q2X-H4TD",
        holder_id="per_01kb3x",
        holder_name="Asha Verma",
        holder_name_hi="आशा वर्मा",
        organisation="National Assessment Agency",
        organisation_hi="राष्ट्रीय मूल्यांकन अभिकरण",
        exam_code="PFM-2",
        exam_title="Public Finance and Procurement",
        exam_title_hi="सार्वजनिक वित्त एवं क्रय",
        held_on=date(2026, 11, 20),
        issued_at=NOON,
        score_share=Decimal("0.8125"),
        competencies=(
            AwardedCompetency(id="cmp_1", code="procurement", name="Public procurement", name_hi="सार्वजनिक क्रय", level=3),
            AwardedCompetency(id="cmp_2", code="budgeting", name="Budgeting", name_hi="बजट निर्माण", level=2),
        ),
        chain=(
            Link(name="Sealed answers", sha256="ab" * 32, description="SHA-256 over the ordered ledger of answers."),
            Link(name="Score report", sha256="cd" * 32, description="SHA-256 of the score report."),
        ),
    )
    return replace(award, **changes)  # type: ignore[arg-type]
