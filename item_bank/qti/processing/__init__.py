"""Response processing: a candidate's responses become outcomes, in QTI's own float arithmetic.

scope      what a running program sees; the types of compiled steps
program    compiles an item's processing once; `compiled` remembers
rules      responseCondition, setOutcomeValue
variables  baseValue, variable, correct, mapResponse
logic      and, or, not, isNull, match
numbers    equal with tolerance, comparisons, sum, product, subtract
templates  the standard templates, written as the trees they stand for
"""

from item_bank.qti.processing.program import Outcomes, max_score, score

__all__ = ["Outcomes", "max_score", "score"]
