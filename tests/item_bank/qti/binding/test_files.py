import base64

import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.binding import MAX_FILE_BYTES, bind
from item_bank.qti.reader import read_item
from item_bank.qti.values import FileValue
from tests.item_bank.items import qti, response

ITEM = read_item(qti(responses=response("file"), body='<qti-upload-interaction response-identifier="RESPONSE"/>'))


def data(size: int) -> str:
    return base64.b64encode(b"x" * size).decode()


def test_a_file_is_bound_with_its_name_kind_and_data() -> None:
    value = bind(ITEM, {"RESPONSE": {"name": "योजना.pdf", "media_type": "Application/PDF; charset=x", "data": "AAAA"}})["RESPONSE"]

    assert value is not None
    assert value.atom == FileValue("योजना.pdf", "application/pdf", "AAAA")


@pytest.mark.parametrize(
    "raw",
    [
        {"name": "a.bin", "media_type": "", "data": "AAAA"},
        {"data": "AAAA"},
        {"base": {"file": {"name": "a.bin", "mime": "application/octet-stream", "data": "AAAA"}}},
    ],
)
def test_a_file_of_no_known_kind_is_just_bytes(raw: Json) -> None:
    value = bind(ITEM, {"RESPONSE": raw})["RESPONSE"]

    assert value is not None
    assert isinstance(value.atom, FileValue)
    assert value.atom.media_type == "application/octet-stream"


def test_a_file_of_two_mebibytes_is_the_largest() -> None:
    assert bind(ITEM, {"RESPONSE": {"name": "a", "media_type": "", "data": data(MAX_FILE_BYTES)}})["RESPONSE"] is not None
    for size in (MAX_FILE_BYTES + 1, MAX_FILE_BYTES + 2, 2 * MAX_FILE_BYTES):
        with pytest.raises(WrongResponse) as refused:
            bind(ITEM, {"RESPONSE": {"name": "a", "media_type": "", "data": data(size)}})
        assert refused.value.details["problem"] == "file_too_large"


BROKEN: list[tuple[dict[str, Json], str]] = [
    ({"data": "not base64!"}, "not_a_file"),
    ({"data": "AAA"}, "not_a_file"),
    ({"data": ""}, "not_a_file"),
    ({"data": 7}, "not_a_file"),
    ({"data": "ＡＡＡＡ"}, "not_a_file"),
    ({"data": "AAAA", "name": "../../etc/passwd"}, "bad_file_name"),
    ({"data": "AAAA", "name": "a\\b"}, "bad_file_name"),
    ({"data": "AAAA", "name": ".."}, "bad_file_name"),
    ({"data": "AAAA", "name": "a\x00"}, "bad_file_name"),
    ({"data": "AAAA", "name": "a" * 256}, "bad_file_name"),
    ({"data": "AAAA", "name": "a", "media_type": "<script>"}, "not_a_file"),
]


@pytest.mark.parametrize(("raw", "problem"), BROKEN)
def test_a_file_that_is_none_is_refused(raw: dict[str, Json], problem: str) -> None:
    with pytest.raises(WrongResponse) as refused:
        bind(ITEM, {"RESPONSE": raw})

    assert refused.value.details["problem"] == problem
