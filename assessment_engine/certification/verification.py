"""Checking a credential that anybody hands in: Open Badges 3.0 over VC 2.0 with Data Integrity proofs, ours or another issuer's.

The answer is a Verdict in words. An unknown issuer is never "valid". Only the signature and what the document says are judged here;
whether our own certificate was suspended since is added by services/certification.py. Nothing is loaded from the net.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from openvc.errors import OpenvcError
from openvc.multibase import MultibaseError, decode_multibase
from openvc.proof.contexts import DocumentLoaderError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.errors import CredentialExpired, CredentialNotYetValid, ProofMalformed, SignatureInvalid

from assessment_engine.certification.credential import VC_CONTEXT, Document
from assessment_engine.certification.issuer import TrustedIssuers, key_named_by
from assessment_engine.certification.weight import is_plain, is_small
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.signing import b64url

MAX_PROOFS = 4


class Answer(StrEnum):
    """The one answer, in words that a person understands."""

    VALID = "valid"
    NOT_TRUSTED = "signature valid, issuer not trusted"
    NOT_CHECKED = "not checked, the issuer's key is not known here"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    INVALID = "invalid"


REASONS: Mapping[str, str] = {
    "valid": "Signed by a trusted issuer and unchanged since.",
    "issuer_not_trusted": "The signature fits the key that the document itself names, but nothing says that this issuer can be trusted.",
    "issuer_key_unknown": "The proof names a key that is not known here, so the signature cannot be checked.",
    "expired": "The signature is right, but the time that the credential states for itself is over.",
    "not_yet_valid": "The signature is right, but the credential's time has not begun.",
    "suspended": "The issuer has suspended the certificate while a question about it is open.",
    "revoked": "The issuer has revoked the certificate.",
    "unknown_certificate": "The signature is right, but the issuer has no such certificate.",
    "not_a_credential": "This is not a verifiable credential.",
    "no_issuer": "The credential names no issuer.",
    "wrong_context": "The first context of the credential is not that of Verifiable Credentials 2.0.",
    "unknown_context": "The credential uses a vocabulary that is not kept here.",
    "no_proof": "The credential carries no proof.",
    "proof_malformed": "The proof cannot be read.",
    "unsupported_proof": "The proof is of a kind that is not supported here.",
    "wrong_purpose": "The key was not used for the purpose of issuing.",
    "signature_wrong": "The signature does not fit: the document was changed, or never signed by this key.",
    "not_the_issuers_key": "The document was signed by somebody else than the issuer it names.",
    "not_covered": "The document has parts that the signature does not cover.",
    "too_heavy": "The document has too many parts, or too many unnamed ones that look alike, to be checked here.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer, its stable reason code, and when it was given."""

    answer: Answer
    code: str
    as_of: datetime
    issuer: str | None = None
    document: Document | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.answer is Answer.VALID

    @property
    def reason(self) -> str:
        """What the answer means."""
        return REASONS[self.code]

    def but(self, answer: Answer, code: str) -> "Verdict":
        """Return the verdict with another answer."""
        return replace(self, answer=answer, code=code)


class _Refused(Exception):
    """Ends a check with an answer and its code."""

    def __init__(self, code: str, answer: Answer = Answer.INVALID) -> None:
        super().__init__(code)
        self.code, self.answer = code, answer


def verify_credential(document: Json, contexts: Mapping[str, Json], trusted_issuers: TrustedIssuers, now: datetime) -> Verdict:
    """Check a credential; never raises on bad input."""
    if not isinstance(document, Mapping):
        return Verdict(answer=Answer.INVALID, code="not_a_credential", as_of=now)
    if not is_small(document, contexts):
        return Verdict(answer=Answer.INVALID, code="too_heavy", as_of=now)
    issuer: str | None = None
    try:
        issuer = _issuer(document)
        answers = [_check_proof(document, proof, issuer, contexts, trusted_issuers, now) for proof in _proofs(document)]
    except _Refused as refusal:
        return Verdict(answer=refusal.answer, code=refusal.code, as_of=now, issuer=issuer, document=document)
    trusted = Answer.VALID in answers
    code, answer = ("valid", Answer.VALID) if trusted else ("issuer_not_trusted", Answer.NOT_TRUSTED)
    return Verdict(answer=answer, code=code, as_of=now, issuer=issuer, document=document)


def _issuer(document: Document) -> str:
    types = document.get("type")
    if "VerifiableCredential" not in (types if isinstance(types, list) else [types]):
        raise _Refused("not_a_credential")
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if not isinstance(named, str) or not named:
        raise _Refused("no_issuer")
    return named


def _proofs(document: Document) -> list[Document]:
    """Return the proofs after everything that can be seen without a key was found in order."""
    proof, contexts = document.get("proof"), document.get("@context")
    if not proof:
        raise _Refused("no_proof")
    if not isinstance(contexts, list) or contexts[:1] != [VC_CONTEXT]:
        raise _Refused("wrong_context")
    candidates = proof if isinstance(proof, list) else [proof]
    proofs = [each for each in candidates if isinstance(each, Mapping)]
    if len(proofs) != len(candidates) or len(proofs) > MAX_PROOFS or not all(map(_is_readable, proofs)):
        raise _Refused("proof_malformed")
    if any(each["type"] != "DataIntegrityProof" or each["cryptosuite"] not in _SUITES for each in proofs):
        raise _Refused("unsupported_proof")
    if any(each.get("proofPurpose") != "assertionMethod" for each in proofs):
        raise _Refused("wrong_purpose")
    return proofs


def _is_readable(proof: Document) -> bool:
    value = proof.get("proofValue")
    try:
        named = all(isinstance(proof.get(member), str) for member in ("type", "cryptosuite", "verificationMethod"))
        return named and isinstance(value, str) and len(decode_multibase(value)) == 64
    except MultibaseError:
        return False


def _check_proof(
    document: Document, proof: Document, issuer: str, contexts: Mapping[str, Json], trusted: TrustedIssuers, now: datetime
) -> Answer:
    """Check one proof with the issuer's keys, or with the key that it names itself; raises _Refused."""
    method = str(proof["verificationMethod"])
    named = key_named_by(method)
    secured = _normal(document, proof)
    if proof["cryptosuite"] == "eddsa-rdfc-2022" and not is_plain(secured, contexts):
        raise _Refused("too_heavy")
    for key in trusted.get(issuer, ()):
        if _fits(secured, key, contexts, now):
            return Answer.VALID
    if named is None:
        code = "signature_wrong" if issuer in trusted else "issuer_key_unknown"
        raise _Refused(code, Answer.INVALID if issuer in trusted else Answer.NOT_CHECKED)
    if not _fits(secured, named, contexts, now):
        raise _Refused("signature_wrong")
    if issuer in trusted or (issuer.startswith("did:") and method.partition("#")[0] != issuer):
        raise _Refused("not_the_issuers_key")
    return Answer.NOT_TRUSTED


def _normal(document: Document, proof: Document) -> dict[str, Any]:
    """Return the document with this proof alone, and one spelling for a type that has two.

    Open Badges 3.0 defines `AchievementCredential` as another name of `OpenBadgeCredential`: the same statement, so the same signature, but
    the suite insists on the name that comes back when the document is compacted. JCS signs the spelling itself, so it is left alone there.
    """
    normal: dict[str, Any] = {**document, "proof": dict(proof)}
    if proof["cryptosuite"] == "eddsa-rdfc-2022" and isinstance(document["type"], list):
        normal["type"] = ["OpenBadgeCredential" if name == "AchievementCredential" else name for name in document["type"]]
    return normal


def _fits(secured: dict[str, Any], key: bytes, contexts: Mapping[str, Json], now: datetime) -> bool:
    """Tell whether the key made the proof; raises _Refused when it did, but something else is wrong."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64url(key)}
    try:
        _SUITES[secured["proof"]["cryptosuite"]](secured, jwk, contexts, now)
    except SignatureInvalid:
        return False
    except CredentialExpired:
        raise _Refused("expired", Answer.EXPIRED) from None
    except CredentialNotYetValid:
        raise _Refused("not_yet_valid") from None
    except DocumentLoaderError:
        raise _Refused("unknown_context") from None
    except ProofMalformed:
        raise _Refused("not_covered") from None
    except OpenvcError:
        raise _Refused("proof_malformed") from None
    return True


def _verify_rdfc(secured: dict[str, Any], jwk: dict[str, Any], contexts: Mapping[str, Json], now: datetime) -> None:
    extra = cast(dict[str, dict[str, Any]], dict(contexts))
    DataIntegrityProofSuite().verify(secured, public_key_jwk=jwk, extra_contexts=extra, now=now)


def _verify_jcs(secured: dict[str, Any], jwk: dict[str, Any], _contexts: Mapping[str, Json], now: datetime) -> None:
    EddsaJcsProofSuite().verify(secured, public_key_jwk=jwk, now=now)


_SUITES = {"eddsa-rdfc-2022": _verify_rdfc, "eddsa-jcs-2022": _verify_jcs}
