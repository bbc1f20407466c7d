"""Processing: a candidate's responses become outcomes, in QTI's own float arithmetic (QTI 3.0, "Response Processing").

scope        what a running program sees; the types of compiled steps; what bounds a run
program      compiles an item's processing once; scores; `compiled` remembers
clone        template processing: a candidate's copy, drawn from a seed
rules        conditions, assignments, look-ups, exits, fragments
assign       what a variable takes of a value
templates    the standard templates, written as the trees they stand for
best         the best score an item can give
operands     how operators read operands and attributes

Expressions, one module a family:
variables    baseValue, variable, correct, default, null       mapping      mapResponse, mapResponsePoint
containers   multiple … repeat                                 lookup       match and interpolation tables
logic        and, or, not, isNull, anyN                        matching     match, stringMatch, substring, patternMatch
comparisons  equal, equalRounded, lt … durationGTE             arithmetic   sum … lcm
rounding     round, truncate, roundTo, integerToFloat          functions    mathOperator, mathConstant
stats        statsOperator                                     chance       randomInteger, randomFloat, random
geometry     inside                                            operators    customOperator and its adapters
tests        what only a test's outcome processing asks        extras       what no version has, but other systems write
"""

from item_bank.qti.processing.clone import Copy
from item_bank.qti.processing.operators import OPERATORS
from item_bank.qti.processing.program import Outcomes, copy_of, key_score, max_score, score
from item_bank.qti.processing.templates import template_named

__all__ = ["OPERATORS", "Copy", "Outcomes", "copy_of", "key_score", "max_score", "score", "template_named"]
