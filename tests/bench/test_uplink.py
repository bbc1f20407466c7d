"""The short form of `bench uplink`: that bytes, what was found and its cost come from one run, and that a cut loses nothing."""

from assessment_engine.bench import uplink


def test_what_is_sent_stands_beside_what_was_found_for_it() -> None:
    report = uplink.run(short=True).as_json()

    figures = report["figures"]
    assert isinstance(figures, dict)
    for way, most in (("normal", 80), ("normal_grain", 80), ("survival", 20), ("survival_grain", 20)):
        assert 0 < figures[f"{way}_most_kbits"]["value"] <= most
        assert figures[f"{way}_cpu_ms_a_look"]["value"] > 0
    assert figures["before_kbits"]["value"] > 2 * figures["normal_kbits"]["value"]
    assert (figures["normal_events"]["value"], figures["normal_found"]["value"], figures["normal_false_alerts"]["value"]) == (1, 1, 0)
    assert (figures["cut_lost"]["value"], figures["cut_kept"]["value"]) == (0, 30)
    assert isinstance(report["runs"], list) and len(report["runs"]) == 1
