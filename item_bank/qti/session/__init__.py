"""What happens between a candidate and QTI: attempts at one item, the way through a whole test. Pure, frozen, without a clock.

item        ItemSession: one candidate's attempts at one item
plan        which items of a test one candidate gets, and in which order
navigation  where a linear part goes on: preconditions and branch rules
timing      time limits: what is over, what is too early
outcomes    a test's outcome processing
assessment  TestSession: one candidate's way through a test
report      a session as QTI results
script      a session written down as JSON steps, and what was seen at each (steps, expectations: its two halves)
comparing   whether a value is the one that JSON expects

Time comes in as seconds (`now`), chance as a seed. Outside: services/ keeps what is to be kept, processing/ computes, binding/ types
responses.
"""

from item_bank.qti.session.assessment import TestSession, TestState
from item_bank.qti.session.item import ItemSession, opening_values
from item_bank.qti.session.plan import plan
from item_bank.qti.session.report import report
from item_bank.qti.session.script import run_script

__all__ = [
    "ItemSession",
    "TestSession",
    "TestState",
    "opening_values",
    "plan",
    "report",
    "run_script",
]
