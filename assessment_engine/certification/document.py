"""The printed certificate: typst source for one landscape page in English and Hindi, with the signed credential attached to the PDF.

All that people typed reaches typst as data inside one JSON string, never as markup. Set by services/typesetter.py.
"""

import io
import json
import re
import zlib
from datetime import date

import segno
from babel.dates import format_date

from assessment_engine.certification.credential import Award, Document, percent
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import UnreadableFile
from assessment_engine.kernel.typst import typst_data

ATTACHMENT = "credential.json"

_PAGE = r"""
#let data = json(bytes("DATA"))
#let ink = rgb("#111111")
#let hindi(body, ..style) = text(lang: "hi", font: "Noto Sans Devanagari", ..style, body)
#let both(english, devanagari) = [#english #h(0.5em) #hindi(devanagari)]
#let label(english, devanagari) = text(size: 9.5pt)[#both(english, devanagari)]
#let pair(english, devanagari, gap) = stack(dir: ttb, spacing: gap, english, devanagari)
#set document(
  title: "Certificate " + data.number, author: data.organisation,
  date: datetime(year: data.issued.at(0), month: data.issued.at(1), day: data.issued.at(2)),
)
#set page(
  width: 297mm, height: 210mm, margin: (x: 25mm, top: 22mm, bottom: 17mm),
  background: rect(width: 279mm, height: 192mm, stroke: 0.8pt + ink),
)
#set text(font: ("Noto Sans", "Noto Sans Devanagari"), size: 11pt, fill: ink, lang: "en", hyphenate: false)
#set par(leading: 0.6em, spacing: 0.7em)
#pdf.attach(
  "ATTACHMENT", bytes(data.credential), relationship: "data", mime-type: "application/ld+json",
  description: "The signed Open Badges 3.0 credential of this certificate",
)

#grid(
  columns: (1fr, auto), align: (left + top, right + top),
  pair(text(size: 15pt, weight: "bold", data.organisation), hindi(size: 12.5pt, data.organisation_hi), 2.6mm),
  align(right, pair(text(size: 13pt, "Certificate of Competency"), hindi(size: 13pt, "दक्षता प्रमाणपत्र"), 2.6mm)),
)
#v(2.5mm)
#line(length: 100%, stroke: 0.8pt + ink)
#v(1fr)

#label("This is to certify that", "प्रमाणित किया जाता है कि")
#v(2.5mm)
#text(size: data.sizes.name * 1pt, weight: "bold", data.name)
#if data.name_hi != "" [ #h(4mm) #hindi(size: data.sizes.name * 0.6pt, data.name_hi) ]
#v(3mm)
#label(
  "has shown, in a proctored examination, at the level stated,",
  "ने पर्यवेक्षण में हुई परीक्षा में नीचे लिखे स्तर की दक्षता सिद्ध की है",
)
#v(5mm)

#let size = data.sizes.competency * 1pt
#for held in data.competencies {
  grid(
    columns: (1fr, auto), align: (left + bottom, right + bottom), column-gutter: 10mm,
    pair(text(size: size, weight: "bold", held.name), hindi(size: size * 0.6, held.name_hi), size * 0.52),
    if held.level == "" [] else {
      align(right, pair(text(size: size, weight: "bold")[Level #held.level], hindi(size: size * 0.6)[स्तर #held.level], size * 0.52))
    },
  )
  v(data.sizes.gap * 1mm)
}
#v(1fr)
#line(length: 100%, stroke: 0.8pt + ink)
#v(3mm)

#let fact(english, devanagari, value, devanagari-value) = (
  label(english, devanagari), [#value #if devanagari-value != "" [#h(0.6em) #hindi(size: 10pt, devanagari-value)]],
)
#grid(
  columns: (1fr, 38mm), column-gutter: 12mm, align: (left + bottom, center + bottom),
  [
    #grid(
      columns: (auto, 1fr), column-gutter: 8mm, row-gutter: 2.6mm, align: left + bottom,
      ..fact("Examination", "परीक्षा", data.exam, data.exam_hi),
      ..fact("Held on", "आयोजन तिथि", data.held_on, data.held_on_hi),
      ..fact("Score", "प्राप्तांक", data.score + " %", ""),
      ..fact("Issued on", "जारी करने की तिथि", data.issued_on, data.issued_on_hi),
    )
    #v(3.5mm)
    #set text(size: 8.5pt)
    Anyone can check this certificate: scan the code, or hand in this file at #data.verify. The signed credential is attached to this PDF. \
    #hindi[इस प्रमाणपत्र की जाँच कोई भी कर सकता है: कोड स्कैन करें, या यह फ़ाइल ऊपर दिए पते पर दें। हस्ताक्षरित प्रत्यय-पत्र इसी PDF में संलग्न है।]
  ],
  [
    #image(bytes(data.qr), format: "svg", width: 36mm, alt: "QR code of certificate " + data.number)
    #v(1mm)
    #text(size: 10.5pt, weight: "bold", data.number)
  ],
)
"""


def certificate_source(award: Award, credential: Document, qr: str, verify_address: str) -> str:
    """Write the typst source of a certificate."""
    issued = award.issued_at.date()
    data: dict[str, Json] = {
        "number": award.number,
        "organisation": award.organisation,
        "organisation_hi": award.organisation_hi,
        "name": award.holder_name,
        "name_hi": award.holder_name_hi if award.holder_name_hi != award.holder_name else "",
        "competencies": [{"name": held.name, "name_hi": held.name_hi, "level": str(held.level)} for held in award.competencies]
        or [{"name": award.exam_title, "name_hi": award.exam_title_hi, "level": ""}],
        "exam": award.exam_title,
        "exam_hi": award.exam_title_hi,
        "held_on": _day(award.held_on, "en"),
        "held_on_hi": _day(award.held_on, "hi"),
        "issued": [issued.year, issued.month, issued.day],
        "issued_on": _day(issued, "en"),
        "issued_on_hi": _day(issued, "hi"),
        "score": percent(award.score_share),
        "verify": verify_address,
        "qr": qr_svg(qr),
        "credential": json.dumps(credential, ensure_ascii=False, indent=1),
        "sizes": _sizes(award),
    }
    return _PAGE.replace("ATTACHMENT", ATTACHMENT).replace("DATA", typst_data(data))


def _sizes(award: Award) -> Json:
    """Return type sizes in points: competency and level are the largest words after the name, as far as they fit on one page."""
    longest = max((len(held.name) for held in award.competencies), default=len(award.exam_title))
    count = max(len(award.competencies), 1)
    by_count = {1: 30.0, 2: 24.0, 3: 18.0, 4: 14.0}.get(count, 60.0 / count)
    by_length = 30.0 * 34 / max(longest, 34)
    name = 38.0 * 34 / max(len(award.holder_name) + len(award.holder_name_hi) * 6 // 10, 34)
    competency = min(by_count, by_length, name)
    return {"name": round(name, 1), "competency": round(competency, 1), "gap": {1: 6.0, 2: 6.0, 3: 3.0}.get(count, 7.0 / count)}


def _day(day: date, language: str) -> str:
    return format_date(day, format="d MMMM y", locale=f"{language}_IN")


def qr_svg(text: str) -> str:
    """Draw a QR code, black on white with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, dark="#000000", light="#ffffff", xmldecl=False)
    return out.getvalue().decode()


_EMBEDDED = re.compile(rb"<<([^\r\n]{0,400}/Type\s*/EmbeddedFile[^\r\n]{0,400})>>\s*stream\r?\n")
_LENGTH = re.compile(rb"/Length\s+(\d{1,8})(?!\s+\d+\s+R)")
_LARGEST = 1 << 20


def credential_in_pdf(pdf: bytes) -> Json:
    """Take the credential out of a certificate's PDF; raises UnreadableFile when there is none."""
    for found in _EMBEDDED.finditer(pdf):
        length = _LENGTH.search(found[1])
        raw = pdf[found.end() : found.end() + int(length[1])] if length else b""
        try:
            content: Json = json.loads(_inflated(raw) if b"/FlateDecode" in found[1] else raw)
        except (ValueError, zlib.error, RecursionError):
            continue
        return content
    raise UnreadableFile("this PDF carries no credential")


def _inflated(raw: bytes) -> bytes:
    return zlib.decompressobj().decompress(raw, _LARGEST)
