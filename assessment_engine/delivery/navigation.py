"""Where in the paper a candidate may be: which part is open, which questions can still be answered, what comes after a part.

The form says how (item_bank/forms.py), the sitting's progress where (delivery/progress.py), the sitting's own time until when.
"""

from datetime import datetime

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.forms import Form


def check_answerable(form: Form, sitting: Sitting, item_id: ItemVersionId, now: datetime) -> None:
    """Refuse an answer to a question whose part is not open, or whose time is over; raises SectionClosed."""
