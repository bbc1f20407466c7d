"""The session report on paper: typst source of a signed report, English and Hindi side by side, with room for signatures by hand.

What stands in it is the signed document (delivery/session_report.py); the paper repeats its digest, so that the two can be compared.
"""

from collections.abc import Mapping
from datetime import datetime

from assessment_engine.delivery.session_report import SessionReport
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import parse_iso
from assessment_engine.kernel.typst import typst_data
from assessment_engine.people import CIVIL_TIME


def report_source(report: SessionReport, organisation: tuple[str, str]) -> str:
    """Return the typst source of a report; `organisation` is its name in English and in Hindi."""
    document = report.document
    data: Json = {
        "organisation": list(organisation),
        "title": str(document["title"]),
        "exam": _exam(document["exam"]),
        "number": report.number,
        "window": f"{_moment(document['opens_at'])} – {_moment(document['closes_at'])}",
        "made": f"{_moment(document['made_at'])}, {document['made_by']}",
        "counts": dict(report.counts),
        "lines": [_line(each) for each in _rows(document["lines"])],
        "not_asked_for": document.get("not_asked_for", []),
        "unseen": [_unseen(each) for each in _rows(document["lines"]) if _misses(each)],
        "acts": [_act(each) for each in _rows(document["acts"])],
        "announcements": [_said(each) for each in _rows(document["announcements"])],
        "sha256": report.sha256,
        "key_id": report.key_id,
        "day": _day(document["made_at"]),
    }
    return _SOURCE.replace("DATA", typst_data(data))


def _rows(value: Json) -> list[Mapping[str, Json]]:
    assert isinstance(value, list)
    return [row for row in value if isinstance(row, Mapping)]


def _exam(value: Json) -> Json:
    assert isinstance(value, Mapping)
    return [f"{value['title']} ({value['code']})", str(value.get("title_hi") or "")]


def _line(row: Mapping[str, Json]) -> Json:
    seat = " · ".join(part for part in (str(row["room"]), str(row["seat"])) if part)
    times = [_clock(row["started_at"]), _clock(row["submitted_at"])]
    return [seat, str(row["name"]), str(row["attendance"]), *times, str(row["closed_by"] or ""), str(row["answers"])]


def _misses(row: Mapping[str, Json]) -> bool:
    return row["attendance"] == "present" and bool(row.get("not_looked_for") or row.get("uncompared_s"))


def _unseen(row: Mapping[str, Json]) -> Json:
    kinds = row["not_looked_for"]
    assert isinstance(kinds, Mapping)
    return [str(row["name"]), [[kind, str(why)] for kind, why in kinds.items()], int(str(row["uncompared_s"])) // 60]


def _act(row: Mapping[str, Json]) -> Json:
    return [_clock(row["at"]), str(row["verb"]), _how_much(row), str(row["by"]), str(row["reason"]), str(row["sittings"])]


def _how_much(row: Mapping[str, Json]) -> str:
    if row.get("since"):
        return f"{_clock(row['since'])}–{_clock(row['until'])}"
    minutes = int(str(row["seconds"])) // 60
    return f"{minutes} min · मिनट" if minutes else ""


def _said(row: Mapping[str, Json]) -> Json:
    return [_clock(row["at"]), str(row["by"]), str(row["text"]), str(row["text_hi"])]


def _moment(value: Json) -> str:
    return f"{_local(value):%d.%m.%Y %H:%M}"


def _clock(value: Json) -> str:
    return "" if value is None else f"{_local(value):%H:%M:%S}"


def _day(value: Json) -> Json:
    local = _local(value)
    return [local.year, local.month, local.day]


def _local(value: Json) -> datetime:
    return parse_iso(str(value)).astimezone(CIVIL_TIME)


_SOURCE = """
#let data = json(bytes("DATA"))
#set document(title: "Session report", date: datetime(year: data.day.at(0), month: data.day.at(1), day: data.day.at(2)))
#set page(paper: "a4", margin: (x: 16mm, top: 16mm, bottom: 18mm), numbering: "1 / 1")
#set text(font: ("Noto Sans", "Noto Sans Devanagari"), size: 9.5pt, fill: rgb("#111111"), lang: "en", hyphenate: false)
#set par(leading: 0.6em, spacing: 0.8em)
#let words = (
  present: "Present · उपस्थित", not_started: "Not begun · आरंभ नहीं", absent: "Absent · अनुपस्थित",
  given_back: "Place given back · स्थान लौटाया",
)
#let closed = (submit: "Candidate · परीक्षार्थी", time_up: "Time · समय", terminate: "A person · व्यक्ति")
#let verbs = (pause: "Paused · रोका", resume: "Resumed · चालू किया", give_time: "Time given · समय दिया", terminate: "Ended · समाप्त किया")
#let kinds = (
  nobody: "nobody · कोई नहीं", several_people: "more than one person · एक से अधिक व्यक्ति", different_person: "a different face · दूसरा चेहरा",
  phone: "a phone · फ़ोन", book: "a book · किताब", screen: "a second screen · दूसरी स्क्रीन",
  looking_away: "looking away · दूसरी ओर देखना", talking: "voices · आवाज़ें",
  challenge_failed: "a failed camera check · विफल कैमरा जाँच", camera_switched: "another camera · दूसरा कैमरा",
  chain_broken: "a broken chain of pictures · चित्रों की टूटी कड़ी",
)
#let whys = (
  arrangement: "arrangement · विशेष सुविधा", dots_skipped: "calibration skipped · अंशांकन छोड़ा गया",
  no_network: "recognition file missing · पहचान की फ़ाइल नहीं थी",
  demoted: "only counted, wrong too often · केवल गिना गया, बहुत बार ग़लत था",
)
#let both(english, hindi) = [#english #text(size: 8.5pt, fill: rgb("#444444"))[· #hindi]]
#text(weight: "bold")[#data.organisation.at(0)] #h(6pt) #data.organisation.at(1)
#v(2pt)
#heading(level: 1, text(size: 15pt)[Session report · सत्र प्रतिवेदन])
#grid(columns: (auto, 1fr), column-gutter: 12pt, row-gutter: 6pt,
  both("Exam", "परीक्षा"), [*#data.exam.at(0)* #data.exam.at(1)],
  both("Session", "सत्र"), [#data.title],
  both("Window", "समय"), [#data.window (IST)],
  both("Report", "प्रतिवेदन"), [#data.number · #data.made],
)
#v(6pt)
#grid(columns: (1fr,) * 4, column-gutter: 8pt,
  ..("present", "not_started", "absent", "given_back").map(name => box(stroke: 0.6pt + rgb("#888888"), inset: 7pt, width: 100%)[
    #text(size: 15pt, weight: "bold")[#data.counts.at(name)] \\ #text(size: 8pt)[#words.at(name)]]))
#v(8pt)
#set table(stroke: 0.4pt + rgb("#999999"), inset: 5pt)
#show table: set text(size: 8.5pt)
#let head(english, hindi) = [*#english* \\ #hindi]
#table(columns: (auto, 1fr, auto, auto, auto, auto, auto), align: (left, left, left, left, left, left, right),
  table.header(head[Seat][सीट], head[Name][नाम], head[Attendance][उपस्थिति], head[Began][आरंभ], head[Ended][समाप्त],
    head[Closed by][किसने बंद की], head[Answers][उत्तर]),
  ..data.lines.map(line => (
    line.at(0), line.at(1), words.at(line.at(2)), line.at(3), line.at(4), closed.at(line.at(5), default: line.at(5)), line.at(6),
  )).flatten())
#let named(kind) = kinds.at(kind, default: kind)
#if data.not_asked_for.len() > 0 [
  #v(6pt)
  Not asked for by this exam · इस परीक्षा में नहीं माँगा गया: #data.not_asked_for.map(named).join("; ")
]
#if data.unseen.len() > 0 [
  #v(8pt)
  *What the watch did not see · निगरानी में क्या नहीं देखा गया*
  #table(columns: (auto, 1fr, auto), align: (left, left, right),
    table.header(head[Name][नाम], head[Not looked for][क्या नहीं देखा गया], head[Face not compared][चेहरा नहीं मिलाया गया]),
    ..data.unseen.map(one => (
      one.at(0), one.at(1).map(pair => [#named(pair.at(0)) (#whys.at(pair.at(1)))]).join([; ]), if one.at(2) > 0 [#one.at(2) min · मिनट],
    )).flatten())
]
#if data.acts.len() > 0 [
  #v(8pt)
  *What people did to the time · समय पर की गई कार्रवाइयाँ*
  #table(columns: (auto, auto, auto, 1fr, auto), align: (left, left, left, left, right),
    table.header(head[At][समय], head[Act][कार्रवाई], head[By][किसने], head[Reason][कारण], head[Candidates][परीक्षार्थी]),
    ..data.acts.map(act => {
      let much = if act.at(2) != "" [ · #act.at(2)]
      (act.at(0), [#verbs.at(act.at(1), default: act.at(1))#much], act.at(3), act.at(4), act.at(5))
    }).flatten())
]
#if data.announcements.len() > 0 [
  #v(8pt)
  *What was announced · क्या घोषणा हुई*
  #table(columns: (auto, auto, 1fr),
    table.header(head[At][समय], head[By][किसने], head[Text][पाठ]),
    ..data.announcements.map(said => (said.at(0), said.at(1), [#said.at(2) \\ #said.at(3)])).flatten())
]
#v(18pt)
#grid(columns: (1fr, 1fr), column-gutter: 24pt,
  [#line(length: 100%, stroke: 0.6pt) Invigilator · निरीक्षक], [#line(length: 100%, stroke: 0.6pt) Examination cell · परीक्षा प्रकोष्ठ])
#v(12pt)
#text(size: 8pt)[Signed as a whole by #data.key_id. SHA-256 of the signed report: \\ #raw(data.sha256)]
"""
