"""Computes the results of InMails: response rates with confidence intervals, cost per answer, tests of differences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

from inkeeper.rules.money import Money, value_of

MIN_SENT = 20
"""The least number of InMails for a response rate."""

SIGNIFICANCE = 0.05
"""The significance level: two texts are different if the p-value of the test is below it."""

# The 97.5 % quantile of the normal distribution: a two-sided interval of 95 % excludes 2.5 % on each side.
_Z = 1.959963984540054

# A tolerance for equal probabilities, far above the relative error of the floating-point arithmetic.
_TIE = 1e-7


class Counts(NamedTuple):
    """A group of InMails: how many were sent, how many were answered, and how many credits they cost when sent."""

    sent: int
    answered: int
    credits: int


class Interval(NamedTuple):
    """A confidence interval of a response rate, both bounds from 0 to 1."""

    low: float
    high: float


class Result(NamedTuple):
    """The result of a group of InMails. `rate`, `low` and `high` are shares from 0 to 1 with four decimals.

    All members are None for fewer than `MIN_SENT` InMails. The cost of an answer is None without answers, in money also
    without a price. Credits that answers returned are not subtracted from it.
    """

    rate: float | None = None
    low: float | None = None
    high: float | None = None
    credits_per_answer: float | None = None
    cost_per_answer: Money | None = None


Difference = Literal["too_few", "none", "first", "second"]
"""Which of two groups is answered more often; `none`: no significant difference."""


def result_of(counts: Counts, price: Money | None, allotment: int, months: int = 1) -> Result:
    """The result of these InMails. `price` is paid per month; `allotment` credits are granted for `months` months."""
    if counts.sent < MIN_SENT:
        return Result()
    low, high = wilson(counts.answered, counts.sent)
    return Result(
        round(counts.answered / counts.sent, 4),
        round(low, 4),
        round(high, 4),
        round(counts.credits / counts.answered, 2) if counts.answered else None,
        value_of(counts.credits, price, allotment * counts.answered, months),
    )


def wilson(answered: int, sent: int) -> Interval:
    """The 95 % confidence interval of a response rate. `sent` must be at least 1.

    Wilson's score interval (Journal of the American Statistical Association 22, 1927). Unlike the normal approximation
    it is accurate for few InMails and for rates near 0, and stays within 0 to 1.
    """
    rate, square = answered / sent, _Z * _Z
    middle = rate + square / (2 * sent)
    reach = _Z * math.sqrt(rate * (1 - rate) / sent + square / (4 * sent * sent))
    whole = 1 + square / sent
    # If none or all were answered, a bound is exactly 0 or 1, which rounding can miss.
    low = 0.0 if answered == 0 else (middle - reach) / whole
    high = 1.0 if answered == sent else (middle + reach) / whole
    return Interval(low, high)


def difference(first: Counts, second: Counts) -> Difference:
    """Which of two groups was answered more often, by a two-sided test at the level SIGNIFICANCE."""
    if min(first.sent, second.sent) < MIN_SENT:
        return "too_few"
    if fisher(first, second) >= SIGNIFICANCE:
        return "none"
    return "first" if first.answered * second.sent > second.answered * first.sent else "second"


def fisher(first: Counts, second: Counts) -> float:
    """The p-value of Fisher's exact test, two-sided: the probability of an outcome at most as probable as this one if
    both groups have the same response rate. https://en.wikipedia.org/wiki/Fisher%27s_exact_test

    Exact for any counts. The usual z-test finds too many differences if few InMails were answered.
    """
    answers = first.answered + second.answered
    seen = rarer = total = 0.0
    weights = list(_weights(first.sent, second.sent, answers))
    for answered, weight in weights:
        total += weight
        if answered == first.answered:
            seen = weight
    for _, weight in weights:
        if weight <= seen * (1 + _TIE):
            rarer += weight
    return rarer / total


def _weights(first: int, second: int, answers: int) -> Iterator[tuple[int, float]]:
    """The probability of each number of answers in the first group, relative to the most probable number.

    The hypergeometric distribution, computed from the most probable number to both sides until the values underflow to
    0. So the time grows with the square root of the counts.
    """
    lowest, highest = max(0, answers - second), min(first, answers)
    most = (first + 1) * (answers + 1) // (first + second + 2)
    yield most, 1.0
    weight = 1.0
    for here in range(most, highest):
        weight *= (first - here) * (answers - here) / ((here + 1) * (second - answers + here + 1))
        if not weight:
            break
        yield here + 1, weight
    weight = 1.0
    for here in range(most, lowest, -1):
        weight *= here * (second - answers + here) / ((first - here + 1) * (answers - here + 1))
        if not weight:
            break
        yield here - 1, weight
