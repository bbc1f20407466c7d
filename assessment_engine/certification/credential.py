"""The Open Badges 3.0 credential of a certificate: what it says, and how it is signed.

Signed as DataIntegrityProof `eddsa-rdfc-2022`, the suite that 1EdTech's own validator accepts. Every member must be a term of the contexts:
the signing suite refuses to sign a document with a member that the signature would not cover. Hashes travel as RFC 6920 names
(`ni:///sha-256;…`) in `evidence`, so no term of our own is needed. Checking is verification.py; the printed page is document.py.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from openvc.keys import Ed25519SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite

from assessment_engine.certification.issuer import Issuer
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso, parse_iso
from assessment_engine.kernel.signing import SigningKey, b64url, unb64url

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
OB_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

Document = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardedCompetency:
    """One competency and the level that the holder reached in it."""

    id: str
    code: str
    name: str
    name_hi: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of the chain of hashes behind a certificate."""

    name: str
    sha256: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Everything that a certificate states."""

    number: str
    holder_id: str
    holder_name: str
    holder_name_hi: str
    organisation: str
    organisation_hi: str
    exam_code: str
    exam_title: str
    exam_title_hi: str
    held_on: date
    issued_at: datetime
    score_share: Decimal  # 0 … 1
    competencies: tuple[AwardedCompetency, ...]
    chain: tuple[Link, ...]


def award_json(award: Award) -> Document:
    """Write an award as JSON, to be kept as it was printed."""
    return {
        **asdict(award),
        "held_on": award.held_on.isoformat(),
        "issued_at": iso(award.issued_at),
        "score_share": str(award.score_share),
        "competencies": [asdict(held) for held in award.competencies],
        "chain": [asdict(link) for link in award.chain],
    }


def award_of(document: Mapping[str, Any]) -> Award:
    """Read what `award_json` wrote."""
    return Award(
        **{
            **document,
            "held_on": date.fromisoformat(document["held_on"]),
            "issued_at": parse_iso(document["issued_at"]),
            "score_share": Decimal(document["score_share"]),
            "competencies": tuple(AwardedCompetency(**held) for held in document["competencies"]),
            "chain": tuple(Link(**link) for link in document["chain"]),
        }
    )


def hash_name(sha256: str) -> str:
    """Write a SHA-256 as an RFC 6920 name."""
    return f"ni:///sha-256;{b64url(bytes.fromhex(sha256))}"


def sha256_in(name: str) -> str:
    """Read what `hash_name` wrote; an empty string for any other name."""
    try:
        return unb64url(name.removeprefix("ni:///sha-256;")).hex() if name.startswith("ni:///sha-256;") else ""
    except ValueError:
        return ""


def percent(share: Decimal) -> str:
    """Write a share as a percentage with at most two decimals."""
    return f"{(share * 100).quantize(Decimal('0.01')).normalize():f}"


def certificate_url(public_url: str, number: str) -> str:
    """Return the address at which anyone can check a certificate."""
    return f"{public_url}/verify/{number}"


def credential_of(award: Award, issuer: Issuer) -> Document:
    """Write the unsigned credential."""
    return {
        "@context": [VC_CONTEXT, OB_CONTEXT],
        "id": certificate_url(issuer.url, award.number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.exam_title,
        "issuer": {"id": issuer.id, "type": ["Profile"], "name": award.organisation, "url": issuer.url},
        "validFrom": iso(award.issued_at),
        "awardedDate": iso(award.issued_at),
        "credentialSubject": _subject(award, issuer),
        "evidence": [
            {"id": hash_name(link.sha256), "type": ["Evidence"], "name": link.name, "description": link.description} for link in award.chain
        ],
    }


def _subject(award: Award, issuer: Issuer) -> Json:
    identities = [("name", award.holder_name), ("sourcedId", award.holder_id)]
    results = [("score", percent(award.score_share)), *((held.code, str(held.level)) for held in award.competencies)]
    achievement = _achievement(award, issuer)
    return {
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": ["IdentityObject"], "hashed": False, "identityHash": value, "identityType": kind} for kind, value in identities
        ],
        "licenseNumber": award.number,
        "activityEndDate": award.held_on.isoformat(),
        "result": [{"type": ["Result"], "resultDescription": f"{achievement['id']}#{code}", "value": value} for code, value in results],
        "achievement": achievement,
    }


def _achievement(award: Award, issuer: Issuer) -> dict[str, Json]:
    url = f"{issuer.url}/exams/{award.exam_code}"
    score: Json = {"id": f"{url}#score", "type": ["ResultDescription"], "name": "Score", "resultType": "Percent"}
    levels: list[Json] = [
        {"id": f"{url}#{held.code}", "type": ["ResultDescription"], "name": f"{held.name}: level", "resultType": "RubricScore"}
        for held in award.competencies
    ]
    return {
        "id": url,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "humanCode": award.exam_code,
        "name": award.exam_title,
        "description": "; ".join(f"{held.name}, level {held.level}" for held in award.competencies) or award.exam_title,
        "criteria": {"narrative": f"Passed the proctored examination {award.exam_title} held on {award.held_on.isoformat()}."},
        "resultDescription": [score, *levels],
        "alignment": [_alignment(held, issuer) for held in award.competencies],
    }


def _alignment(held: AwardedCompetency, issuer: Issuer) -> Json:
    return {
        "type": ["Alignment"],
        "targetCode": held.code,
        "targetName": held.name,
        "targetDescription": f"Level {held.level}",
        "targetType": "ceasn:Competency",
        "targetUrl": f"{issuer.url}/competencies/{held.code}",
    }


def sign_credential(document: Document, issuer: Issuer, key: SigningKey, contexts: Mapping[str, Json], now: datetime) -> Document:
    """Return the credential with its proof; raises openvc's ProofError when a member is no term of the contexts."""
    signed = DataIntegrityProofSuite().add_proof(
        dict(document),
        signing_key=Ed25519SigningKey(key.private, issuer.verification_method),
        verification_method=issuer.verification_method,
        created=now,
        extra_contexts=cast(dict[str, dict[str, Any]], dict(contexts)),
    )
    return cast(Document, signed)
