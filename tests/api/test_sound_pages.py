"""What pages say of sound: before consent, at the check, in the exam and in the cell; and that no page opens a microphone unasked."""

import pytest

from api.app import create_app
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.services.engine import Engine
from assessment_engine.storage.ledger_writer import AnswerLedger
from tests.api.browsers import Browser, a_browser
from tests.api.test_cell_pages import Officer, _exams
from tests.builders import a_world, listen_for_voices
from tests.services.paper import a_paper

NO_SOUND = {"en": "Your microphone is not opened. No sound is recorded.", "hi": "आपका माइक्रोफ़ोन खोला नहीं जाता।"}
VOICES = {
    "en": ("checks the sound of your microphone for voices", "Words are not recognised", "nothing of the sound is stored"),
    "hi": ("जाँचती है कि कोई बोल रहा है या नहीं", "शब्द पहचाने नहीं जाते", "कुछ भी सहेजा नहीं जाता"),
}
NOT_AGAINST = {
    "en": "A microphone that cannot be heard is not held against you.",
    "hi": "जो माइक्रोफ़ोन सुनाई न दे, उसे आपके विरुद्ध नहीं माना जाता।",
}


def at_the(
    engine: Engine, state: SittingState, arrangements: dict[str, Json] | None, ledger: AnswerLedger | None = None
) -> tuple[Browser, str]:
    """A candidate in their browser, and their sitting's path; the exam listens where arrangements are given, be they none."""
    world = a_world(engine, state=state)
    if arrangements is not None:
        listen_for_voices(engine, world, **arrangements)
    return a_browser(create_app(engine, ledger), engine, world.candidate), f"/candidate/sittings/{world.sitting_id}"


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_notice_says_before_consent_that_voices_are_checked_for_words_not_recognised_and_nothing_stored(
    engine: Engine, lang: str
) -> None:
    browser, path = at_the(engine, SittingState.REGISTERED, {})

    page = browser.get(f"{path}/notice?lang={lang}").text

    assert all(words in page for words in VOICES[lang])
    assert NOT_AGAINST[lang] in page
    assert NO_SOUND[lang] not in page


@pytest.mark.parametrize("lang", ["en", "hi"])
@pytest.mark.parametrize("arrangements", [None, {"signals_off": ["talking"]}, {"scribe": {"name": "Meena"}}])
def test_whose_microphone_stays_closed_reads_that_no_sound_is_recorded(
    engine: Engine, arrangements: dict[str, Json] | None, lang: str
) -> None:
    browser, path = at_the(engine, SittingState.REGISTERED, arrangements)

    page = browser.get(f"{path}/notice?lang={lang}").text

    assert NO_SOUND[lang] in page
    assert not any(words in page for words in VOICES[lang])


@pytest.mark.parametrize(("arrangements", "listens"), [(None, False), ({"signals_off": ["talking"]}, False), ({}, True)])
def test_check_and_exam_have_a_microphone_only_where_the_exam_listens(
    engine: Engine, ledger: AnswerLedger, arrangements: dict[str, Json] | None, listens: bool
) -> None:
    before, check = at_the(engine, SittingState.REGISTERED, arrangements)
    during, exam = at_the(engine, SittingState.IN_PROGRESS, arrangements, ledger)

    checked, watched = before.get(f"{check}/check").text, during.get(f"{exam}/exam").text

    assert ('data-step="microphone"' in checked, 'data-sound="voice"' in checked) == (listens, listens)
    assert ('id="sound"' in watched) == listens


def test_an_exam_listens_only_when_its_cell_chooses_it_and_its_page_says_so(engine: Engine) -> None:
    paper = a_paper(engine)
    officer = Officer(engine, paper.officer.organisation_id)
    rules = {"minutes": "30", "pass_percent": "50", "observable_percent": "80", "alarms": "0.1", "outage": "time_runs_on", "cuts": "50"}
    about = {"title": "Heard", "title_hi": "सुना", "form_id": paper.exam.form_id, **rules, "signals": ["phone", "talking"]}

    officer.post("/cell/exams/new", {**about, "code": "H-1"}, "/cell/exams/new")
    officer.post("/cell/exams/new", {**about, "code": "H-2", "sound": "voice"}, "/cell/exams/new")

    sound = {exam.code: exam for exam in _exams(engine, paper)}
    assert (sound["H-1"].policy.sound, sound["H-2"].policy.sound) == ("off", "voice")
    assert "Off: the microphone is not opened" in officer.get(f"/cell/exams/{sound['H-1'].id}")
    assert "Checked for voices while the exam runs; nothing of it is stored" in officer.get(f"/cell/exams/{sound['H-2'].id}")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sound": "voice", "signals": ["phone"]}, "Voices can be checked for only where a voice heard for long is watched."),
        ({"sound": "record", "signals": ["talking"]}, "Choose one of the list."),
    ],
)
def test_a_choice_of_sound_that_does_not_hold_is_told_at_its_field_and_changes_nothing(
    engine: Engine, changes: dict[str, object], said: str
) -> None:
    paper = a_paper(engine)
    officer = Officer(engine, paper.officer.organisation_id)
    rules = {"minutes": "30", "pass_percent": "50", "observable_percent": "80", "alarms": "0.1", "outage": "time_runs_on", "cuts": "50"}
    about = {"code": "H-3", "title": "Heard", "title_hi": "सुना", "form_id": paper.exam.form_id, **rules, **changes}

    html, _ = officer.post("/cell/exams/new", about, "/cell/exams/new", status=422)

    assert said in html
    assert [exam.code for exam in _exams(engine, paper) if exam.code == "H-3"] == []
