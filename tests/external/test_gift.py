"""21 GIFT files of another project, read as its own grammar reads them."""

from decimal import Decimal

import pytest

from assessment_engine.kernel.canonical import Json
from item_bank.formats.gift_text import Block, GiftAnswer, GiftQuestion, Said, blocks, read_block
from tests.external.testdata import ABSENT, FOLDER, cases

pytestmark = ABSENT

CASES = {str(case["id"]): case for case in cases("gift_parse.json")}


def said(found: Said | None) -> Json:
    return None if found is None else {"format": found.format, "text": found.text}


def number(text: str) -> int | float:
    return float(Decimal(text)) if "." in text else int(text)


def numeric(text: str, *, in_list: bool) -> Json:
    if ".." in text:
        low, _, high = text.partition("..")
        return {"type": "high-low", "numberHigh": number(high), "numberLow": number(low)}
    value, sign, width = text.partition(":")
    if not sign:
        return {"type": "simple", "number": number(value)}
    return {"type": "range", "number": number(value), "range": number(width)}


def numbers(found: GiftQuestion) -> Json:
    first = found.answers[0]
    if len(found.answers) == 1 and first.weight is None and first.feedback is None:
        return numeric(first.said.text, in_list=False)
    return [
        {
            "isCorrect": each.is_right,
            "weight": None if each.weight is None else number(each.weight),
            "text": {"format": each.said.format, "text": "*"} if each.said.text == "*" else numeric(each.said.text, in_list=True),
            "feedback": said(each.feedback),
        }
        for each in found.answers
    ]


def choice(found: GiftAnswer) -> Json:
    weight = None if found.weight is None else number(found.weight)
    return {"isCorrect": found.is_right, "weight": weight, "text": said(found.said), "feedback": said(found.feedback)}


def as_upstream(found: GiftQuestion) -> dict[str, Json]:
    """The form in which the other project writes what it read."""
    told: dict[str, Json] = {
        "id": found.id,
        "tags": list(found.tags) or None,
        "type": found.kind,
        "title": found.name,
        "stem": said(found.stem),
        "hasEmbeddedAnswers": found.is_embedded,
    }
    if found.kind == "Description":
        return told
    told["globalFeedback"] = said(found.feedback)
    if found.kind == "TF":
        wrong, right = said(found.wrong_feedback), said(found.right_feedback)
        after = (right, wrong) if found.truth else (wrong, right)
        return {**told, "isTrue": found.truth, "trueFeedback": after[0], "falseFeedback": after[1]}
    if found.kind == "Matching":
        pairs: list[Json] = [{"subquestion": said(each.said), "subanswer": each.matched} for each in found.answers]
        return {**told, "matchPairs": pairs}
    if found.kind == "Numerical":
        return {**told, "choices": numbers(found)}
    return told if found.kind == "Essay" else {**told, "choices": [choice(each) for each in found.answers]}


@pytest.mark.parametrize("name", list(CASES) or [None])
def test_a_file_reads_as_in_the_project_that_it_came_from(name: str) -> None:
    text = (FOLDER / str(CASES[name]["file"])).read_text(encoding="utf-8")

    read = [as_upstream(read_block(block)) for block in blocks(text) if isinstance(block, Block)]

    assert read == CASES[name]["expect"]


def test_every_file_is_there() -> None:
    assert len(CASES) == 21
