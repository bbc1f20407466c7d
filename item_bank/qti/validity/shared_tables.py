"""What many elements have in common (QTI information model, "BodyElement", "Flow", "Inline", "Block", "Expression"): groups, in
notation.py's language.
"""

ATTRIBUTES = """
%body:
    id:id class xml:lang:language label:label
    2.2+| dir:dir role:role %aria *any
    3.0| lang data-catalog-idref:idref data-qti-suppress-tts:suppress
%xbody:
    %body xml:base:address
%oldBody:
    2.1| id:oldId class xml:lang:language label:label
    2.2+| %body
%xoldBody:
    2.1| id:oldId class xml:lang:language label:label xml:base:address
    2.2+| %xbody
%aria:
    aria-controls:idrefs aria-describedby:idrefs aria-flowto:idrefs aria-label aria-labelledby:idrefs aria-level:level aria-live:live
    aria-orientation:orientation aria-owns:idrefs
    3.0| aria-activedescendant:idref aria-atomic:boolean aria-autocomplete:autocomplete aria-busy:boolean aria-checked:threeStates
    3.0| aria-disabled:boolean aria-expanded:trueFalseUndefined aria-haspopup:popup aria-hidden:trueFalseUndefined aria-invalid:invalid
    3.0| aria-multiline:boolean aria-multiselectable:boolean aria-posinset:int aria-pressed:threeStates aria-readonly:boolean
    3.0| aria-required:boolean aria-selected:trueFalseUndefined aria-setsize:int aria-sort:sort aria-valuemax:number aria-valuemin:number
    3.0| aria-valuenow:number aria-valuetext aria-modal:boolean aria-current:current aria-placeholder aria-colcount:exactCount
    3.0| aria-rowcount:exactCount aria-colindex:exactCount aria-rowindex:exactCount aria-colspan:exactCount aria-rowspan:exactCount
    3.0| aria-keyshortcuts aria-roledescription aria-errormessage:idref aria-details:idref
%size:
    width:length height:length
%shown:
    templateIdentifier:name showHide:showHide
%choice:
    identifier!:name %shown
    2.1| fixed:boolean
%area:
    shape!:shape coords!:coords
%data:
    3.0| *any
"""

CONTENT = """
%ssml: ssml:p | ssml:s | ssml:say-as | ssml:phoneme | ssml:sub | ssml:voice | ssml:emphasis | ssml:break | ssml:prosody | ssml:mark | \
    ssml:audio | ssml:speak
2.1| %islands: m:math | xi:include
2.2| %islands: m:math | m3:math | xi:include
3.0| %islands: m:math | xi:include
%oldInline: img | br | object | em | a | code | span | sub | acronym | big | tt | kbd | q | i | dfn | abbr | strong | sup | var | \
    small | samp | b | cite
2.1| %inlineHtml: %oldInline
2.2| %inlineHtml: %oldInline | bdo | qh5:bdi | qh5:label | qh5:ruby | %ssml
3.0| %inlineHtml: %oldInline | bdo | bdi | label | ruby | picture | %ssml
%oldBlock: pre | h1 | h2 | h3 | h4 | h5 | h6 | p | address | dl | ol | ul | hr | blockquote | table | div
%newBlock: qh5:article | qh5:aside | qh5:audio | qh5:figure | qh5:footer | qh5:header | qh5:nav | qh5:section | qh5:video
2.1| %blockHtml: %oldBlock
2.2| %blockHtml: %oldBlock | %newBlock
3.0| %blockHtml: %oldBlock | %newBlock | details
%flowHtml: %blockHtml | %inlineHtml
%inlineInteraction: textEntryInteraction | inlineChoiceInteraction | endAttemptInteraction | customInteraction
%plainInteraction: drawingInteraction | gapMatchInteraction | matchInteraction | graphicGapMatchInteraction | hotspotInteraction | \
    graphicOrderInteraction | selectPointInteraction | graphicAssociateInteraction | sliderInteraction | choiceInteraction | \
    mediaInteraction | hottextInteraction | orderInteraction | extendedTextInteraction | uploadInteraction | associateInteraction
2.x| %blockInteraction: %plainInteraction
3.0| %blockInteraction: %plainInteraction | portableCustomInteraction
%phrasing: %inlineInteraction | hottext | printedVariable | gap | feedbackInline | templateInline | %islands | %inlineHtml
%static: printedVariable | feedbackBlock | feedbackInline | templateInline | templateBlock | %islands | %flowHtml
%flow: %static | hottext | %inlineInteraction | %blockInteraction
%words: printedVariable | feedbackInline | templateInline | %islands | %inlineHtml
2.x| %block: positionObjectStage | customInteraction | %blockInteraction | feedbackBlock | templateBlock | infoControl | %islands | \
    %blockHtml
3.0| %block: positionObjectStage | customInteraction | %blockInteraction | feedbackBlock | templateBlock | %islands | %blockHtml
%feedbackTail: stylesheet* apip:apipAccessibility?
3.0| %feedbackTail: stylesheet* catalogInfo?
%expression: and | gt | not | lt | gte | lte | or | durationLT | durationGTE | substring | equalRounded | match | equal | contains | \
    anyN | isNull | member | inside | patternMatch | stringMatch | %numeric
%numeric: sum | subtract | divide | multiple | ordered | customOperator | random | numberIncorrect | numberCorrect | numberPresented \
    | numberResponded | numberSelected | null | delete | index | power | containerSize | correct | default | integerDivide | \
    integerModulus | product | round | truncate | fieldValue | randomInteger | randomFloat | variable | outcomeMinimum | outcomeMaximum | \
    testVariables | integerToFloat | baseValue | mapResponsePoint | mapResponse | repeat | roundTo | lcm | gcd | min | max | \
    mathConstant | statsOperator | mathOperator
%outcomeRule: lookupOutcomeValue | outcomeProcessingFragment | setOutcomeValue | xi:include | exitTest | outcomeCondition
%responseRule: xi:include | responseCondition | responseProcessingFragment | setOutcomeValue | exitResponse | lookupOutcomeValue
%templateRule: setTemplateValue | exitTemplate | templateCondition | setDefaultValue | setCorrectResponse | templateConstraint
"""
