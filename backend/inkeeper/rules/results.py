"""What came of InMails: response rates with their uncertainty, the price of an answer, and when two texts differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

from inkeeper.rules.money import Money, value_of

MIN_SENT = 20
"""InMails below this number have no response rate: they are too few to tell."""

SIGNIFICANCE = 0.05
"""Two texts are called different where equally good ones would differ as much in fewer than this share of cases."""

# The 97.5 % quantile of the normal distribution: an interval of 95 % leaves out 2.5 % on either side.
_Z = 1.959963984540054

# Probabilities that are equal come out of floating-point arithmetic with relative differences far below this.
_TIE = 1e-7


class Counts(NamedTuple):
    """InMails of one kind: how many were sent, how many were answered, and the credits that they cost when sent."""

    sent: int
    answered: int
    credits: int


class Interval(NamedTuple):
    """The response rates that agree with what was counted, both bounds from 0 to 1."""

    low: float
    high: float


class Result(NamedTuple):
    """What came of InMails. The rates are shares from 0 to 1 with four decimals.

    All of it is None under `MIN_SENT` InMails. The price of an answer is None where there was none, in money also where
    the account has no price. Credits that answers brought back are not taken off it.
    """

    rate: float | None = None
    low: float | None = None
    high: float | None = None
    credits_per_answer: float | None = None
    cost_per_answer: Money | None = None


Difference = Literal["too_few", "none", "first", "second"]
"""Which of two is answered more often; `none` where what was counted does not say."""


def result_of(counts: Counts, price: Money | None, allotment: int, months: int = 1) -> Result:
    """What came of these InMails, where `price` is paid a month and so many `months` bring `allotment` credits."""
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
    """The 95 % interval of a response rate. `sent` is at least 1.

    Wilson's score interval (Journal of the American Statistical Association 22, 1927): unlike the textbook's interval
    it holds what it promises for few InMails and for rates near 0, and never leaves 0 to 1.
    """
    rate, square = answered / sent, _Z * _Z
    middle = rate + square / (2 * sent)
    reach = _Z * math.sqrt(rate * (1 - rate) / sent + square / (4 * sent * sent))
    whole = 1 + square / sent
    # Where all or none was answered, the bound is exact, which the rounding of the sum may miss.
    low = 0.0 if answered == 0 else (middle - reach) / whole
    high = 1.0 if answered == sent else (middle + reach) / whole
    return Interval(low, high)


def difference(first: Counts, second: Counts) -> Difference:
    """Which of two was answered more often, by a two-sided test at 5 %."""
    if min(first.sent, second.sent) < MIN_SENT:
        return "too_few"
    if fisher(first, second) >= SIGNIFICANCE:
        return "none"
    return "first" if first.answered * second.sent > second.answered * first.sent else "second"


def fisher(first: Counts, second: Counts) -> float:
    """How probable a difference at least as rare as this one is where both are equally good: Fisher's exact test,
    two-sided.

    Exact for any counts, where the usual z-test calls chance a difference too often if few were answered. It adds up
    the probabilities of all ways to spread the answers over both that are no more probable than the one counted.
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
    """How probable each number of answers to the first is, relative to the most probable one: the hypergeometric
    distribution.

    Goes from the most probable number to both sides until nothing is left in a float, so that large counts take the
    root of their size.
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
