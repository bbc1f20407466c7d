"""The QR code's text: an address that any camera opens, and after its `#` the credential's digest under the issuer's signature.

Compact enough for print; the whole credential travels inside the PDF. `https://exam.example/verify/NUMBER#c1.DIGEST.SIGNATURE`, both in
base64url; signed are the lines `c1`, the address and the digest in hexadecimal.
"""

from dataclasses import dataclass
from datetime import datetime

from assessment_engine.certification.issuer import TrustedIssuers
from assessment_engine.certification.verification import Answer, Verdict
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.signing import SigningKey, b64url, unb64url, verify

_VERSION = "c1"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrClaim:
    """What a QR code says: this address stands for the credential with this digest."""

    url: str
    credential_sha256: str
    signature: str

    @property
    def number(self) -> str:
        """The certificate's number, the last part of the address."""
        return self.url.rpartition("/")[2]

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return f"{_VERSION}\n{self.url}\n{self.credential_sha256}".encode()


def qr_text(url: str, credential_sha256: str, key: SigningKey) -> str:
    """Write and sign the text of the code."""
    claim = QrClaim(url=url, credential_sha256=credential_sha256, signature="")
    return f"{url}#{_VERSION}.{b64url(bytes.fromhex(credential_sha256))}.{key.sign(claim.signed_bytes)}"


def read_qr(text: str) -> QrClaim:
    """Read the text of a code; raises Invalid when it is not one of ours."""
    url, _, fragment = text.strip().partition("#")
    parts = fragment.split(".")
    if len(parts) != 3 or parts[0] != _VERSION or "/" not in url:
        raise Invalid("this is not the text of a certificate's QR code")
    try:
        digest = unb64url(parts[1])
    except ValueError as error:
        raise Invalid("this is not the text of a certificate's QR code") from error
    return QrClaim(url=url, credential_sha256=digest.hex(), signature=parts[2])


def verify_qr(claim: QrClaim, trusted_issuers: TrustedIssuers, now: datetime) -> Verdict:
    """Check a code with the keys of the trusted issuers; it names no key itself, so another issuer's cannot be checked."""
    for issuer, keys in trusted_issuers.items():
        if any(verify(key, claim.signed_bytes, claim.signature) for key in keys):
            return Verdict(answer=Answer.VALID, code="valid", as_of=now, issuer=issuer)
    return Verdict(answer=Answer.NOT_CHECKED, code="issuer_key_unknown", as_of=now)
