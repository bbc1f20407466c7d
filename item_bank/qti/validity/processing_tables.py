"""Declarations, rules and expressions (QTI information model, "Variable Declarations", "Response Processing", "Expressions"), in
notation.py's language.
"""

DECLARATIONS = """
%typed:
    cardinality!:cardinality baseType:baseType
2.x| responseDeclaration: defaultValue? correctResponse? mapping? areaMapping?
    identifier!:id %typed
3.0| responseDeclaration: defaultValue? correctResponse? mapping? areaMapping?
    identifier!:name %typed *any
outcomeDeclaration: defaultValue? (matchTable | interpolationTable)?
    identifier!:name view:views interpretation longInterpretation:address
    2.1| normalMaximum:number
    2.2+| normalMaximum:positive externalScored:scored
    2.2| variableIdentifierRef:idref
    3.0| variableIdentifierRef:name
    normalMinimum:number masteryValue:number %typed %data
templateDeclaration: defaultValue?
    identifier!:name paramVariable:boolean mathVariable:boolean %typed %data
3.0| contextDeclaration: defaultValue?
    identifier!:name %typed
defaultValue: value+
    interpretation
correctResponse: value+
    interpretation
value: #string
    fieldIdentifier:name baseType:baseType
mapping: mapEntry+
    lowerBound:number upperBound:number defaultValue:number
mapEntry: -
    mapKey! mappedValue!:number caseSensitive:boolean
areaMapping: areaMapEntry+
    lowerBound:number upperBound:number defaultValue:number
areaMapEntry: -
    mappedValue!:number %area
matchTable: matchTableEntry+
    defaultValue
// 2.1's schema has targetType where its text has targetValue; 2.2's has the right name with the wrong type: the name of a base type
matchTableEntry: -
    sourceValue!:int
    2.1| targetType!
    2.2| targetValue!:baseType
    3.0| targetValue!
interpolationTable: interpolationTableEntry+
    defaultValue
interpolationTableEntry: -
    sourceValue!:number includeBoundary:boolean targetValue!
"""

RULES = """
responseProcessing: (%responseRule)*
    template:address templateLocation:address %data
responseProcessingFragment: (%responseRule)*
responseCondition: responseIf responseElseIf* responseElse?
responseIf: (%expression) (%responseRule)*
responseElseIf: (%expression) (%responseRule)*
responseElse: (%responseRule)*
setOutcomeValue: (%expression)
    identifier!:name
lookupOutcomeValue: (%expression)
    identifier!:name
exitResponse: -
templateProcessing: (%templateRule)+
templateCondition: templateIf templateElseIf* templateElse?
templateIf: (%expression) (%templateRule)*
templateElseIf: (%expression) (%templateRule)*
templateElse: (%templateRule)*
templateConstraint: (%expression)
setTemplateValue: (%expression)
    identifier!:name
setDefaultValue: (%expression)
    identifier!:name
setCorrectResponse: (%expression)
    identifier!:name
exitTemplate: -
outcomeProcessing: (%outcomeRule)*
    %data
outcomeProcessingFragment: (%outcomeRule)*
outcomeCondition: outcomeIf outcomeElseIf* outcomeElse?
outcomeIf: (%expression) (%outcomeRule)*
outcomeElseIf: (%expression) (%outcomeRule)*
outcomeElse: (%outcomeRule)*
exitTest: -
"""

EXPRESSIONS = """
%one: (%expression)
%two: (%expression){2}
%some: (%expression)+
%any: (%expression)*
and: %some
or: %some
gcd: %some
lcm: %some
max: %some
min: %some
product: %some
sum: (%numeric)+
multiple: %any
ordered: %any
not: %one
isNull: %one
containerSize: %one
integerToFloat: %one
random: %one
round: %one
truncate: %one
contains: %two
delete: %two
divide: %two
durationGTE: %two
durationLT: %two
gt: %two
gte: %two
integerDivide: %two
integerModulus: %two
lt: %two
lte: %two
match: %two
member: %two
power: %two
subtract: %two
anyN: %some
    min!:wholeOrVariable max!:wholeOrVariable
equal: %two
    toleranceMode:tolerance tolerance includeLowerBound:boolean includeUpperBound:boolean
equalRounded: %two
    roundingMode:rounding figures!:wholeOrVariable
roundTo: %one
    roundingMode!:rounding figures!:wholeOrVariable
index: %one
    n!:intOrVariable
fieldValue: %one
    fieldIdentifier!:name
inside: %one
    %area
patternMatch: %one
    pattern!
stringMatch: %two
    caseSensitive!:boolean substring:boolean
substring: %two
    caseSensitive!:boolean
repeat: %some
    numberRepeats!:intOrVariable
mathOperator: %some
    name!:function
statsOperator: %one
    name!:statistic
mathConstant: -
    name!:constant
customOperator: (%expression)* *other*
    class:name definition:address *other
baseValue: #string
    baseType!:baseType
null: -
variable: -
    identifier!:name weightIdentifier:name
correct: -
    identifier!:name
default: -
    identifier!:name
mapResponse: -
    identifier!:name
mapResponsePoint: -
    identifier!:name
randomInteger: -
    min:wholeOrVariable max!:wholeOrVariable step:wholeOrVariable
randomFloat: -
    min:numberOrVariable max!:numberOrVariable
%counted:
    sectionIdentifier:name includeCategory:names excludeCategory:names
numberCorrect: -
    %counted
numberIncorrect: -
    %counted
numberPresented: -
    %counted
numberResponded: -
    %counted
numberSelected: -
    %counted
outcomeMaximum: -
    outcomeIdentifier!:name weightIdentifier:name %counted
outcomeMinimum: -
    outcomeIdentifier!:name weightIdentifier:name %counted
testVariables: -
    variableIdentifier!:name weightIdentifier:name baseType:baseType %counted
"""
