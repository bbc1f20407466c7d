"""The printed certificate and its code: what is in it comes out again, and nothing that people typed becomes markup."""

import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from assessment_engine.certification.credential import (
    AwardedCompetency,
    certificate_url,
    credential_of,
    percent,
    sign_credential,
)
from assessment_engine.certification.document import certificate_source, credential_in_pdf
from assessment_engine.certification.qr import qr_text, read_qr, verify_qr
from assessment_engine.certification.verification import Answer, verify_credential
from assessment_engine.kernel.canonical import digest
from assessment_engine.kernel.errors import Invalid, Unavailable, UnreadableFile
from assessment_engine.services.typesetter import TypstTypesetter
from tests.certification.parts import ASSETS, ISSUER, KEY, NOON, an_award, contexts

TRUSTED = {ISSUER.id: {KEY.public_bytes}}
URL = certificate_url(ISSUER.url, "26-7K3M-9Q2X-H4TD")


def pdf_of(**changes: object) -> bytes:
    award = an_award(**changes)
    document = sign_credential(credential_of(award, ISSUER), ISSUER, KEY, contexts(), NOON)
    return TypstTypesetter(ASSETS).pdf(certificate_source(award, document, qr_text(URL, digest(document), KEY), "exam.example/verify"))


def test_the_pdf_carries_the_whole_credential_still_valid() -> None:
    document = credential_in_pdf(pdf_of())

    assert verify_credential(document, contexts(), TRUSTED, NOON).is_valid


def test_what_people_typed_stays_text() -> None:
    name = 'Asha "The \\Rock" #set page(width: 1cm) $x$ *bold* DATA ATTACHMENT'

    document = json.dumps(credential_in_pdf(pdf_of(holder_name=name)))

    assert json.dumps(name) in document


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_a_certificate_is_one_page(count: int) -> None:
    long = AwardedCompetency(
        id="cmp_1",
        code="rti",
        name="Right to Information and record keeping in the offices of government",
        name_hi="शासकीय कार्यालयों में सूचना का अधिकार एवं अभिलेख प्रबंधन",
        level=3,
    )
    competencies = tuple(replace(long, code=f"rti{number}") for number in range(count))

    pdf = pdf_of(competencies=competencies, holder_name="Lakshminarayanan Venkatasubramanian Iyer")

    assert pdf.count(b"/Type/Page\n") + pdf.count(b"/Type/Page/") == 1


def test_the_same_certificate_is_set_the_same_way_twice() -> None:
    assert pdf_of() == pdf_of()


def test_a_typesetter_without_fonts_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        TypstTypesetter(tmp_path).pdf("x")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<</Length 9/Type/EmbeddedFile>>\nstream\n{\nendstream", b"\x00" * 100])
def test_a_file_without_a_credential_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        credential_in_pdf(data)


def test_a_camera_reads_the_code_and_the_code_names_its_certificate() -> None:
    text = qr_text(URL, "ab" * 32, KEY)
    image = io.BytesIO()
    segno.make(text, error="m").save(image, kind="png", scale=6, border=4)

    pixels = cv2.imdecode(np.frombuffer(image.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    seen, _, _ = cv2.QRCodeDetector().detectAndDecode(pixels)
    claim = read_qr(seen)

    assert (claim.url, claim.number, claim.credential_sha256) == (URL, "26-7K3M-9Q2X-H4TD", "ab" * 32)
    assert verify_qr(claim, TRUSTED, NOON).answer is Answer.VALID


@pytest.mark.parametrize(
    "forged",
    [
        qr_text(URL, "ab" * 32, KEY).replace("H4TD", "H4TE"),
        qr_text(URL, "ab" * 32, KEY).replace("exam.example", "evil.example"),
        qr_text(URL, "ab" * 32, KEY)[:-2] + "AA",
    ],
)
def test_a_changed_code_is_not_ours(forged: str) -> None:
    assert verify_qr(read_qr(forged), TRUSTED, NOON).answer is not Answer.VALID


@pytest.mark.parametrize("text", ["", "hello", URL, f"{URL}#c1.x", f"{URL}#c2.AA.AA", f"{URL}#c1.!!.AA"])
def test_other_texts_are_no_codes_of_ours(text: str) -> None:
    with pytest.raises(Invalid):
        read_qr(text)


def test_a_share_is_written_as_a_person_writes_it() -> None:
    assert [percent(Decimal(share)) for share in ("1", "0.8125", "0.5", "0.123456", "0")] == ["100", "81.25", "50", "12.35", "0"]
