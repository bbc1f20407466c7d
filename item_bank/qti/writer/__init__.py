"""From Nodes back to XML: QTI 3.0, 2.1 and 2.2. Deterministic: the same Node gives the same bytes.

xml        Nodes to text, in the names and namespaces of a version
addresses  what is called differently in each version: schemas, templates
upgrade    what QTI 2.x says in another way than 3.0
downgrade  what QTI 2.1 says in another way than 3.0, or cannot say
html       HTML that QTI 2.1 does not know, said with what it knows
media      pictures, sounds and films as 2.1's `object`
portable   portable custom interactions of both kinds
results    results of sessions, in 3.0
trees      small changes to Nodes, and the list of what is lost by them
convert    the way from one version to another, and what was lost on it

Not here: what is valid (validity/), zip files and manifests (package/).
"""

from item_bank.qti.writer.convert import Written, convert, write
from item_bank.qti.writer.results import write_results

__all__ = ["Written", "convert", "write", "write_results"]
