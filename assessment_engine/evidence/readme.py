"""What stands in a package's README.txt: how to check it without us, in plain English and Hindi."""

ENGLISH = """\
EVIDENCE OF ONE SITTING: HOW TO CHECK IT WITHOUT US

This file holds what was kept of your camera during one exam, and everything that is needed to check that nobody changed it afterwards.

What is inside
  frames/          the pictures around each thing that was noted. Faces of other people are covered in grey; the list says which.
  frames.json      every such picture: its number, its time, its fingerprint (SHA-256), and whether it is whole, redacted or erased
  incidents.json   what the machine noted;  decisions.json  what people decided on it
  chain/           one record of every picture that your camera sent, 61 bytes each. Each record is locked to the one before it.
  log/             the entries of our public log about your sitting, and the signed state of the log (the "checkpoint")
  manifest.json    a list of all files with their fingerprints, signed

How to check it
  1. Get the program: pip install assessment-engine (or any copy of it; it needs no network and no server of ours).
  2. Get our public keys from a source that you trust, for instance from our website: /api/v1/keys. Save them as keys.json.
  3. Run:  assessment-engine evidence verify THIS-FILE.zip --trust keys.json
  It says "whole", or it names each thing that was changed, moved, left out or put in, and where.

What the check shows, and what it does not
  It shows that the pictures here are the ones that our server received, in this order and at these times, and that the decisions are
  the ones that were logged. It cannot show that what stood before the camera was real, nor that the log has no entry about you that is
  missing from this file: ask us, or an auditor, for the list of all entries about your sitting.
  A picture marked "redacted" was changed by us, to cover others. Its record has the fingerprint of the original, and we signed a note.
  A picture marked "erased" is gone for good. Its fingerprint stays, so that the chain can still be checked.
  "lost" means that records were lost when one of our machines stopped. The log says so itself. It is not held against you.

If you disagree with a decision, file a grievance on the page of your sitting, and name the picture's number.
"""

HINDI = """\
एक परीक्षा का साक्ष्य: हमारे बिना इसे कैसे जाँचें

इस फ़ाइल में वह है जो एक परीक्षा के दौरान आपके कैमरे से रखा गया, और वह सब कुछ जिससे जाँचा जा सके कि बाद में किसी ने कुछ नहीं बदला।

इसमें क्या है
  frames/          दर्ज की गई हर बात के आसपास की तस्वीरें। दूसरे लोगों के चेहरे धूसर रंग से ढँके हैं; सूची बताती है कौन-से।
  frames.json      ऐसी हर तस्वीर: उसका क्रमांक, समय, पहचान-चिह्न (SHA-256), और वह पूरी है, ढँकी है या मिटाई गई है
  incidents.json   मशीन ने क्या दर्ज किया;  decisions.json  उस पर लोगों ने क्या निर्णय लिया
  chain/           आपके कैमरे से आई हर तस्वीर का एक अभिलेख, 61 बाइट का। हर अभिलेख अपने पहले वाले से बँधा है।
  log/             हमारे सार्वजनिक लेखे की आपकी परीक्षा से जुड़ी प्रविष्टियाँ, और लेखे की हस्ताक्षरित स्थिति ("checkpoint")
  manifest.json    सभी फ़ाइलों की सूची उनके पहचान-चिह्नों के साथ, हस्ताक्षरित

कैसे जाँचें
  1. प्रोग्राम लें: pip install assessment-engine (या उसकी कोई भी प्रति; इसे न नेटवर्क चाहिए, न हमारा सर्वर)।
  2. हमारी सार्वजनिक कुंजियाँ ऐसी जगह से लें जिस पर आपको भरोसा हो, जैसे हमारी वेबसाइट से: /api/v1/keys। उन्हें keys.json नाम से रखें।
  3. चलाएँ:  assessment-engine evidence verify यह-फ़ाइल.zip --trust keys.json
  यह "whole" (पूरा) कहता है, या हर वह बात बताता है जो बदली, हटाई, छोड़ी या जोड़ी गई, और कहाँ।

जाँच क्या दिखाती है, और क्या नहीं
  यह दिखाती है कि यहाँ की तस्वीरें वही हैं जो हमारे सर्वर को मिलीं, इसी क्रम में और इसी समय पर, और निर्णय वही हैं जो लेखे में दर्ज हुए।
  यह नहीं दिखा सकती कि कैमरे के सामने जो था वह असली था, न यह कि लेखे में आपके बारे में ऐसी कोई प्रविष्टि नहीं जो इस फ़ाइल में न हो:
  अपनी परीक्षा की सभी प्रविष्टियों की सूची हमसे या किसी लेखा-परीक्षक से माँगें।
  "redacted" (ढँकी) तस्वीर हमने बदली है, ताकि दूसरे लोग न दिखें। उसके अभिलेख में मूल का पहचान-चिह्न है, और हमने इस पर हस्ताक्षर किए हैं।
  "erased" (मिटाई गई) तस्वीर हमेशा के लिए मिट गई है। उसका पहचान-चिह्न बना रहता है, ताकि शृंखला फिर भी जाँची जा सके।
  "lost" (खोए) का अर्थ है कि हमारी कोई मशीन रुकने पर अभिलेख खो गए। लेखा स्वयं यह बताता है। यह आपके विरुद्ध नहीं माना जाता।

यदि आप किसी निर्णय से सहमत नहीं हैं, तो अपनी परीक्षा के पृष्ठ पर शिकायत दर्ज करें और तस्वीर का क्रमांक लिखें।
"""


def readme() -> bytes:
    """Return the text of README.txt; it says the same for everybody."""
    return f"{ENGLISH}\n{'-' * 100}\n\n{HINDI}".encode()
