"""Camera checks in plain words: the exam's rule, and what came of them on timeline, panel and case. Judged by proctoring/challenge."""

from collections.abc import Callable, Mapping

from api.words import N_
from assessment_engine.exams.policy import CHALLENGES
from assessment_engine.storage.events import ExamEvent

CHECK_WORDS: Mapping[str, str] = dict(
    zip(
        CHALLENGES,
        (
            N_("Off"),
            N_("Pale light on the page, to be seen on the face; where it cannot be seen, turning the head as asked"),
            N_("Turning the head as asked; the page's colours never change"),
        ),
        strict=True,
    )
)

CHECK_EVENTS: Mapping[str, str] = {
    "camera_changed": N_("The page says that another camera was opened: a hint, never evidence. A camera check follows soon."),
    "challenge_asked": N_("A camera check began."),
    "challenge_shown": N_("The page says that it showed the camera check: a hint, never evidence."),
    "challenge_judged": N_("A camera check was judged."),
    "challenge_for_person": N_("Please look at this candidate: no camera check could be judged. Nothing is held against them."),
}

_PASSED_LIGHT = N_(
    "Camera check passed: the page's light was seen on the face after %(lag)s s (%(gain)s %%); chance alone does as well in %(p)s of 1000."
)
_VERDICTS: Mapping[str, str] = {
    "answered": N_("Camera check passed: the head turned as asked."),
    "hand_shown": N_(
        "Camera check: the head did not turn, but a hand was shown. A person should look; nothing is held against the candidate."
    ),
    "no_light": N_("Camera check failed: the page's light, seen on the face earlier, was not there. The head is asked to turn."),
    "old_light": N_("Camera check failed: the light of an earlier check was on the face. The head is asked to turn."),
    "repeated_pictures": N_("Camera check failed: the very same pictures had come before. The head is asked to turn."),
    "not_turned": N_("Camera check failed: the face was well seen, but the head did not turn at two requests, and no hand was shown."),
    "too_weak": N_(
        "Camera check undecided: too little of the screen's light reaches the face, as by day. Nothing is held against the candidate."
    ),
    "late": N_("Camera check undecided: the answer came %(lag)s s late. Nothing is held against the candidate."),
    "too_few_frames": N_("Camera check undecided: too few pictures came. Nothing is held against the candidate."),
    "not_seen": N_("Camera check undecided: the face could not be seen well. Nothing is held against the candidate."),
    "not_shown": N_("Camera check undecided: the page never said that it showed it. Nothing is held against the candidate."),
    "interrupted": N_("Camera check interrupted; it is asked again. Nothing is held against the candidate."),
    "not_asked": N_("No camera check may be asked of this candidate: a person looks instead."),
}


def check_said(event: ExamEvent, translate: Callable[..., str]) -> str:
    """Return what came of a camera check."""
    data = event.data
    figures = {"lag": _figure(data.get("lag_s"), 1), "gain": _figure(data.get("gain"), 1), "p": _figure(_thousandths(data.get("p")), 0)}
    passed_light = data.get("ask") == "light" and data.get("why") == "answered"
    words = _PASSED_LIGHT if passed_light else _VERDICTS.get(str(data.get("why")), CHECK_EVENTS["challenge_judged"])
    return translate(words, **figures)


def _thousandths(share: object) -> float:
    return 1000 * float(share) if isinstance(share, int | float) else 0.0


def _figure(value: object, digits: int) -> str:
    return f"{float(value):.{digits}f}" if isinstance(value, int | float) else "–"
