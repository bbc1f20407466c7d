from item_bank.qti.processing.functions import NAMES as FUNCTIONS
from item_bank.qti.processing.program import EXPRESSIONS, FAMILIES
from item_bank.qti.processing.rules import RULES
from item_bank.qti.processing.stats import NAMES as STATISTICS
from item_bank.qti.reader.names import kebab

# Every expression of the information models of QTI 2.1, 2.2 and 3.0, in 2.x's names.
OPERATORS = """
baseValue variable default correct mapResponse mapResponsePoint null randomInteger randomFloat mathConstant
testVariables outcomeMaximum outcomeMinimum numberCorrect numberIncorrect numberPresented numberResponded numberSelected
multiple ordered containerSize isNull index fieldValue random member delete contains substring not and or anyN match stringMatch
patternMatch equal equalRounded inside lt gt lte gte durationLT durationGTE sum product subtract divide power integerDivide
integerModulus truncate round integerToFloat customOperator mathOperator statsOperator max min gcd lcm repeat roundTo
"""

RULE_NAMES = """
responseCondition setOutcomeValue lookupOutcomeValue exitResponse outcomeCondition exitTest templateCondition setTemplateValue
setCorrectResponse setDefaultValue exitTemplate templateConstraint
"""

MATH = """
sin cos tan sec csc cot asin acos atan atan2 asec acsc acot sinh cosh tanh sech csch coth log ln exp abs signum floor ceil
toDegrees toRadians
"""


def test_every_expression_of_the_specification_is_registered() -> None:
    assert [name for name in OPERATORS.split() if f"qti-{kebab(name)}" not in EXPRESSIONS] == []


def test_every_rule_of_the_specification_is_registered() -> None:
    assert [name for name in RULE_NAMES.split() if f"qti-{kebab(name)}" not in RULES] == []


def test_every_function_and_statistic_is_known() -> None:
    assert set(MATH.split()) == FUNCTIONS
    assert {"mean", "sampleVariance", "sampleSD", "popVariance", "popSD"} == STATISTICS


def test_no_expression_is_in_two_families() -> None:
    assert sum(len(family) for family in FAMILIES) == len(EXPRESSIONS)
