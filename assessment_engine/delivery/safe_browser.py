"""Whether a request comes from the Safe Exam Browser that an exam asks for: pure comparing of hashes, no HTTP.

The browser sends, with every request, SHA-256 over the request's absolute URL (without its fragment) followed by a key: the Config Key
(of its settings) as `X-SafeExamBrowser-ConfigKeyHash`, the Browser Exam Key (of program and settings) as `X-SafeExamBrowser-RequestHash`.
Where it cannot send headers it gives a page's script the same hashes over the page's own URL. Specification: the developer pages of
Safe Exam Browser on the two keys. The keys are the exam's (exams/policy.py); api/safe_browser.py asks at the door.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from assessment_engine.exams import ExamPolicy
from assessment_engine.kernel.errors import BrowserNotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserKeys:
    """The keys of one exam; of each kind that has any, one must fit."""

    config_keys: tuple[str, ...]
    browser_exam_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a request brought: hashes, and the absolute URL that they are said to be over."""

    url: str
    config_key_hash: str = ""
    request_hash: str = ""


def keys_of(policy: ExamPolicy) -> BrowserKeys | None:
    """Return the keys that an exam asks for, or None when any browser will do."""
    if not policy.config_keys and not policy.browser_exam_keys:
        return None
    return BrowserKeys(config_keys=policy.config_keys, browser_exam_keys=policy.browser_exam_keys)


def key_hash(url: str, key: str) -> str:
    """Return what the browser sends for a key at a URL."""
    return hashlib.sha256((url.partition("#")[0] + key).encode()).hexdigest()


def check(keys: BrowserKeys, proofs: Sequence[Proof]) -> None:
    """Refuse a request none of whose proofs fits; raises BrowserNotAllowed."""
    if not any(_fits(keys, proof) for proof in proofs):
        raise BrowserNotAllowed("this exam is taken in Safe Exam Browser with the exam's own settings")


def _fits(keys: BrowserKeys, proof: Proof) -> bool:
    pairs = ((keys.config_keys, proof.config_key_hash), (keys.browser_exam_keys, proof.request_hash))
    return all(not wanted or _one_of(wanted, proof.url, sent) for wanted, sent in pairs)


def _one_of(wanted: Sequence[str], url: str, sent: str) -> bool:
    """Compare with every key, always all of them and in constant time: a stranger learns nothing from how long it took."""
    fits = [hmac.compare_digest(key_hash(url, key).encode(), sent.strip().lower().encode()) for key in wanted]
    return any(fits)
