"""From bytes to records, for QTI 2.1, 2.2 and 3.0.

safe_xml      bytes to Nodes; the only XML parser
names         2.x's names and 3.0's
attributes    typed attributes
declarations  variables
body          text, markup, feedback
interactions  the kinds of interaction
pictures      pictures, sounds, films
item          items and stimuli
assessment    tests
results       QTI Results Reporting
"""

from item_bank.qti.reader.assessment import assessment_of, read_section, read_test, with_sections
from item_bank.qti.reader.item import read_item, read_stimulus, title_of
from item_bank.qti.reader.results import read_results
from item_bank.qti.reader.safe_xml import parse

__all__ = [
    "assessment_of",
    "parse",
    "read_item",
    "read_results",
    "read_section",
    "read_stimulus",
    "read_test",
    "title_of",
    "with_sections",
]
