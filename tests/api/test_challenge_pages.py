"""Camera checks where people read of them: the notice, arrangements, the timeline."""

from dataclasses import replace

import pytest

from api.app import create_app
from api.pages.wording import event_said
from api.words import words
from assessment_engine.arrangements import Adjustments
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import OrganisationId
from assessment_engine.services.engine import Engine
from assessment_engine.storage.events import ExamEvent
from proctoring.challenge.verdict import OUTCOME, Ask, Outcome, Verdict, Why
from tests.api.browsers import Browser, a_browser
from tests.builders import NOON, World, a_world

LIGHT = {"en": "the page turns pale colours", "hi": "पृष्ठ हल्के रंगों का हो जाता है"}
TURN = {"en": "the page asks you to turn your head. It is announced", "hi": "पृष्ठ आपसे सिर घुमाने को कहता है। यह पहले बताया जाता है"}


def an_exam(engine: Engine, asks: str, arrangements: dict[str, Json]) -> World:
    world = a_world(engine, state=SittingState.REGISTERED)
    with engine.store.begin() as tx:
        exam = tx.exams.get(world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, challenges=asks)))
        tx.exams.arrange(tx.sittings.get(world.sitting_id).registration_id, arrangements)
    return world


def candidate(engine: Engine, world: World) -> Browser:
    return a_browser(create_app(engine), engine, world.candidate)


@pytest.mark.parametrize("lang", ["en", "hi"])
@pytest.mark.parametrize(
    ("asks", "arrangements", "light", "turn"),
    [
        ("off", {}, False, False),
        ("light", {}, True, False),
        ("head_turn", {}, False, True),
        ("light", {"steady_screen": True}, False, True),
        ("light", {"steady_screen": True, "signals_off": ["looking_away"]}, False, False),
    ],
)
def test_the_notice_says_before_consent_what_will_be_asked(
    engine: Engine, asks: str, arrangements: dict[str, Json], light: bool, turn: bool, lang: str
) -> None:
    world = an_exam(engine, asks, arrangements)

    page = candidate(engine, world).get(f"/candidate/sittings/{world.sitting_id}/notice?lang={lang}").text

    assert (LIGHT[lang] in page, TURN[lang] in page) == (light, turn)


def test_a_steady_screen_is_an_arrangement_that_an_officer_cannot_give_by_half() -> None:
    asked = Adjustments(steady_screen=True)

    assert not Adjustments().covers(asked)
    assert asked.rules == {"steady_screen": True}


def said(verdict: Verdict, lang: str) -> str:
    data = {"number": 1, **verdict.as_facts()}
    return event_said(ExamEvent(at=NOON, kind="challenge_judged", organisation_id=OrganisationId("org_1"), data=data), words(lang).gettext)


@pytest.mark.parametrize("lang", ["en", "hi"])
@pytest.mark.parametrize("why", Why)
def test_every_outcome_is_told_in_words_and_what_decides_nothing_says_so(why: Why, lang: str) -> None:
    text = said(Verdict(ask=Ask.TURN, why=why, lag_s=2.4), lang)

    undecided = OUTCOME.get(why, Outcome.INCONCLUSIVE) is Outcome.INCONCLUSIVE and why is not Why.NOT_ASKED
    held = {"en": "othing is held against the candidate", "hi": "के विरुद्ध कुछ नहीं गिना जाता"}[lang]
    assert (held in text) == undecided
    assert "%(" not in text


def test_a_pass_says_how_sure_it_is() -> None:
    text = said(Verdict(ask=Ask.LIGHT, why=Why.ANSWERED, p=0.001, gain=1.84, lag_s=0.4), "en")

    assert text == "Camera check passed: the page's light was seen on the face after 0.4 s (1.8 %); chance alone does as well in 1 of 1000."
