"""What a verifier needs that lies on this machine: the JSON-LD contexts, and whose signature counts."""

import json
from collections.abc import Mapping
from pathlib import Path

from assessment_engine.assets.fetch import installed
from assessment_engine.certification.issuer import TrustedIssuers, did_key_issuer, did_web_issuer, read_trust_list
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid, UnreadableFile
from assessment_engine.runtime.keys import KEYS, load_signer
from assessment_engine.settings import Settings

# Where a credential names its contexts, and which asset is that document.
_CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": "context_credentials_v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "context_open_badges",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "context_open_badges_extensions",
}


def contexts(assets_dir: Path) -> Mapping[str, Json]:
    """Return the contexts that `assets fetch` brought, by URL."""
    found = installed(assets_dir)
    return {url: json.loads(found[role].path.read_text()) for url, role in _CONTEXTS.items() if role in found}


def trusted_issuers(settings: Settings, file: Path | None) -> TrustedIssuers:
    """Return whom to trust: a JSON object of issuer → list of Multikeys, or else this machine's own deployment, if it has one."""
    if file is not None:
        return _listed(file)
    if not (settings.data_dir / KEYS).is_dir():
        return {}
    key = load_signer(settings.data_dir).issuer.public_bytes
    makers = (did_key_issuer, did_web_issuer)
    return {make(key, name="", url=settings.public_url).id: frozenset({key}) for make in makers}


def _listed(file: Path) -> TrustedIssuers:
    try:
        return read_trust_list(json.loads(file.read_text()))
    except (ValueError, Invalid) as error:
        raise UnreadableFile(f"{file} is not a list of trusted issuers: a JSON object of issuer → [Multikey, …]") from error
