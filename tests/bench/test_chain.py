from assessment_engine.bench.chain import SHORT_SITTINGS, SHORT_TRIES, run
from assessment_engine.bench.chain_tampering import TAMPERINGS


def test_the_short_form_breaks_no_honest_chain_and_finds_every_tampering() -> None:
    figures = run(short=True).figures

    assert (figures["sittings"].value, figures["false_breaks"].value) == (SHORT_SITTINGS, 0)
    for name in TAMPERINGS:
        assert (figures[f"{name}_found"].value, figures[f"{name}_named"].value) == (SHORT_TRIES, SHORT_TRIES), name
