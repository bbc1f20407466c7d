"""Texts that are nearly the same share a bucket; others hardly ever do; short ones only when they are the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from item_bank.checks.likeness import BANDS, LIKE, buckets, likeness
from item_bank.checks.texts import normalised, segments
from tests.item_bank.items import choice, qti, response

STEM = "a citizen asks a public authority for copies of a contract that was signed last year how many days may it take"
OTHER = "the auditor general lays a report before parliament and a committee of members looks into what it says of grants"


def test_a_changed_number_and_a_changed_word_leave_a_text_alike() -> None:
    changed = STEM.replace("contract", "tender").replace("days", "weeks")

    assert likeness([STEM], [changed]) > LIKE
    assert set(buckets([STEM])) & set(buckets([changed]))
    assert likeness([STEM], [OTHER]) < 0.1
    assert set(buckets([STEM])) & set(buckets([OTHER])) == set()


def test_the_order_of_choices_does_not_count() -> None:
    one, other = (qti(responses=response("identifier", "A"), body=f"<p>{STEM}</p>{choice(*names)}").decode() for names in ("ABC", "CAB"))

    assert segments(one) == segments(other)


def test_a_short_text_is_like_the_same_text_alone() -> None:
    assert buckets(["two and two"]) == buckets(["two and two"])
    assert len(buckets(["two and two"])) == 1
    assert likeness(["two and two"], ["two and ten"]) == 0
    assert likeness(["two and two"], ["two and two"]) == 1


def test_buckets_stay_what_they_are_because_they_are_stored() -> None:
    assert buckets([STEM])[:2] == (-4_690_641_596_135_241_053, -3_191_102_136_050_242_439)
    assert len(buckets([STEM])) == BANDS


@given(st.lists(st.text(max_size=60), max_size=4))
def test_every_text_has_buckets_that_a_database_can_keep(texts: list[str]) -> None:
    found = buckets(list(map(normalised, texts)))

    assert found and all(-(2**63) <= each < 2**63 for each in found)
    assert likeness(texts, texts) == 1.0


def test_of_like_texts_hardly_any_is_missed_and_of_others_hardly_any_is_found() -> None:
    words = [f"word{number}" for number in range(400)]
    rng = np.random.default_rng(1)
    found, like, others = 0, 0, 0
    for _ in range(200):
        one = list(rng.choice(words, 40))
        changed = [word if rng.random() > 0.06 else str(rng.choice(words)) for word in one]
        texts = [" ".join(each) for each in (one, changed, list(rng.choice(words, 40)))]
        first, second, third = (set(buckets([text])) for text in texts)
        if likeness([texts[0]], [texts[1]]) >= LIKE:
            like += 1
            found += bool(first & second)
        others += bool(first & third)

    assert like > 100
    assert found >= 0.97 * like
    assert others <= 40  # whose words are of one small stock


def test_signs_case_and_the_script_of_digits_do_not_count_and_matras_do() -> None:
    assert normalised("“Rule 12-A”, _____ ?") == "rule 12 a"
    assert normalised("नियम १२") == normalised("नियम 12")
    assert normalised("कि") != normalised("की")
