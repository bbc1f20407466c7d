"""Safe Exam Browser is known by SHA-256 over the absolute URL and a key, nothing else."""

import hashlib

import pytest

from assessment_engine.delivery.safe_browser import BrowserKeys, Proof, check, key_hash, keys_of
from assessment_engine.exams import ExamPolicy
from assessment_engine.kernel.errors import BrowserNotAllowed

URL = "https://exams.example/candidate/sittings/sit_1/exam"
CONFIG, OTHER_CONFIG, EXAM = "a1" * 32, "b2" * 32, "c3" * 32


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def allowed(keys: BrowserKeys, *proofs: Proof) -> bool:
    try:
        check(keys, proofs)
    except BrowserNotAllowed:
        return False
    return True


def test_the_hash_is_over_the_url_without_its_fragment_and_the_key() -> None:
    assert key_hash(URL, CONFIG) == key_hash(f"{URL}#question", CONFIG) == sha256(URL + CONFIG)
    assert key_hash(f"{URL}?lang=hi", CONFIG) == sha256(f"{URL}?lang=hi{CONFIG}")


def test_an_exam_without_keys_asks_for_nothing() -> None:
    assert keys_of(ExamPolicy()) is None
    assert keys_of(ExamPolicy(config_keys=(CONFIG,))) == BrowserKeys(config_keys=(CONFIG,), browser_exam_keys=())


def test_one_of_several_config_keys_is_enough() -> None:
    keys = BrowserKeys(config_keys=(CONFIG, OTHER_CONFIG), browser_exam_keys=())

    assert allowed(keys, Proof(url=URL, config_key_hash=sha256(URL + CONFIG)))
    assert allowed(keys, Proof(url=URL, config_key_hash=sha256(URL + OTHER_CONFIG).upper()))


@pytest.mark.parametrize("sent", ["", sha256(URL), CONFIG, sha256(URL + "d4" * 32), sha256(f"{URL}/" + CONFIG), "é"])
def test_a_missing_or_wrong_hash_is_refused(sent: str) -> None:
    assert not allowed(BrowserKeys(config_keys=(CONFIG,), browser_exam_keys=()), Proof(url=URL, config_key_hash=sent))


def test_where_both_kinds_are_asked_for_both_must_fit() -> None:
    keys = BrowserKeys(config_keys=(CONFIG,), browser_exam_keys=(EXAM,))
    config, exam = sha256(URL + CONFIG), sha256(URL + EXAM)

    assert allowed(keys, Proof(url=URL, config_key_hash=config, request_hash=exam))
    assert not allowed(keys, Proof(url=URL, config_key_hash=config))
    assert not allowed(keys, Proof(url=URL, config_key_hash=exam, request_hash=config))
    assert not allowed(keys, Proof(url=URL, config_key_hash=config), Proof(url=URL, request_hash=exam))


def test_any_of_several_proofs_will_do() -> None:
    page = f"{URL}?lang=hi"
    keys = BrowserKeys(config_keys=(CONFIG,), browser_exam_keys=())

    assert allowed(keys, Proof(url=URL), Proof(url=page, config_key_hash=sha256(page + CONFIG)))
    assert not allowed(keys)
