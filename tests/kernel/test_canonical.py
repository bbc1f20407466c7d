"""Canonical JSON is RFC 8785's, whichever way it is written."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.canonical import Json, canonical_json

texts = st.text(st.characters(codec="utf-8"))
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts
documents = st.recursive(leaves, lambda part: st.lists(part, max_size=4) | st.dictionaries(texts, part, max_size=4))
plain_texts = st.text(st.characters(codec="ascii"))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(plain_texts, part, max_size=4),
)


@given(document=documents | plain)
def test_canonical_json_is_what_the_reference_writes(document: Json) -> None:
    assert canonical_json(document) == rfc8785.dumps(document)


@pytest.mark.parametrize(
    "unsayable", [2**53, float("nan"), "\ud800", {"a": "\udfff"}, {1: "a"}, {"a": object()}, [b"bytes"]], ids=lambda value: repr(value)[:20]
)
def test_what_json_cannot_say_is_refused(unsayable: Json) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical_json(unsayable)
