import pytest

from item_bank.qti.model.nodes import Version
from item_bank.qti.validity.datatypes import checks

CASES = {
    "boolean": (["true", "0", " false "], ["", "True", "yes"]),
    "name": (["a", "é", "ह", "a.b-c_1", " a "], ["", "1a", "a:b", "a b", "-a"]),
    "names": (["", "a b"], ["a 1", "a\u00a0b"]),
    "int": (["1", "+1", "-1", "01", " 1 ", "2147483647"], ["", "1.0", "2147483648", "x"]),
    "count": (["0", "+1", "-0"], ["-1", "", "1.5"]),
    "positive": (["0", "1e3", "INF", "NaN", "-0", ".5", "5."], ["-1", "inf", "", "-INF"]),
    "number": (["-1.5", "-INF", "1E-5"], ["1,5", "", "e5"]),
    "length": (["10", "10%"], [" 10", "10px", ""]),
    "mime": (["image/png", "image/svg+xml", "*/*"], ["png", "image/png;q=1", ""]),
    "coords": (["1,2,3", "1,2,3,4", "1,2,3,4,5,6", "10%,2,3"], ["", "1,2", "1 2 3", "1.5,2,3", "1, 2, 3", "1,2,3,4,5"]),
    "address": (
        ["", "a b.png", "http://x/ü", "#a", "C:\\a.png", "http://[::1]:80/", "a/b:c", "#[a]", "javascript:x()", "?a={b}"],
        ["%zz", "a[b]", "::", "a#b#c", "1:a", "-a:b", "http://a:b/", "//a:", "http://[x"],
    ),
    "language": (["", "hi", "en-IN", " hi "], ["en_IN", "12", " "]),
    "tokens": (["a", "1 -a:b"], ["", " ", "a,b"]),
    "mathLength": (["0", "-.5em", "10%", "2 pt"], ["", "1", "em", " 1em"]),
    "mathSpace": (["thinmathspace", "1em"], ["thin", "1"]),
    "mathMaxSize": (["infinity", "1.5"], ["large"]),
    "mathThickness": (["1", "2px", "thin"], ["wide"]),
    "padded": (["+1em", "50%width", "2 height"], ["0", "1"]),
    "paddedWidth": (["0", "1", "-50%", "mediummathspace"], ["wide"]),
    "views": (["candidate", "author tutor"], ["nobody"]),
    "wholeOrVariable": (["1", "N"], ["1.0", "a b", ""]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_data_type_takes_what_xml_schema_takes(name: str) -> None:
    right, wrong = CASES[name]
    check = checks(Version.QTI_22)[name]

    assert [value for value in right if not check(value)] == []
    assert [value for value in wrong if check(value)] == []


def test_2_1_takes_any_coordinates_and_negative_counts() -> None:
    old = checks(Version.QTI_21)

    assert old["coords"]("1 2 3")
    assert old["count"]("-1")
    assert not old["label"]("x" * 257)
