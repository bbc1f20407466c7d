"""The band around a score: Lord's binomial error, checked by hand."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.scoring.band import Band, band_of


def test_half_of_seventeen_items_has_an_error_of_one_eighth() -> None:
    assert band_of(Decimal("8.5"), Decimal(17), 17) == Band(low=Decimal("0.375"), share=Decimal("0.5"), high=Decimal("0.625"))


def test_a_full_score_and_none_have_no_spread_and_one_item_says_nothing() -> None:
    assert band_of(Decimal(10), Decimal(10), 10) == Band(low=Decimal(1), share=Decimal(1), high=Decimal(1))
    assert band_of(Decimal(0), Decimal(10), 10).high == 0
    assert band_of(Decimal(1), Decimal(2), 1) == Band(low=Decimal(0), share=Decimal("0.5"), high=Decimal(1))


@given(st.decimals(0, 100, places=2), st.integers(2, 200))
def test_a_band_holds_its_score_and_stays_within_all_and_nothing(total: Decimal, items: int) -> None:
    band = band_of(total, Decimal(100), items)

    assert 0 <= band.low <= band.share <= band.high <= 1
