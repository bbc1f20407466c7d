"""The hall ticket: what a candidate brings and shows. Typst source for one A4 page a candidate, in both languages, the candidate's first.

Quiet and black on white, so that it survives a photocopier. All that people typed reaches typst as data inside one JSON string, never as
markup; pictures are files beside the source. Facts come from services/hall_tickets.py, which also has it set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date, format_time

from assessment_engine.exams.exam import ExamSession
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import RegistrationId
from assessment_engine.kernel.typst import typst_data
from assessment_engine.people import CIVIL_TIME

REPORT_BEFORE = timedelta(minutes=45)
"""How long before the opening a candidate of a centre should be there; at home, be ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallTicket:
    """Everything that stands on one ticket. Texts that people typed are given in English and in Hindi."""

    number: str
    language: str
    organisation: tuple[str, str]
    name: tuple[str, str]
    login: str
    exam: tuple[str, str]
    exam_code: str
    minutes: int
    session: tuple[str, str]
    opens_at: datetime
    closes_at: datetime
    starts_together: bool
    centre: tuple[str, str] | None
    address: tuple[str, str]
    room: str
    seat: str
    address_of_sitting: str
    photo: bool

    @property
    def reporting_at(self) -> datetime:
        """When the candidate should be there."""
        return self.opens_at - REPORT_BEFORE


def ticket_number(registration_id: RegistrationId) -> str:
    """Return the number on the ticket: the random end of the registration's id, short enough to be read aloud."""
    end = registration_id[-12:].upper()
    return f"{end[:4]}-{end[4:8]}-{end[8:]}"


def reporting_at(session: ExamSession) -> datetime:
    """Return when candidates of a session should be there."""
    return session.opens_at - REPORT_BEFORE


def tickets_source(tickets: Sequence[HallTicket], qr: Sequence[str], photos: frozenset[str] = frozenset()) -> str:
    """Write the typst source of tickets, one page each; `qr` are their codes as SVG, `photos` which `photo-N.jpg` lie beside it."""
    both = enumerate(zip(tickets, qr, strict=True))
    pages: list[Json] = [_page(ticket, code, f"photo-{number}.jpg", photos) for number, (ticket, code) in both]
    return _SOURCE.replace("DATA", typst_data(pages))


def _page(ticket: HallTicket, qr: str, photo: str, photos: frozenset[str]) -> Json:
    first, second = ("hi", "en") if ticket.language == "hi" else ("en", "hi")
    day = _civil(ticket.opens_at)
    facts: list[Json] = [[_both(name, first, second), _value(ticket, name, first, second)] for name in _facts_of(ticket)]
    return {
        "lang": first,
        "day": [day.year, day.month, day.day],
        "title": _both("title", first, second),
        "organisation": _pair(ticket.organisation, first),
        "name": _pair(ticket.name, first),
        "number": ticket.number,
        "number_label": _both("number", first, second),
        "login": ticket.login,
        "login_label": _both("login", first, second),
        "facts": facts,
        "bring_title": _both("bring_title" if ticket.centre else "ready_title", first, second),
        "site": ticket.address_of_sitting.partition("//")[2].partition("/")[0],
        "signed": ticket.centre is not None,
        "bring": [_both(word, first, second) for word in (_AT_A_CENTRE if ticket.centre else _AT_HOME)],
        "photo": photo if photo in photos else "",
        "photo_word": _both("photo", first, second),
        "qr": qr,
        "qr_word": _both("qr", first, second),
        "candidate_signs": _both("candidate_signs", first, second),
        "invigilator_signs": _both("invigilator_signs", first, second),
    }


def _facts_of(ticket: HallTicket) -> tuple[str, ...]:
    when = ("exam", "session", "day", "reporting", "window", "duration")
    return (*when, "centre", "room") if ticket.centre else (*when, "home")


def _value(ticket: HallTicket, name: str, first: str, second: str) -> Json:
    """Return one fact in both languages; what is the same in both stands once."""
    said = [_fact(ticket, name, language) for language in (first, second)]
    return said if said[0] != said[1] else [said[0], ""]


def _fact(ticket: HallTicket, name: str, language: str) -> str:
    which = 1 if language == "hi" else 0
    match name:
        case "exam":
            return f"{ticket.exam[which]} ({ticket.exam_code})"
        case "session":
            return ticket.session[which] or ticket.session[0]
        case "day":
            return format_date(_civil(ticket.opens_at), format="EEEE, d MMMM y", locale=f"{language}_IN")
        case "reporting":
            return _time(ticket.reporting_at, language)
        case "window":
            word = "together" if ticket.starts_together else "window"
            return _WORDS[f"{word}_value"][which].format(opens=_time(ticket.opens_at, language), closes=_closes(ticket, language))
        case "duration":
            return _WORDS["duration_value"][which].format(minutes=ticket.minutes)
        case "centre":
            name_of, address = (ticket.centre or ("", ""))[which], ticket.address[which] or ticket.address[0]
            return f"{name_of}\n{address}"
        case "room":
            return f"{ticket.room} · {ticket.seat}" if ticket.seat else ticket.room
        case _:
            return _WORDS["home_value"][which]


def _closes(ticket: HallTicket, language: str) -> str:
    same_day = _civil(ticket.opens_at).date() == _civil(ticket.closes_at).date()
    day = "" if same_day else format_date(_civil(ticket.closes_at), format="d MMM y", locale=f"{language}_IN") + ", "
    return day + _time(ticket.closes_at, language)


def _time(moment: datetime, language: str) -> str:
    return format_time(_civil(moment), format="HH:mm", locale=f"{language}_IN")


def _civil(moment: datetime) -> datetime:
    return moment.astimezone(CIVIL_TIME).replace(tzinfo=None)


def _pair(words: tuple[str, str], first: str) -> Json:
    """Return a typed text in the candidate's language and the other; one that is the same in both stands once."""
    english, hindi = words[0], words[1] or words[0]
    in_order = [hindi, english] if first == "hi" else [english, hindi]
    return [in_order[0], in_order[1] if in_order[1] != in_order[0] else ""]


def _both(name: str, first: str, second: str) -> Json:
    english, hindi = _WORDS[name]
    words: Mapping[str, str] = {"en": english, "hi": hindi}
    return [words[first], words[second]]


_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Hall ticket", "प्रवेश पत्र"),
    "number": ("Number", "क्रमांक"),
    "login": ("Log-in", "लॉग-इन"),
    "exam": ("Examination", "परीक्षा"),
    "session": ("Session", "सत्र"),
    "day": ("Day", "दिन"),
    "reporting": ("Be there by", "पहुँचने का समय"),
    "window": ("Time", "समय"),
    "window_value": ("start between {opens} and {closes}", "{opens} और {closes} के बीच आरंभ करें"),
    "together_value": ("starts at {opens} for everybody", "सबके लिए {opens} बजे आरंभ"),
    "duration": ("Your time", "आपका समय"),
    "duration_value": ("{minutes} minutes", "{minutes} मिनट"),
    "centre": ("Centre", "केंद्र"),
    "room": ("Room · seat", "कक्ष · सीट"),
    "home": ("Place", "स्थान"),
    "home_value": (
        "At home. Open the exam by the code or the address below before that day, and check camera, microphone, light and connection.",
        "घर पर। उस दिन से पहले नीचे दिए कोड या पते से परीक्षा खोलें, और कैमरा, माइक्रोफ़ोन, रोशनी और कनेक्शन जाँच लें।",
    ),
    "bring_title": ("Please bring", "कृपया साथ लाएँ"),
    "ready_title": ("Please have ready", "कृपया तैयार रखें"),
    "bring_ticket": ("this hall ticket, printed or on a phone that stays outside", "यह प्रवेश पत्र, छपा हुआ, या फ़ोन पर जो बाहर रहेगा"),
    "bring_identity": ("a government identity card with your photograph", "अपने फ़ोटो वाला सरकारी पहचान पत्र"),
    "bring_login": ("your log-in and password", "अपना लॉग-इन और पासवर्ड"),
    "bring_nothing": ("phones, watches and notes stay outside the room", "फ़ोन, घड़ियाँ और काग़ज़ कक्ष के बाहर रहेंगे"),
    "home_identity": ("a government identity card with your photograph, at hand", "अपने फ़ोटो वाला सरकारी पहचान पत्र, पास में"),
    "home_room": ("a quiet, well-lit room in which you are alone", "शांत, रोशन कमरा, जिसमें आप अकेले हों"),
    "home_computer": ("a computer with camera and microphone, on mains power", "कैमरे और माइक्रोफ़ोन वाला कंप्यूटर, बिजली से जुड़ा"),
    "photo": ("Photograph", "फ़ोटो"),
    "qr": ("Opens your exam", "आपकी परीक्षा खोलता है"),
    "candidate_signs": ("Candidate's signature", "परीक्षार्थी के हस्ताक्षर"),
    "invigilator_signs": ("Invigilator's signature", "निरीक्षक के हस्ताक्षर"),
}
_AT_A_CENTRE = ("bring_ticket", "bring_identity", "bring_login", "bring_nothing")
_AT_HOME = ("home_identity", "bring_login", "home_room", "home_computer")

_SOURCE = r"""
#let pages = json(bytes("DATA"))
#let ink = rgb("#111111")
#let day = pages.first().day
#set document(title: "Hall ticket", date: datetime(year: day.at(0), month: day.at(1), day: day.at(2)))
#set page(paper: "a4", margin: (x: 20mm, top: 18mm, bottom: 16mm))
#set text(font: ("Noto Sans", "Noto Sans Devanagari"), size: 10.5pt, fill: ink, lang: "en", hyphenate: false)
#set par(leading: 0.62em, spacing: 0.8em)

#let said(words, main: 10.5pt, second: 9pt, weight: "regular") = {
  text(size: main, weight: weight, words.at(0))
  if words.at(1) != "" { linebreak(); text(size: second, words.at(1)) }
}
#let inline(words, size: 10.5pt) = {
  text(size: size, words.at(0))
  if words.at(1) != "" { h(0.6em); text(size: size - 1.5pt, words.at(1)) }
}
#let ticket(one) = {
  set text(lang: one.lang)
  grid(
    columns: (1fr, auto), align: (left + bottom, right + bottom),
    said(one.organisation, main: 13pt, second: 11pt, weight: "bold"),
    align(right, said(one.title, main: 16pt, second: 13pt, weight: "bold")),
  )
  v(2mm)
  line(length: 100%, stroke: 0.9pt + ink)
  v(4mm)
  grid(
    columns: (1fr, 35mm), column-gutter: 8mm,
    {
      said(one.name, main: 20pt, second: 14pt, weight: "bold")
      v(4mm)
      grid(
        columns: (auto, auto), column-gutter: 10mm, row-gutter: 1.6mm,
        inline(one.number_label, size: 9.5pt), inline(one.login_label, size: 9.5pt),
        text(size: 14pt, weight: "bold", one.number), text(size: 12pt, one.login),
      )
    },
    box(width: 35mm, height: 45mm, stroke: 0.8pt + ink, clip: true, if one.photo != "" {
      image(one.photo, width: 35mm, height: 45mm, fit: "cover", alt: one.photo_word.at(0) + ": " + one.name.at(0))
    } else { align(center + horizon, said(one.photo_word, main: 9pt, second: 8pt)) }),
  )
  v(5mm)
  grid(
    columns: (42mm, 1fr), inset: (x: 0mm, y: 2.1mm), stroke: (top: 0.4pt + ink),
    ..one.facts.map(fact => (said(fact.at(0), main: 9.5pt, second: 8.5pt), said(fact.at(1), main: 11.5pt, second: 9.5pt))).flatten(),
  )
  line(length: 100%, stroke: 0.4pt + ink)
  v(3mm)
  grid(
    columns: (1fr, 44mm), column-gutter: 8mm,
    {
      text(weight: "bold")[#inline(one.bring_title)]
      v(1mm)
      for word in one.bring { grid(columns: (5mm, 1fr), row-gutter: 0mm, [–], said(word, main: 10pt, second: 8.5pt)); v(0.4mm) }
    },
    align(center, {
      image(bytes(one.qr), format: "svg", width: 40mm, alt: one.qr_word.at(0))
      v(-1mm)
      said(one.qr_word, main: 9pt, second: 8.5pt)
      v(1mm)
      text(size: 8.5pt, one.site)
    }),
  )
  v(1fr)
  if one.signed { grid(
    columns: (1fr, 1fr), column-gutter: 16mm,
    ..(one.candidate_signs, one.invigilator_signs).map(word => {
      line(length: 100%, stroke: 0.5pt + ink)
      v(1mm)
      inline(word, size: 9pt)
    }),
  ) }
}
#for (number, one) in pages.enumerate() {
  if number > 0 { pagebreak() }
  ticket(one)
}
"""
