"""Text, HTML and what shows by a variable (QTI information model, "ItemBody" and what is below it; 2.2's HTML5 profile), in
notation.py's language.
"""

TEXT = """
2.1| itemBody: (rubricBlock | %block)+
    id:oldId class xml:lang:language label:label
2.2| itemBody: (rubricBlock | %block)+
    id:id class xml:lang:language label:label dir:dir
3.0| itemBody: (rubricBlock | %block)+
    %body
stimulusBody: (%block)+
    %body
rubricBlock: #text (%flowHtml | %islands | templateBlock=rubricTemplateBlock | templateInline=rubricTemplateInline | \
    printedVariable)* %feedbackTail
    2.x| use
    3.0| use:use
    view!:views %xoldBody
3.0| rubricBlock: stylesheet* contentBody=rubricBody catalogInfo?
    use:use view!:views %xbody
3.0| rubricBody: #text (%flowHtml | %islands | templateBlock=rubricTemplateBlock | templateInline=rubricTemplateInline | \
    printedVariable)*
rubricTemplateBlock: #text (%flowHtml | %islands | templateBlock=rubricTemplateBlock | printedVariable)* %feedbackTail
    templateIdentifier!:name showHide:showHide identifier!:name %xoldBody
3.0| rubricTemplateBlock: stylesheet* contentBody=rubricBody? catalogInfo?
    templateIdentifier!:name showHide:showHide identifier!:name %xbody
rubricTemplateInline: #text (%inlineHtml | %islands | templateInline=rubricTemplateInline | printedVariable)*
    templateIdentifier!:name showHide:showHide identifier!:name %xoldBody
feedbackBlock: #text (%block | %inlineHtml | templateInline | feedbackInline | printedVariable)* %feedbackTail
    outcomeIdentifier!:name showHide:showHide identifier!:name %xoldBody
3.0| feedbackBlock: stylesheet* contentBody=feedbackBody? catalogInfo?
    outcomeIdentifier!:name showHide:showHide identifier!:name %xbody
feedbackInline: #text (%inlineHtml | %islands | templateInline | printedVariable)*
    outcomeIdentifier!:name showHide:showHide identifier!:name %xoldBody
3.0| feedbackInline: #text (%inlineHtml | %islands | templateInline | feedbackInline | printedVariable)*
    outcomeIdentifier!:name showHide:showHide identifier!:name %xoldBody
templateInline: #text (hottext | printedVariable | gap | feedbackInline | templateInline | %islands | %inlineHtml)*
    templateIdentifier!:name showHide:showHide identifier!:name %xoldBody
templateBlock: #text (%flowHtml | %islands | templateBlock | templateInline | feedbackBlock=templateFeedbackBlock | feedbackInline | \
    printedVariable)* %feedbackTail
    templateIdentifier!:name showHide:showHide identifier!:name %xoldBody
3.0| templateBlock: stylesheet* contentBody=templateBody? catalogInfo?
    templateIdentifier!:name showHide:showHide identifier!:name %xbody
3.0| feedbackBody: #text (%block | %inlineHtml | templateInline | feedbackInline | printedVariable)*
3.0| templateBody: #text (%flowHtml | %islands | templateBlock | templateInline | feedbackBlock | feedbackInline | printedVariable)*
3.0| testBody: #text (%flowHtml | %islands)*
3.0| modalBody: #text (printedVariable | hottext | templateInline | templateBlock | %islands | %flowHtml)*
// 2.2's schema asks for APIP's part in feedback inside a template block, and nowhere else
templateFeedbackBlock: #text (%flowHtml | %islands | templateBlock | templateInline | feedbackBlock=templateFeedbackBlock | \
    feedbackInline | printedVariable)* %feedbackTail
    outcomeIdentifier!:name showHide:showHide identifier!:name %xoldBody
2.2| templateFeedbackBlock: #text (%flowHtml | %islands | templateBlock | templateInline | feedbackBlock=templateFeedbackBlock | \
    feedbackInline | printedVariable)* stylesheet* apip:apipAccessibility
    outcomeIdentifier!:name showHide:showHide identifier!:name %xoldBody
modalFeedback: #text (printedVariable | hottext | templateInline | templateBlock | %islands | %flowHtml)* %feedbackTail
    outcomeIdentifier!:name showHide!:showHide identifier!:name title
3.0| modalFeedback: stylesheet* contentBody=modalBody? catalogInfo?
    outcomeIdentifier!:name showHide!:showHide identifier!:name title *any
2.x| infoControl: #text (%static)*
    title! %oldBody
printedVariable: -
    identifier!:name format:label base:wholeOrVariable index:wholeOrVariable powerForm:boolean field:label delimiter:label \
    mappingIndicator:label
    2.1| %xoldBody
    2.2+| id:id class xml:lang:language label xml:base:address
    3.0| %xbody
stylesheet: -
    href!:address type!:mime media title
    3.0| *any
"""

HTML = """
p: #text (%phrasing)*
    %xbody
%textual: #text (%phrasing)*
address: %textual
    %xbody
h1: %textual
    %xbody
h2: %textual
    %xbody
h3: %textual
    %xbody
h4: %textual
    %xbody
h5: %textual
    %xbody
h6: %textual
    %xbody
pre: %textual
    %xbody
abbr: %textual
    %xbody
acronym: %textual
    %xbody
b: %textual
    %xbody
big: %textual
    %xbody
cite: %textual
    %xbody
code: %textual
    %xbody
dfn: %textual
    %xbody
em: %textual
    %xbody
i: %textual
    %xbody
kbd: %textual
    %xbody
samp: %textual
    %xbody
small: %textual
    %xbody
span: %textual
    %xbody
strong: %textual
    %xbody
sub: %textual
    %xbody
sup: %textual
    %xbody
tt: %textual
    %xbody
var: %textual
    %xbody
a: %textual
    href!:address type:mime %xbody
q: %textual
    cite:address %xbody
2.2+| bdo: #text (%inlineHtml)*
    title %body
blockquote: (%block)*
    cite:address %xbody
div: #text (%flow | positionObjectStage)*
    %xbody
br: -
    %xbody
hr: -
    %xbody
img: -
    src!:address alt! longdesc:address %size %xbody
object: #text (%islands | param | %flowHtml)*
    data! type!:mime %size %xbody
3.0| object: #text (%islands | param | %flowHtml)*
    data! type:mime %size %xbody
param: -
    name! value! valuetype!:paramKind type:mime
dl: (dd | dt)*
    %xbody
dd: #text (%flow)*
    %xbody
dt: %textual
    %xbody
ol: li*
    %xbody
ul: li*
    %xbody
li: #text (%flow)*
    %body
table: caption? col* colgroup* thead? tfoot? tbody+
    summary %xbody
caption: %textual
    %body
col: -
    span:int %body
2.1| colgroup: col*
    span:int %body
2.2| colgroup: col+
    span:int %body
3.0| colgroup: col*
    span:int %body
thead: tr+
    %body
tfoot: tr+
    %body
tbody: tr+
    %body
tr: (td | th)+
    %body
%cell:
    headers:headers scope:scope abbr axis rowspan:int colspan:int align:align valign:valign
td: #text (%flow)*
    %cell %body
th: #text (%flow)*
    %cell %body
2.2| label: #text (%words)*
    %xbody
"""

HTML5 = """
// 2.2's profile of HTML5 knows no table, div or blockquote inside its own elements, and nothing of QTI
2.2| %prose: %inlineHtml | pre | h1 | h2 | h3 | h4 | h5 | h6 | p | address | dl | ol | ul | hr | %newBlock
2.2| %flow5: %prose | %islands
2.2| %figure: %prose
2.2| %words5: %flow5
2.2| %isolated: %prose
2.2| %base: a | abbr | b | bdo | br | cite | code | dfn | em | i | img | kbd | object | q | samp | small | span | strong | sub | sup | \
    var | qh5:audio | qh5:bdi | qh5:label | qh5:ruby | qh5:video
2.2| %rubyTexts: (%base)* | qh5:rt*
3.0| %flow5: %flow
3.0| %figure: %flow
3.0| %words5: %words
3.0| %isolated: %flowHtml
3.0| %base: %inlineHtml
3.0| %rubyTexts: (%inlineHtml | qh5:rt | qh5:rp)*
2.2+| %html5:
    title %body
2.2+| %played:
    src crossorigin:crossorigin preload:preload autoplay:boolean mediagroup loop:boolean muted:boolean controls:boolean %html5
2.2+| qh5:article: #text (%flow5)*
    %html5
2.2+| qh5:aside: #text (%flow5)*
    %html5
2.2+| qh5:footer: #text (%flow5)*
    %html5
2.2+| qh5:header: #text (%flow5)*
    %html5
2.2+| qh5:nav: #text (%flow5)*
    %html5
2.2+| qh5:section: #text (%flow5)*
    %html5
2.2+| qh5:figure: #text (%figure | qh5:figcaption)*
    %html5
2.2+| qh5:figcaption: #text (%flow5)*
    %html5
2.2| qh5:audio: qh5:source* qh5:track*
    %played
3.0| qh5:audio: #text qh5:source* qh5:track*
    %played
2.2| qh5:video: qh5:source* qh5:track*
    %played poster width:count height:count
3.0| qh5:video: #text qh5:source* qh5:track*
    %played poster width:extent height:extent
2.2+| qh5:source: -
    src! type:mime media %html5
2.2+| qh5:track: -
    src! kind:trackKind srclang label default:boolean %html5
2.2+| qh5:bdi: #text (%isolated)*
    %html5
2.2+| qh5:label: #text (%words5)*
    3.0| for:idref
    %html5
2.2+| qh5:ruby: #text (%base | qh5:rb | qh5:rp | qh5:rt | qh5:rtc)*
    %html5
2.2+| qh5:rb: #text (%base)*
    %html5
2.2+| qh5:rp: #text (%base)*
    %html5
2.2+| qh5:rt: #text (%base)*
    %html5
2.2+| qh5:rtc: #text %rubyTexts
    %html5
3.0| picture: source+ img
    %body
3.0| source: -
    src type:mime media srcset sizes %body
3.0| details: summary (%flowHtml)*
    open:boolean %body
3.0| summary: #text (%inlineHtml | h1 | h2 | h3 | h4 | h5 | h6)*
    %body
"""
