"""Our own words in a question, by language. Another language needs only another table here; a language without one reads English."""

from collections.abc import Mapping

_ENGLISH: Mapping[str, str] = {
    "answer": "Your answer",
    "answer_n": "Answer {n}",
    "choose.one": "Choose one answer.",
    "choose.any": "Choose all that apply.",
    "choose.most": "Choose at most {most}.",
    "choose.least": "Choose at least {least}.",
    "choose.between": "Choose {least} to {most}.",
    "choose.exactly": "Choose exactly {most}.",
    "pairs.one": "Make one pair.",
    "pairs.any": "Make as many pairs as belong together.",
    "pairs.most": "Pairs to make: at most {most}.",
    "pairs.least": "Pairs to make: at least {least}.",
    "pairs.between": "Pairs to make: {least} to {most}.",
    "pairs.exactly": "Pairs to make: {most}.",
    "points.one": "Mark one place on the picture.",
    "points.any": "Mark places on the picture.",
    "points.most": "Places to mark: at most {most}.",
    "points.least": "Places to mark: at least {least}.",
    "points.between": "Places to mark: {least} to {most}.",
    "points.exactly": "Places to mark: {most}.",
    "objects.one": "Put it on the picture once.",
    "objects.any": "Put it on the picture as often as needed.",
    "objects.most": "Times to put it on the picture: at most {most}.",
    "objects.least": "Times to put it on the picture: at least {least}.",
    "objects.between": "Times to put it on the picture: {least} to {most}.",
    "objects.exactly": "Times to put it on the picture: {most}.",
    "order.any": "Give every entry its place; 1 is the first.",
    "order.one": "Entries to place: 1.",
    "order.most": "Entries to place: at most {most}; 1 is the first.",
    "order.least": "Entries to place: at least {least}; 1 is the first.",
    "order.between": "Entries to place: {least} to {most}; 1 is the first.",
    "order.exactly": "Entries to place: {most}; 1 is the first.",
    "texts.one": "Write one answer.",
    "texts.any": "Write as many answers as you need.",
    "texts.most": "Answers to write: at most {most}.",
    "texts.least": "Answers to write: at least {least}.",
    "texts.between": "Answers to write: {least} to {most}.",
    "texts.exactly": "Answers to write: {most}.",
    "plays.any": "",
    "plays.one": "You may play it once.",
    "plays.most": "You may play it {most} times.",
    "plays.least": "Times to play it: at least {least}.",
    "plays.between": "Times to play it: {least} to {most}.",
    "plays.exactly": "Times to play it: {most}.",
    "gaps": "Choose what belongs into each gap.",
    "places": "Choose what belongs to each place on the picture.",
    "choose": "Choose …",
    "choice_n": "Choice {n}",
    "gap_n": "Gap {n}",
    "place_n": "Place {n}",
    "nth": "{name}, {n}",
    "position": "Place of {name}",
    "pair_first": "Pair {n}, one",
    "pair_second": "Pair {n}, the other",
    "point_x": "Point {n}, pixels from the left",
    "point_y": "Point {n}, pixels from the top",
    "bounds": "From {lower} to {upper}.",
    "not_answered": "Not answered yet",
    "file_kinds": "Kinds of file: {kinds}.",
    "drawn_picture": "A picture file with your drawing",
    "recording": "Recording",
    "film": "Film",
    "stimulus": "Text for this question",
    "choices": "Choices",
    "no_picture": "picture not available",
    "no_recording": "recording not available",
    "no_file": "file not available",
    "unsupported": "A part of this question cannot be shown here.",
    "custom": "This kind of question is not supported here.",
}
_HINDI: Mapping[str, str] = {
    "answer": "आपका उत्तर",
    "answer_n": "उत्तर {n}",
    "choose.one": "एक उत्तर चुनिए।",
    "choose.any": "जितने सही हों, सब चुनिए।",
    "choose.most": "अधिक से अधिक {most} चुनिए।",
    "choose.least": "कम से कम {least} चुनिए।",
    "choose.between": "{least} से {most} तक चुनिए।",
    "choose.exactly": "ठीक {most} चुनिए।",
    "pairs.one": "एक जोड़ा बनाइए।",
    "pairs.any": "जितने जोड़े बनते हों, बनाइए।",
    "pairs.most": "अधिक से अधिक {most} जोड़े बनाइए।",
    "pairs.least": "कम से कम {least} जोड़े बनाइए।",
    "pairs.between": "{least} से {most} तक जोड़े बनाइए।",
    "pairs.exactly": "ठीक {most} जोड़े बनाइए।",
    "points.one": "चित्र पर एक स्थान दिखाइए।",
    "points.any": "चित्र पर स्थान दिखाइए।",
    "points.most": "अधिक से अधिक {most} स्थान दिखाइए।",
    "points.least": "कम से कम {least} स्थान दिखाइए।",
    "points.between": "{least} से {most} तक स्थान दिखाइए।",
    "points.exactly": "ठीक {most} स्थान दिखाइए।",
    "objects.one": "इसे चित्र पर एक बार रखिए।",
    "objects.any": "इसे चित्र पर जितनी बार चाहिए, रखिए।",
    "objects.most": "इसे चित्र पर अधिक से अधिक {most} बार रखिए।",
    "objects.least": "इसे चित्र पर कम से कम {least} बार रखिए।",
    "objects.between": "इसे चित्र पर {least} से {most} बार रखिए।",
    "objects.exactly": "इसे चित्र पर ठीक {most} बार रखिए।",
    "order.any": "हर प्रविष्टि को उसका स्थान दीजिए; 1 सबसे पहला है।",
    "order.one": "एक प्रविष्टि को स्थान दीजिए।",
    "order.most": "अधिक से अधिक {most} प्रविष्टियों को स्थान दीजिए; 1 सबसे पहला है।",
    "order.least": "कम से कम {least} प्रविष्टियों को स्थान दीजिए; 1 सबसे पहला है।",
    "order.between": "{least} से {most} प्रविष्टियों को स्थान दीजिए; 1 सबसे पहला है।",
    "order.exactly": "ठीक {most} प्रविष्टियों को स्थान दीजिए; 1 सबसे पहला है।",
    "texts.one": "एक उत्तर लिखिए।",
    "texts.any": "जितने उत्तर चाहिए, लिखिए।",
    "texts.most": "अधिक से अधिक {most} उत्तर लिखिए।",
    "texts.least": "कम से कम {least} उत्तर लिखिए।",
    "texts.between": "{least} से {most} तक उत्तर लिखिए।",
    "texts.exactly": "ठीक {most} उत्तर लिखिए।",
    "plays.any": "",
    "plays.one": "आप इसे एक बार चला सकते हैं।",
    "plays.most": "आप इसे {most} बार चला सकते हैं।",
    "plays.least": "इसे कम से कम {least} बार चलाइए।",
    "plays.between": "इसे {least} से {most} बार चलाइए।",
    "plays.exactly": "इसे ठीक {most} बार चलाइए।",
    "gaps": "हर रिक्त स्थान के लिए चुनिए कि वहाँ क्या आएगा।",
    "places": "चित्र के हर स्थान के लिए चुनिए कि वहाँ क्या आएगा।",
    "choose": "चुनिए …",
    "choice_n": "विकल्प {n}",
    "gap_n": "रिक्त स्थान {n}",
    "place_n": "स्थान {n}",
    "nth": "{name}, {n}",
    "position": "{name} का स्थान",
    "pair_first": "जोड़ा {n}, पहला",
    "pair_second": "जोड़ा {n}, दूसरा",
    "point_x": "बिंदु {n}, बाईं ओर से पिक्सेल",
    "point_y": "बिंदु {n}, ऊपर से पिक्सेल",
    "bounds": "{lower} से {upper} तक।",
    "not_answered": "अभी उत्तर नहीं दिया गया",
    "file_kinds": "फ़ाइल के प्रकार: {kinds}।",
    "drawn_picture": "आपके चित्रण वाली चित्र-फ़ाइल",
    "recording": "रिकॉर्डिंग",
    "film": "चलचित्र",
    "stimulus": "इस प्रश्न का पाठ",
    "choices": "विकल्प",
    "no_picture": "चित्र उपलब्ध नहीं है",
    "no_recording": "रिकॉर्डिंग उपलब्ध नहीं है",
    "no_file": "फ़ाइल उपलब्ध नहीं है",
    "unsupported": "इस प्रश्न का एक अंश यहाँ नहीं दिखाया जा सकता।",
    "custom": "इस प्रकार का प्रश्न यहाँ समर्थित नहीं है।",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "hi": _HINDI}


def language_of_words(lang: str) -> str:
    """Return the language that our words are in on a page in `lang` (`hi`, `hi-IN`, …)."""
    short = lang.partition("-")[0].lower()
    return short if short in WORDS else "en"


def word(lang: str, key: str, **values: object) -> str:
    """Return our words for a key, with values put in."""
    said = WORDS[language_of_words(lang)].get(key, _ENGLISH[key])
    return said.format(**values) if values else said


def limits(lang: str, noun: str, least: int, most: int) -> str:
    """Say how many are asked for: `noun` is choose, pairs, points, …; 0 is no limit."""
    return word(lang, f"{noun}.{_kind(least, most)}", least=least, most=most)


def _kind(least: int, most: int) -> str:
    if most == 1:
        return "one"
    if most > 0:
        return "exactly" if least == most else "between" if least > 0 else "most"
    return "least" if least > 0 else "any"
