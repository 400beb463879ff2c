"""What came of InMails, against published values and against enumerations that share no code with it."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.money import Money
from inkeeper.rules.results import MIN_SENT, Counts, Result, difference, fisher, result_of, wilson


@pytest.mark.parametrize(
    ("answered", "sent", "low", "high"),
    [
        # As computed by prop.test of R without its correction for continuity.
        (10, 20, 0.2992980, 0.7007020),
        (0, 20, 0.0, 0.1611252),
        (20, 20, 0.8388748, 1.0),
        (1, 10, 0.0178762, 0.4041500),
        (15, 148, 0.0624, 0.1605),  # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_as_published(answered: int, sent: int, low: float, high: float) -> None:
    assert wilson(answered, sent) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 100_000).flatmap(lambda sent: st.tuples(st.integers(0, sent), st.just(sent))))
def test_an_interval_holds_the_rate_and_mirrors_that_of_the_unanswered(counts: tuple[int, int]) -> None:
    answered, sent = counts
    low, high = wilson(answered, sent)

    assert 0 <= low <= answered / sent <= high <= 1
    assert wilson(sent - answered, sent) == pytest.approx((1 - high, 1 - low))


def test_more_inmails_make_the_interval_narrower() -> None:
    widths = [high - low for low, high in (wilson(many // 4, many) for many in (20, 40, 80, 400, 4_000))]

    assert widths == sorted(widths, reverse=True)


def test_too_few_have_no_rate_and_no_price() -> None:
    assert result_of(Counts(MIN_SENT - 1, 5, 19), Money(8_000, "EUR"), 50) == Result()


def test_what_came_of_a_text() -> None:
    found = result_of(Counts(40, 6, 39), Money(9_999, "EUR"), 50)

    assert found[:4] == (0.15, 0.0706, 0.2907, 6.5)
    # 39 credits at 1.9998 are 77.9922, shared among 6: 12.9987. Rounding a credit's price first would make it 13.00.
    assert found.cost_per_answer == Money(1_300, "EUR")
    assert result_of(Counts(1_000, 3, 1_000), Money(1_000, "EUR"), 700).cost_per_answer == Money(476, "EUR")


def test_without_an_answer_or_a_price_there_is_no_price_of_an_answer() -> None:
    none = result_of(Counts(30, 0, 30), Money(8_000, "EUR"), 50)
    unpriced = result_of(Counts(30, 3, 30), None, 50)
    free_plan = result_of(Counts(30, 3, 0), Money(8_000, "EUR"), 0)

    assert (none.rate, none.credits_per_answer, none.cost_per_answer) == (0.0, None, None)
    assert (unpriced.credits_per_answer, unpriced.cost_per_answer) == (10.0, None)
    assert (free_plan.credits_per_answer, free_plan.cost_per_answer) == (0.0, None)


def naive_fisher(first: Counts, second: Counts) -> Fraction:
    """All ways to say which InMails were answered, each equally probable, as exact fractions."""
    answers = first.answered + second.answered
    ways = {
        here: comb(first.sent, here) * comb(second.sent, answers - here)
        for here in range(answers + 1)
        if here <= first.sent and answers - here <= second.sent
    }
    seen = ways[first.answered]
    return Fraction(sum(way for way in ways.values() if way <= seen), sum(ways.values()))


counts = st.integers(0, 60).flatmap(
    lambda sent: st.integers(0, sent).map(lambda answered: Counts(sent, answered, sent))
)


@given(counts, counts)
def test_the_test_is_exact_for_small_counts(first: Counts, second: Counts) -> None:
    assert fisher(first, second) == pytest.approx(float(naive_fisher(first, second)), rel=1e-9)
    assert fisher(first, second) == pytest.approx(fisher(second, first), rel=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ((4, 3), (4, 1), 0.4857143),  # Fisher's tea: R's help page of fisher.test
        ((13, 10), (17, 2), 0.0005367),  # Convictions of like-sex twins: the same page
    ],
)
def test_the_test_as_published(first: tuple[int, int], second: tuple[int, int], p: float) -> None:
    assert fisher(Counts(*first, 0), Counts(*second, 0)) == pytest.approx(p, rel=1e-4)


@pytest.mark.parametrize(
    ("first", "second"), [((5_000, 500), (5_000, 570)), ((3_000, 0), (20, 1)), ((900, 9), (90, 5))]
)
def test_the_test_is_exact_for_large_counts(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, other = Counts(*first, 0), Counts(*second, 0)

    assert fisher(one, other) == pytest.approx(float(naive_fisher(one, other)), rel=1e-9)


def test_large_counts_do_not_overflow() -> None:
    assert fisher(Counts(100_000, 20_000, 0), Counts(100_000, 1_000, 0)) == 0.0
    assert fisher(Counts(100_000, 20_000, 0), Counts(100_000, 20_000, 0)) == pytest.approx(1.0)
    assert difference(Counts(100_000, 20_000, 0), Counts(100_000, 19_000, 0)) == "first"


def test_which_of_two_is_answered_more_often() -> None:
    assert difference(Counts(19, 19, 19), Counts(1_000, 10, 1_000)) == "too_few"
    assert difference(Counts(1_000, 10, 1_000), Counts(19, 19, 19)) == "too_few"
    assert difference(Counts(20, 15, 20), Counts(20, 3, 20)) == "first"
    assert difference(Counts(20, 3, 20), Counts(20, 15, 20)) == "second"
    assert difference(Counts(30, 3, 30), Counts(30, 10, 30)) == "none"
    assert difference(Counts(20, 0, 20), Counts(20, 0, 20)) == "none"


@pytest.mark.parametrize("sent", [(20, 20), (25, 60)])
@pytest.mark.parametrize("percent", [3, 10, 20, 50])
def test_equally_good_texts_are_seldom_called_different(sent: tuple[int, int], percent: int) -> None:
    """Over all that can be counted of two texts with the same true rate, at most 5 % may be called different."""
    rate = percent / 100

    def probability(many: int, answered: int) -> float:
        return comb(many, answered) * rate**answered * (1 - rate) ** (many - answered)

    wrong = sum(
        probability(sent[0], one) * probability(sent[1], other)
        for one in range(sent[0] + 1)
        for other in range(sent[1] + 1)
        if difference(Counts(sent[0], one, 0), Counts(sent[1], other, 0)) in ("first", "second")
    )

    assert wrong <= 0.05
