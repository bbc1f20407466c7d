"""The kinds of interaction and their choices (QTI information model, "Interactions"), in notation.py's language."""

INTERACTIONS = """
%asked:
    responseIdentifier!:name %xbody
%askedShort:
    responseIdentifier!:name %body
%picture: object
3.0| %picture: object | img | picture
prompt: #text (%islands | %flowHtml)*
    %body
choiceInteraction: prompt? simpleChoice+
    shuffle:boolean maxChoices:count minChoices:count orientation:orientation %asked
orderInteraction: prompt? simpleChoice+
    shuffle:boolean maxChoices:count minChoices:count orientation:orientation %asked
associateInteraction: prompt? simpleAssociableChoice+
    shuffle:boolean maxAssociations:count minAssociations:count %asked
matchInteraction: prompt? simpleMatchSet{2}
    shuffle:boolean maxAssociations:count minAssociations:count %asked
simpleMatchSet: simpleAssociableChoice*
    2.2+| id:id
    3.0| *any
%gapText: feedbackBlock | templateBlock | %islands | %blockHtml
gapMatchInteraction: prompt? (gapText | gapImg)+ (%gapText)+
    shuffle:boolean %asked
    2.2+| minAssociations:count maxAssociations:count
hottextInteraction: prompt? (%gapText)+
    maxChoices:count minChoices:count %asked
hotspotInteraction: prompt? (%picture) hotspotChoice+
    maxChoices:count minChoices:count %asked
graphicOrderInteraction: prompt? (%picture) hotspotChoice+
    maxChoices:count minChoices:count %asked
graphicAssociateInteraction: prompt? (%picture) associableHotspot+
    2.1| responseIdentifier!:name %xoldBody
    2.2+| %asked
    maxAssociations:count minAssociations:count
2.1| graphicGapMatchInteraction: prompt? object gapImg+ associableHotspot+
    %asked
2.2+| graphicGapMatchInteraction: prompt? (%picture) (gapText | gapImg)+ associableHotspot+
    minAssociations:count maxAssociations:count %asked
selectPointInteraction: prompt? (%picture)
    maxChoices:count minChoices:count %asked
2.1| positionObjectStage: object positionObjectInteraction+
2.2+| positionObjectStage: (%picture) positionObjectInteraction+
    id:id
    3.0| *any
positionObjectInteraction: (%picture)
    2.1| centrePoint:ints
    2.2+| centerPoint:ints
    maxChoices:count minChoices:count %askedShort
sliderInteraction: prompt?
    lowerBound!:positive upperBound!:positive step:positive stepLabel:boolean orientation:orientation reverse:boolean %asked
3.0| sliderInteraction: prompt?
    lowerBound!:number upperBound!:number step:number stepLabel:boolean orientation:orientation reverse:boolean %asked
2.1| mediaInteraction: prompt? object
    autostart!:boolean minPlays:count maxPlays:count loop:boolean %asked
2.2| mediaInteraction: prompt? (object | qh5:audio | qh5:video)
    autostart!:boolean minPlays:count maxPlays:count loop:boolean coords:coords %asked
3.0| mediaInteraction: prompt? (object | audio | video)
    autostart!:boolean minPlays:count maxPlays:count loop:boolean coords:coords %asked
drawingInteraction: prompt? (%picture)
    2.1| responseIdentifier!:name %xoldBody
    2.2+| %asked
uploadInteraction: prompt?
    2.x| type:mime
    3.0| type:mimes
    %asked
textEntryInteraction: -
    2.x| responseIdentifier!:idref stringIdentifier:idref
    3.0| responseIdentifier!:name stringIdentifier:name
    base:int expectedLength:count patternMask placeholderText
    2.2+| format
    %xbody
extendedTextInteraction: prompt?
    base:int stringIdentifier:name expectedLength:count patternMask placeholderText maxStrings:count minStrings:count expectedLines:count
    format:textFormat %asked
inlineChoiceInteraction: inlineChoice+
    shuffle:boolean required:boolean %asked
3.0| inlineChoiceInteraction: label? inlineChoice+
    shuffle:boolean required:boolean minChoices:count maxChoices:count %asked
2.2| inlineChoiceInteraction: label? inlineChoice+
    shuffle:boolean required:boolean %asked
endAttemptInteraction: -
    title! countAttempt:boolean %asked
2.1| customInteraction: *other*
    %asked *other
2.2+| customInteraction: *any*
    %asked *any
"""

CHOICES = """
simpleChoice: #text (%static)*
    fixed:boolean %choice %body
simpleAssociableChoice: #text (%static)*
    fixed:boolean matchGroup:names matchMax!:count matchMin:count %choice %body
2.1| inlineChoice: #text printedVariable*
    fixed:boolean %choice %body
2.2+| inlineChoice: #text (%words)*
    fixed:boolean %choice %body
2.1| gapText: #text printedVariable*
    matchGroup:names matchMax!:count matchMin:count %choice %body
2.2+| gapText: #text (%words)*
    matchGroup:names matchMax!:count matchMin:count %choice %body
2.1| gapImg: object
    matchGroup:names matchMax!:count matchMin:count objectLabel %choice %body
2.2+| gapImg: (%picture)
    matchGroup:names matchMax!:count matchMin:count objectLabel top left %choice %body
gap: -
    matchGroup:names required:boolean %choice %body
2.1| hottext: #text (hottext | gap | %words)*
    %choice %xbody
2.2+| hottext: #text (%words)*
    %choice %xbody
hotspotChoice: -
    hotspotLabel %area %choice %body
associableHotspot: -
    hotspotLabel matchGroup:names matchMax!:count matchMin:count %area %choice %body
"""
