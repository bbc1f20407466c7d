"""`python -m tests.item_bank.qti.fuzz --minutes 10`: the long form. Prints executions and findings; exit status 1 when there are any."""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.item_bank.qti.fuzz.mutation import mutated, package
from tests.item_bank.qti.fuzz.samples import samples
from tests.item_bank.qti.fuzz.trial import tried, tried_package

PACKAGES = 0.1  # of all that is tried
_KEPT = 400  # broken files that are broken again


def main() -> int:
    """Break, try, and tell."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that something was found in")
    asked = parser.parse_args()
    chance, began = Random(asked.seed), time.monotonic()
    sound = samples()
    pool, reached, found = list(sound), Counter[str](), Counter[str]()
    told = began
    while time.monotonic() - began < asked.minutes * 60:
        if chance.random() < PACKAGES:
            xml = package(sound, chance)
            far, fault = tried_package(xml)
        else:
            xml = mutated(chance.choice(pool), sound, chance)
            far, fault = tried(xml, chance)
        reached[far] += 1
        if far.startswith("rendered") and len(xml) < 50_000:
            _keep(pool, len(sound), xml, chance)
        if fault is not None:
            found[fault.name] += 1
            if found[fault.name] == 1:
                _tell(fault.name, fault.words, xml, asked.keep)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            _say(f"{(told - began) / 60:.0f} min: {reached.total()} executions, {len(found)} different findings")
    _say(f"{reached.total()} executions in {(time.monotonic() - began) / 60:.1f} minutes (seed {asked.seed})")
    _say("how far they came: " + ", ".join(f"{far} {count}" for far, count in reached.most_common()))
    _say("\n".join([f"findings: {len(found)}", *(f"  {count} x {name}" for name, count in found.most_common())]))
    return 1 if found else 0


def _keep(pool: list[bytes], sound: int, xml: bytes, chance: Random) -> None:
    """Break again what was broken and still read; in the place of an older one when there are enough."""
    if len(pool) < sound + _KEPT:
        pool.append(xml)
    else:
        pool[chance.randrange(sound, len(pool))] = xml


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _tell(name: str, words: str, xml: bytes, folder: Path | None) -> None:
    _say(f"found: {name}\n{words}")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name.replace('/', '_').replace(' ', '_')[:100]}.xml").write_bytes(xml)


if __name__ == "__main__":
    sys.exit(main())
