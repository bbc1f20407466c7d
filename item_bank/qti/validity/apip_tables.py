"""What APIP 1.0 says of an item for people who need it in another form (its "Accessibility" information model; QTI 2.1 and 2.2 take it),
in notation.py's language. The text of an element is not looked at.
"""

import re

_NAME = re.compile(r"(?<![#*\w])[A-Za-z]\w*")

_ORDERS = (
    "brailleDefaultOrder textOnlyDefaultOrder textOnlyOnDemandOrder textGraphicsDefaultOrder textGraphicsOnDemandOrder "
    "graphicsOnlyOnDemandOrder nonVisualDefaultOrder aslDefaultOrder aslOnDemandOrder signedEnglishDefaultOrder "
    "signedEnglishOnDemandOrder"
)
_TEXTS = (
    "order calculatorType description minimumLength physicalMaterial wordLink characterLink startCharacter stopCharacter "
    "supportOrder removeTagGroupOrder removeTagIdRef revealOrder answerOption fileHref voiceType voiceSpeed startTime "
    "duration startCue endCue"
)
_LABELLED = "textString spokenText textToSpeechPronunciation brailleTextString tactileAudioText tactileBrailleText"
_EMPTY = "objectLink fullString chunk keyWordEmphasis"
_LINKED = "graphicFileInfo textFileInfo markupFileInfo executableFileInfo boneAnimationVideoFile"

_WRITTEN = (
    """
%apipLinked:
    contentLinkIdentifier!:id mimeType
%apipPlayed:
    contentLinkIdentifier!:id mimeType!
2.1| apipAccessibility: companionMaterialsInfo? inclusionOrder? accessibilityInfo?
2.2| apipAccessibility: companionMaterialsInfo? externalSupplementalAccessibility? inclusionOrder? accessibilityInfo?
companionMaterialsInfo: (calculator | rule | protractor | readingPassage | digitalMaterial | physicalMaterial)*
calculator: calculatorType description calculatorInfo?
rule: description (ruleSystemSI | ruleSystemUS)
ruleSystemSI: minimumLength minorIncrement? majorIncrement
ruleSystemUS: minimumLength minorIncrement? majorIncrement
protractor: description (incrementSI | incrementUS)
incrementSI: minorIncrement? majorIncrement
incrementUS: minorIncrement? majorIncrement
minorIncrement: #string
    unit!
majorIncrement: #string
    unit!
readingPassage: fileHref
    mimeType
digitalMaterial: fileHref
    mimeType
calculatorInfo: fileHref
    mimeType
2.2| externalSupplementalAccessibility: (textToSpeechLexicon | textToSpeechStylesheet)*
2.2| textToSpeechLexicon: -
    source!:address
2.2| textToSpeechStylesheet: -
    source!:address
elementOrder: order
    identifierRef!:idref
accessibilityInfo: accessElement+
accessElement: contentLinkInfo+ relatedElementInfo
    identifier!:id
contentLinkInfo: (textLink | objectLink)?
    apipLinkIdentifierRef:idref qtiLinkIdentifierRef
textLink: (fullString | wordLink | characterLink | characterStringLink)?
characterStringLink: startCharacter stopCharacter
relatedElementInfo: (spoken | brailleText | tactileFile | signing | keyWordTranslation | revealAlternativeRepresentation | guidance | \
    structuredMask | scaffold | chunk | answerReduction | keyWordEmphasis)*
2.1| spoken: audioFileInfo* spokenText? textToSpeechPronunciation?
2.2| spoken: audioFileInfo* spokenText? textToSpeechPronunciation? textToSpeechPronunciationSSML?
2.2| textToSpeechPronunciationSSML: #text *any*
brailleText: brailleTextString
tactileFile: tactileAudioFile? tactileAudioText tactileBrailleText?
2.1| signing: signFileASL? signFileSignedEnglish?
2.2| signing: signFileASL* signFileSignedEnglish*
signFileASL: videoFileInfo? boneAnimationVideoFile?
signFileSignedEnglish: videoFileInfo? boneAnimationVideoFile?
keyWordTranslation: definitionId+
definitionId: textString
    xml:lang!:language
revealAlternativeRepresentation: (audioFileInfo | videoFileInfo | graphicFileInfo | textFileInfo | textString | markupFileInfo | \
    markupFileEmbedded | executableFileInfo)?
markupFileEmbedded: *any*
guidance: languageLearnerSupport? cognitiveGuidanceSupport?
languageLearnerSupport: supportOrder textString
cognitiveGuidanceSupport: supportOrder textString
structuredMask: (revealOrder | answerOption)?
scaffold: revealOrder scaffoldBehavior?
scaffoldBehavior: audioFileInfo? textString? spokenText?
answerReduction: removeTagGroup+
removeTagGroup: removeTagGroupOrder removeTagIdRef+
audioFileInfo: fileHref voiceType? voiceSpeed? startTime? duration?
    %apipPlayed
tactileAudioFile: fileHref voiceType? voiceSpeed? startTime? duration?
    %apipPlayed
videoFileInfo: fileHref startCue? endCue?
    %apipPlayed
"""
    + f"inclusionOrder: ({' | '.join(_ORDERS.split())})*\n"
    + "\n".join(f"{name}: elementOrder+" for name in _ORDERS.split())
    + "\n"
    + "\n".join(f"{name}: #string" for name in _TEXTS.split())
    + "\n"
    + "\n".join(f"{name}: #string\n    contentLinkIdentifier!:id" for name in _LABELLED.split())
    + "\n"
    + "\n".join(f"{name}: -" for name in _EMPTY.split())
    + "\n"
    + "\n".join(f"{name}: fileHref\n    %apipLinked" for name in _LINKED.split())
)


def _line(written: str) -> str:
    """Put an element and what it holds into APIP's namespace; groups and attributes stay."""
    if written.startswith((" ", "%")) or not written:
        return written
    tag, bar, rest = written.partition("| ") if written[0].isdigit() else ("2.x", "| ", written)
    return tag + bar + _NAME.sub(r"apip:\g<0>", rest)


APIP = "\n".join(map(_line, _WRITTEN.splitlines()))
