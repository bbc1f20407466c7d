"""Items, stimuli, tests and sections (QTI information model, "AssessmentItem", "AssessmentStimulus", "AssessmentTest"), and what 3.0
adds for accessibility, companion materials and portable custom interactions, in notation.py's language.
"""

ROOTS = """
%tool:
    title! label:label xml:lang:language toolName:label toolVersion:label
%item:
    identifier!:rootName adaptive:boolean timeDependent!:boolean %tool %data
2.1| assessmentItem: responseDeclaration* outcomeDeclaration* templateDeclaration* templateProcessing? stylesheet* itemBody? \
    responseProcessing? modalFeedback* apip:apipAccessibility?
    %item
2.2| assessmentItem: responseDeclaration* outcomeDeclaration* templateDeclaration* templateProcessing? assessmentStimulusRef* \
    stylesheet* itemBody? responseProcessing? modalFeedback* apip:apipAccessibility?
    %item
3.0| assessmentItem: contextDeclaration* responseDeclaration* outcomeDeclaration* templateDeclaration* templateProcessing? \
    assessmentStimulusRef* companionMaterialsInfo? stylesheet* itemBody? catalogInfo? responseProcessing? modalFeedback*
    %item
2.2| assessmentStimulus: stylesheet* stimulusBody apip:apipAccessibility?
    identifier!:rootName %tool
3.0| assessmentStimulus: stylesheet* stimulusBody catalogInfo?
    identifier!:rootName %tool %data
2.2+| assessmentStimulusRef: -
    identifier!:rootName href!:address
    3.0| title *any
2.x| assessmentTest: outcomeDeclaration* timeLimits? stylesheet* testPart+ outcomeProcessing? testFeedback*
    identifier!:rootName title! toolName:label toolVersion:label
3.0| assessmentTest: contextDeclaration* outcomeDeclaration* timeLimits? stylesheet* rubricBlock* testPart+ outcomeProcessing? \
    testFeedback*
    identifier!:rootName title! class toolName:label toolVersion:label xml:lang:language *any
testPart: preCondition* branchRule* itemSessionControl? timeLimits? (assessmentSection | assessmentSectionRef)+ testFeedback*
    identifier!:rootName navigationMode!:navigation submissionMode!:submission
3.0| testPart: preCondition* branchRule* itemSessionControl? timeLimits? rubricBlock* (assessmentSection | assessmentSectionRef)+ \
    testFeedback*
    identifier!:rootName title class navigationMode!:navigation submissionMode!:submission *any
%parts: xi:include | assessmentItemRef | assessmentSection | assessmentSectionRef
%section:
    identifier!:rootName required:boolean fixed:boolean title! visible!:boolean keepTogether:boolean
    3.0| class *any
2.x| assessmentSection: preCondition* branchRule* itemSessionControl? timeLimits? selection? ordering? rubricBlock* (%parts)*
    %section
3.0| assessmentSection: preCondition* branchRule* itemSessionControl? timeLimits? (adaptiveSelection | selection? ordering?) \
    rubricBlock* (%parts)*
    %section
assessmentSectionRef: -
    identifier!:rootName href!:address %data
assessmentItemRef: preCondition* branchRule* itemSessionControl? timeLimits? variableMapping* weight* templateDefault*
    identifier!:rootName required:boolean fixed:boolean href!:address category:names
    3.0| class *any
preCondition: (%expression)
branchRule: (%expression)
    target!:name
itemSessionControl: -
    maxAttempts:int showFeedback:boolean allowReview:boolean showSolution:boolean allowComment:boolean allowSkipping:boolean \
    validateResponses:boolean
    3.0| *any
timeLimits: -
    minTime:positive maxTime:positive allowLateSubmission:boolean
selection: *other*
    select!:int withReplacement:boolean *other
ordering: *other*
    shuffle:boolean *other
variableMapping: -
    sourceIdentifier!:name targetIdentifier!:name
weight: -
    identifier!:name value!:number
templateDefault: (%expression)
    templateIdentifier!:name
testFeedback: #text (printedVariable | hottext | templateInline | templateBlock | %islands | %flowHtml)* %feedbackTail
    access!:access outcomeIdentifier!:name showHide!:showHide identifier!:name title
3.0| testFeedback: stylesheet* contentBody=testBody? catalogInfo?
    access!:access outcomeIdentifier!:name showHide!:showHide identifier!:name title *any
3.0| adaptiveSelection: adaptiveEngineRef adaptiveSettingsRef? usagedataRef? metadataRef?
%reference:
    identifier!:name href!:address
3.0| adaptiveEngineRef: -
    %reference
3.0| adaptiveSettingsRef: -
    %reference
3.0| usagedataRef: -
    %reference
3.0| metadataRef: -
    %reference
"""

ACCESS = """
3.0| catalogInfo: catalog+
3.0| catalog: card+
    id!:id
3.0| card: (htmlContent | fileHref | cardEntry+)?
    support! xml:lang:language *any
3.0| cardEntry: (htmlContent | fileHref+)
    xml:lang:language default:boolean *any
3.0| htmlContent: (%flowHtml | %islands)*
    %body
3.0| fileHref: #string
    mimeType!:mime
3.0| companionMaterialsInfo: calculator* rule* protractor* digitalMaterial* physicalMaterial* *other*
3.0| calculator: calculatorType description calculatorInfo?
3.0| calculatorType: #string
3.0| calculatorInfo: (fileHref | resourceIcon)*
3.0| description: #string
3.0| rule: description (ruleSystemSi | ruleSystemUs)
3.0| ruleSystemSi: minimumLength minorIncrement? majorIncrement
3.0| ruleSystemUs: minimumLength minorIncrement? majorIncrement
3.0| minimumLength: #string
3.0| minorIncrement: #string
    unit
3.0| majorIncrement: #string
    unit
3.0| protractor: description (incrementSi | incrementUs)
3.0| incrementSi: minorIncrement? majorIncrement
3.0| incrementUs: minorIncrement? majorIncrement
3.0| digitalMaterial: fileHref resourceIcon?
    label
3.0| resourceIcon: #string
    mimeType:mime
3.0| physicalMaterial: #string
"""

PORTABLE = """
3.0| portableCustomInteraction: prompt? interactionModules? interactionMarkup templateVariable* contextVariable* stylesheet* \
    catalogInfo?
    customInteractionTypeIdentifier! module %asked
3.0| interactionModules: interactionModule*
    primaryConfiguration:address secondaryConfiguration:address
3.0| interactionModule: -
    id! primaryPath:address fallbackPath:address
3.0| interactionMarkup: #text (%flowHtml | %islands)*
    %body
3.0| templateVariable: -
    templateIdentifier!:name
3.0| contextVariable: -
    identifier!:name
"""
