"""The certificate that goes before a court with a package: section 63(4) of the Bharatiya Sakshya Adhiniyam, 2023, and its Schedule.

Part A is for whoever is in charge of the system, part B for an expert. The words are our own, after the Schedule's matters; what the engine
knows is filled in, what a person must say of themselves is left blank. It is no legal advice: whoever signs reads it first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.typst import typst_data
from assessment_engine.people import CIVIL_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the certificate is about: one package, the sitting in it, the system that made it, and the log that fixes it."""

    organisation: tuple[str, str]
    candidate: tuple[str, str]
    exam: str
    session: str
    sitting_id: str
    started_at: datetime | None
    submitted_at: datetime | None
    file_name: str
    package_sha256: str
    length: int
    made_at: datetime | None
    files: Mapping[str, str]
    log: tuple[str, int, str]  # its name, the checkpoint's size and root
    key_ids: tuple[str, ...]
    system: str


def certificate_source(about: About) -> str:
    """Return the typst source of the certificate, with every file's SHA-256 annexed."""
    made = _local(about.made_at)
    data: Json = {
        "organisation": list(about.organisation),
        "candidate": list(about.candidate),
        "exam": about.exam,
        "session": about.session,
        "sitting": about.sitting_id,
        "window": f"{_moment(about.started_at)} – {_moment(about.submitted_at)}",
        "file": about.file_name,
        "sha256": about.package_sha256,
        "bytes": f"{about.length:,}",
        "made": _moment(about.made_at),
        "log": [about.log[0], str(about.log[1]), about.log[2]],
        "keys": list(about.key_ids),
        "system": about.system,
        "files": [[name, digest] for name, digest in sorted(about.files.items())],
        "day": [made.year, made.month, made.day] if made else [1980, 1, 1],
    }
    return _SOURCE.replace("DATA", typst_data(data))


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(CIVIL_TIME)


def _moment(moment: datetime | None) -> str:
    local = _local(moment)
    return "—" if local is None else f"{local:%d.%m.%Y %H:%M:%S} IST"


_SOURCE = """
#let data = json(bytes("DATA"))
#set document(title: "Certificate, section 63", date: datetime(year: data.day.at(0), month: data.day.at(1), day: data.day.at(2)))
#set page(paper: "a4", margin: (x: 18mm, top: 16mm, bottom: 18mm), footer: context [
  #set text(size: 7.5pt, fill: rgb("#444444"))
  #data.sitting #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: ("Noto Sans", "Noto Sans Devanagari"), size: 9.5pt, fill: rgb("#111111"), lang: "en", hyphenate: false)
#set par(leading: 0.62em, spacing: 0.85em)
#show raw: set text(size: 1.15em, font: ("Noto Sans", "Noto Sans Devanagari"))
#let quiet(body) = text(size: 8.5pt, fill: rgb("#444444"), body)
#let both(english, hindi) = [#english \\ #quiet(hindi)]
#let blank(width) = box(width: width, height: 1.1em, baseline: 0.2em, stroke: (bottom: 0.6pt + rgb("#555555")))
#let tick(english, hindi) = [#box(width: 9pt, height: 9pt, stroke: 0.7pt, baseline: 1pt) #h(3pt) #english #quiet[· #hindi]]
#let broken(digest) = raw(range(0, digest.len(), step: 16).map(at => digest.slice(at, at + 16)).join(" "))
#let part(english, hindi) = [#v(4pt) #heading(level: 2, text(size: 12pt)[#english · #hindi]) #v(2pt)]

#text(weight: "bold")[#data.organisation.at(0)] #h(6pt) #data.organisation.at(1)
#heading(level: 1, text(size: 15pt)[Certificate for an electronic record · इलेक्ट्रॉनिक अभिलेख का प्रमाणपत्र])
#quiet[Bharatiya Sakshya Adhiniyam, 2023, section 63(4) and its Schedule · भारतीय साक्ष्य अधिनियम, 2023, धारा 63(4) और उसकी अनुसूची]

#v(4pt)
#grid(columns: (34mm, 1fr), column-gutter: 10pt, row-gutter: 7pt,
  both("The record", "अभिलेख"), [#raw(data.file), #data.bytes bytes, made on #data.made],
  both("Its SHA-256", "उसका SHA-256"), text(size: 9pt, broken(data.sha256)),
  both("Of the exam", "परीक्षा"), [*#data.exam*, #data.session \\ #data.window],
  both("Candidate", "परीक्षार्थी"), [*#data.candidate.at(0)* #h(4pt) #data.candidate.at(1) \\ #quiet[sitting #raw(data.sitting)]],
  both("Made by", "किस प्रणाली से"), [the assessment engine at #raw(data.system)],
  both("Fixed in the log", "लेखे में दर्ज"),
    [#raw(data.log.at(0)), #data.log.at(1) entries \\ root #text(size: 8pt, broken(data.log.at(2))) \\ keys #data.keys.map(raw).join(", ")],
)

#part("Part A — by whoever is in charge of the system", "भाग क — प्रणाली के प्रभारी द्वारा")
I, #blank(62mm), son / daughter / spouse of #blank(56mm), employed at #blank(60mm) as #blank(56mm), do solemnly affirm and say: \\
#quiet[मैं, ऊपर नामित, सत्यनिष्ठा से प्रतिज्ञान करता/करती हूँ और कहता/कहती हूँ:]
+ I produce the electronic record described above. It was taken from: \\ #quiet[मैं ऊपर वर्णित अभिलेख प्रस्तुत करता/करती हूँ। यह लिया गया:] \\
  #tick("server", "सर्वर") #h(8pt) #tick("computer", "कंप्यूटर") #h(8pt) #tick("storage medium", "भंडारण माध्यम") #h(8pt)
  #tick("cloud", "क्लाउड") #h(8pt) #tick("other", "अन्य"): #blank(14mm)
+ Make and model #blank(44mm), serial number #blank(44mm), any other identifier (MAC, cloud id) #blank(40mm).
+ The system was under lawful control, and during the exam was in regular use to receive, store and process the cameras' pictures and the
  records of exams; such matter was regularly fed into it in the ordinary course of its work. \\
  #quiet[प्रणाली विधिपूर्ण नियंत्रण में थी और परीक्षा के दौरान इस काम के लिए नियमित उपयोग में थी; ऐसी सामग्री सामान्य क्रम में इसमें नियमित रूप से आती थी।]
+ It worked properly throughout, or where it did not, this did not affect the record or its accuracy; the package itself lists where
  records were lost. \\
  #quiet[वह ठीक से काम करती रही, या जहाँ नहीं, वहाँ इससे अभिलेख या उसकी शुद्धता प्रभावित नहीं हुई; जहाँ अभिलेख खोए, यह पैकेज में लिखा है।]
+ The record is owned, maintained, managed or operated by me / by #blank(60mm) \\ #quiet[अभिलेख का स्वामित्व, रखरखाव या संचालन]
+ The hash value was obtained with SHA-256 and is the one above; those of the files are annexed. \\
  #quiet[हैश SHA-256 से निकाला गया और ऊपर लिखा है; फ़ाइलों के हैश संलग्न हैं।]
#v(6pt)
#let sign = grid(columns: (1fr, 1fr), column-gutter: 20pt, row-gutter: 12pt,
  [Date and time (IST) · दिनांक, समय: #blank(26mm)], [Place · स्थान: #blank(52mm)],
  [Name · नाम: #blank(58mm)], [Signature · हस्ताक्षर: #blank(44mm)])
#sign

#pagebreak()
#part("Part B — by an expert", "भाग ख — विशेषज्ञ द्वारा")
I, #blank(62mm), son / daughter / spouse of #blank(56mm), employed at #blank(60mm) as #blank(56mm), do solemnly affirm and say: \\
#quiet[मैं, ऊपर नामित, सत्यनिष्ठा से प्रतिज्ञान करता/करती हूँ और कहता/कहती हूँ:]
+ The record described above was given to me as: \\ #quiet[ऊपर वर्णित अभिलेख मुझे इस रूप में दिया गया:] \\
  #tick("a file", "फ़ाइल") #h(8pt) #tick("a storage medium", "भंडारण माध्यम") #h(8pt) #tick("other", "अन्य"): #blank(40mm)
+ I computed its hash value myself, with: #tick("SHA-256", "SHA-256") #h(8pt) #tick("another standard", "अन्य मानक"): #blank(24mm) \\
  and obtained: #blank(120mm) \\ #quiet[मैंने हैश स्वयं निकाला, और यह मिला]
+ I ran the offline verifier (#raw("assessment-engine evidence verify FILE --trust KEYS")) with the published keys. It said: \\
  #tick("whole", "पूरा") #h(8pt) #tick("broken, as annexed", "टूटा, जैसा संलग्न है") \\
  The keys came from #quiet[· कुंजियाँ कहाँ से]: #blank(90mm) \\
  #quiet[मैंने प्रकाशित कुंजियों के साथ ऑफ़लाइन जाँच-प्रोग्राम चलाया; उसका उत्तर ऊपर है।]
+ My qualification and experience #quiet[· मेरी योग्यता और अनुभव]: #blank(70mm)
#v(6pt)
#sign

#v(14pt)
#heading(level: 2, text(size: 12pt)[Annex: SHA-256 of every file in the package · संलग्नक: पैकेज की हर फ़ाइल का SHA-256])
#set text(size: 7pt)
#table(columns: (auto, 1fr), stroke: 0.4pt + rgb("#999999"), inset: 3pt,
  table.header[*File · फ़ाइल*][*SHA-256*],
  ..data.files.map(row => (raw(row.at(0)), broken(row.at(1)))).flatten())
"""
