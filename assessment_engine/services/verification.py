"""Answering anybody who asks whether a certificate is good: the signature, and our own record of it, as of now.

Whatever is handed in (a credential, a certificate's PDF, a QR code's text, a number) ends in one Check. The signature alone is
certification/verification.py; this adds what only the issuer knows: suspended, revoked, never issued.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.audit import verifier_key
from assessment_engine.certification.certificate import CertificateState, Standing
from assessment_engine.certification.credential import Document, sha256_in
from assessment_engine.certification.document import credential_in_pdf
from assessment_engine.certification.issuer import Issuer, TrustedIssuers, did_key_issuer, did_web_issuer
from assessment_engine.certification.qr import QrClaim, read_qr, verify_qr
from assessment_engine.certification.verification import Answer, Verdict, verify_credential
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, NotFound, TooLarge, UnreadableFile
from assessment_engine.services.audit import origin
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction

LARGEST_FILE = 2 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One hash that the credential rests on, and its place in the log when it is a leaf there."""

    name: str
    description: str
    sha256: str
    leaf_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The verdict, our own record of the certificate if it is ours, and the chain behind it."""

    verdict: Verdict
    standing: Standing | None = None
    chain: tuple[ChainLink, ...] = ()

    @property
    def document(self) -> Document | None:
        """The credential that was judged."""
        return self.verdict.document


def issuer_of(engine: Engine, name: str = "") -> Issuer:
    """Return how this deployment signs: did:key in a demo, did:web otherwise."""
    make = did_key_issuer if engine.demo else did_web_issuer
    return make(engine.signer.issuer.public_bytes, name=name, url=engine.public_url)


def trusted_issuers(engine: Engine) -> TrustedIssuers:
    """Return the issuers that this deployment trusts: itself."""
    return {issuer_of(engine).id: frozenset({engine.signer.issuer.public_bytes})}


def published_keys(engine: Engine) -> dict[str, str]:
    """Return what an outsider needs to check our signatures without us."""
    return {"issuer": issuer_of(engine).verification_method, "log": verifier_key(origin(engine), engine.signer.log.public_bytes)}


def check_file(engine: Engine, data: bytes) -> Check:
    """Check a file: a certificate's PDF, a credential's JSON, or a text with a QR code's content; raises UnreadableFile or TooLarge."""
    if len(data) > LARGEST_FILE:
        raise TooLarge(f"the file is larger than {LARGEST_FILE >> 20} MiB")
    if data.startswith(b"%PDF-"):
        return check_document(engine, credential_in_pdf(data))
    try:
        return check_text(engine, data.decode())
    except UnicodeDecodeError:
        raise UnreadableFile("this is neither a certificate's PDF nor a credential") from None


def check_text(engine: Engine, text: str) -> Check:
    """Check what somebody pasted: a credential, a QR code's text, an address or a number; raises UnreadableFile or NotFound."""
    pasted = text.strip()
    if pasted.startswith("{"):
        return check_document(engine, parse_credential(pasted))
    try:
        return _check_claim(engine, read_qr(pasted))
    except Invalid:
        return check_number(engine, pasted.partition("#")[0].rstrip("/").rpartition("/")[2])


def parse_credential(text: str) -> Json:
    """Read a credential's JSON; raises UnreadableFile."""
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableFile("this is not JSON, so it is no credential") from None
    return document


def verify_alone(data: bytes, contexts: Mapping[str, Json], trusted: TrustedIssuers, now: datetime) -> Verdict:
    """Check a file or a QR code's text without any server of ours; what was suspended since cannot be known. Raises UnreadableFile."""
    if data.startswith(b"%PDF-"):
        return verify_credential(credential_in_pdf(data), contexts, trusted, now)
    text = data.decode(errors="replace").strip()
    if text.startswith("{"):
        return verify_credential(parse_credential(text), contexts, trusted, now)
    try:
        return verify_qr(read_qr(text), trusted, now)
    except Invalid:
        raise UnreadableFile("this is neither a certificate's PDF, nor a credential, nor the text of a QR code") from None


def check_document(engine: Engine, document: Json) -> Check:
    """Check a credential: its signature first, then our own record if we are the issuer."""
    verdict = verify_credential(document, engine.contexts, trusted_issuers(engine), engine.clock.now())
    if verdict.document is None or verdict.answer not in (Answer.VALID, Answer.EXPIRED):
        return Check(verdict=verdict)
    with engine.store.read() as tx:
        try:
            standing = tx.certificates.by_number(str(verdict.document.get("id")).rpartition("/")[2])
        except NotFound:
            return Check(verdict=verdict.but(Answer.INVALID, "unknown_certificate"))
        return _with_record(tx, verdict, standing)


def check_number(engine: Engine, number: str) -> Check:
    """Check one of our own certificates by its number; raises NotFound."""
    with engine.store.read() as tx:
        standing = tx.certificates.by_number(number.strip().upper())
        document = standing.certificate.credential
        verdict = verify_credential(document, engine.contexts, trusted_issuers(engine), engine.clock.now())
        return _with_record(tx, verdict, standing)


def _check_claim(engine: Engine, claim: QrClaim) -> Check:
    """Check a QR code: its own signature, and that the certificate it names is the one we issued."""
    verdict = verify_qr(claim, trusted_issuers(engine), engine.clock.now())
    if not verdict.is_valid:
        return Check(verdict=verdict)
    try:
        check = check_number(engine, claim.number)
    except NotFound:
        return Check(verdict=verdict.but(Answer.INVALID, "unknown_certificate"))
    if check.standing is None or check.standing.certificate.credential_sha256 != claim.credential_sha256:
        return Check(verdict=verdict.but(Answer.INVALID, "unknown_certificate"))
    return check


_STANDING = {
    CertificateState.ISSUED: None,
    CertificateState.SUSPENDED: (Answer.SUSPENDED, "suspended"),
    CertificateState.REVOKED: (Answer.REVOKED, "revoked"),
}


def _with_record(tx: Transaction, verdict: Verdict, standing: Standing) -> Check:
    """Add what we know: a certificate that was suspended or revoked is not valid, whatever its signature says."""
    changed = _STANDING[standing.state]
    judged = verdict.but(*changed) if changed and verdict.answer in (Answer.VALID, Answer.EXPIRED) else verdict
    return Check(verdict=judged, standing=standing, chain=_chain(tx, standing))


def _chain(tx: Transaction, standing: Standing) -> tuple[ChainLink, ...]:
    evidence = standing.certificate.credential.get("evidence")
    links = [_link(tx, entry) for entry in evidence if isinstance(entry, dict)] if isinstance(evidence, list) else []
    issued = next((entry for entry in tx.audit.about(standing.certificate.id) if entry.kind == "certificate_issued"), None)
    if issued is not None:
        about = "The audit log's entry on the issue of this certificate."
        links.append(ChainLink(name="Issue", description=about, sha256=issued.sha256, leaf_index=issued.leaf_index))
    return tuple(links)


def _link(tx: Transaction, entry: dict[str, Json]) -> ChainLink:
    sha256 = sha256_in(str(entry.get("id", "")))
    logged = tx.audit.by_hash(sha256)
    leaf_index = logged.leaf_index if logged else None
    return ChainLink(name=str(entry.get("name", "")), description=str(entry.get("description", "")), sha256=sha256, leaf_index=leaf_index)
