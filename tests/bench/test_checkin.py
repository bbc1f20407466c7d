from assessment_engine.bench.checkin import SHORT, run


def test_the_short_morning_lets_everybody_in_and_shows_them_their_place() -> None:
    figures = run(short=True).figures

    told = {name: figures[name].value for name in ("checked_in", "places_shown", "faces_compared", "errors")}
    assert told == {"checked_in": SHORT, "places_shown": SHORT, "faces_compared": SHORT, "errors": 0}
