"""The report's charts as inline SVG. The style sheet colours them, because the policy forbids `style=""`.

The page has each chart's numbers in a table as well. Texts in the drawings are numbers and names of months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from math import ceil
from typing import NamedTuple

from markupsafe import Markup

from inkeeper.rules.periods import local_day
from inkeeper.rules.sheets import Point
from inkeeper.services.ledger.report import Report, ReportMonth
from inkeeper.vocabulary import LOSSES
from inkeeper.web.language import gettext, language

_TOP = 20
_STEPS = 5
_BAR_SHARE = 0.66
_ROOM = 18
"""The minimum height of a bar that has its number inside."""

_NEAR = 26
"""The minimum distance between two numbers, so that they do not overlap."""

_WIDEST_BAR = 46
_DAYS_ALONE = 45
"""A time axis of fewer days has the dates of its two ends; a longer one has the months."""


class Size(NamedTuple):
    """The size of a drawing in its own units, about one CSS pixel each."""

    name: str
    width: int
    height: int
    digit: int
    """The width of a digit at the smallest size of the drawing, where texts are largest in its units."""


WIDE = Size("wide", 1000, 210, 11)
NARROW = Size("narrow", 320, 160, 8)


class _Scale(NamedTuple):
    """The vertical scale from 0 to the highest tick, the ticks (credits), and the left edge of the plot."""

    size: Size
    ticks: list[int]
    left: int

    def y(self, credits: float) -> float:
        return _TOP + self.size.height * (1 - credits / self.ticks[-1])

    @property
    def floor(self) -> float:
        return self.y(0)

    @property
    def width(self) -> int:
        return self.size.width - self.left


def _month_abbreviation(day: date) -> str:
    """The short name of a day's month: `Nov`."""
    return language().formats.short_months[day.month - 1]


def month_name(month: str) -> str:
    """`Nov 2026` for `2026-11`."""
    return language().month(_first_day(month))


def usage(months: Sequence[ReportMonth], size: Size, words: str) -> Markup:
    """Draw stacked bars of credits used and lost per month, with the monthly allotment as a line.

    `words` is the text alternative, one sentence.
    """
    monthly = [one.allotment / one.allotment_months for one in months]
    scale = _scale(
        (max(one.amounts.used + one.amounts.lost, each) for one, each in zip(months, monthly, strict=True)), size
    )
    band = scale.width / len(months)
    wide = min(_WIDEST_BAR, band * _BAR_SHARE)
    bars, texts, line = [], [], []
    for index, month in enumerate(months):
        start = scale.left + band * index
        middle = start + band / 2
        bars += _bar(scale, month, middle - wide / 2, wide)
        texts += _bar_texts(scale, month, middle)
        texts += _month_texts(scale, month, middle, named=index == 0 or month.month.endswith("-01"))
        line.append(f"{'L' if index else 'M'}{start:.4g} {scale.y(monthly[index]):.4g}H{start + band:.5g}")
    return _drawing(size, 40, words, [*_grid(scale), *bars, _tag("path", "line", d="".join(line)), *texts])


def balance(report: Report, zone: str, months: Sequence[ReportMonth], size: Size, words: str) -> Markup:
    """Draw the balance over these months as a step line, with a mark at each loss of credits."""
    begin, end = max(months[0].start, report.since), report.as_of
    points = _since(report.balance_over_time, begin)
    scale = _scale((point.balance for point in points), size)
    span = max((end - begin).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return scale.left + scale.width * (at - begin).total_seconds() / span

    path = "".join(
        f"H{x(point.at):.4g}V{scale.y(point.balance):.4g}"
        if index
        else f"M{x(point.at):.4g} {scale.y(point.balance):.4g}"
        for index, point in enumerate(points)
    )
    marks, shown_at = [], -float(_NEAR)
    for point in points:
        if point.kind not in LOSSES or not point.credits:
            continue
        here, top, bottom = x(point.at), scale.y(point.balance - point.credits), scale.y(point.balance)
        marks.append(_box("drop", here - 3, top, 6, bottom - top))
        if here - shown_at >= _NEAR:
            shown_at = here
            # Write below the line if there is room; otherwise the line's end would be hidden.
            below = 16 if bottom - top > _ROOM else 4
            marks.append(_text("tick end halo", here - 7, top + below, f"−{language().number(-point.credits)}"))
    content = [*_grid(scale), *_time_axis(scale, begin, end, zone, months, x), _tag("path", "line", d=path), *marks]
    return _drawing(size, 24, words, content)


def swatch(mark: str) -> Markup:
    """The sample of a mark for a legend."""
    shape = _tag("path", mark, d="M0 6H16") if mark == "line" else _box(mark, 0.5, 0.5, 15, 11)
    return Markup('<svg class="swatch" viewBox="0 0 16 12" aria-hidden="true">{}</svg>').format(shape)


HATCHING = Markup(
    '<svg class="unseen" aria-hidden="true"><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect class="hatch" width="1.8" height="5"></rect></pattern></svg>'
)
"""The fill pattern of lost credits. Render it once per page; drawings refer to it by its id."""


def _first_day(month: str) -> date:
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def _scale(values: Iterable[float], size: Size) -> _Scale:
    most = max([1, *values])
    step = next(size for size in _round_numbers() if size * _STEPS >= most)
    ticks = [step * number for number in range(ceil(most / step) + 1)]
    return _Scale(size, ticks, 14 + size.digit * len(language().number(ticks[-1])))


def _round_numbers() -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 25, 50, 100, 200, 250 and so on."""
    yield from (1, 2, 5)
    for power in count():
        yield from (unit * 10**power for unit in (10, 20, 25, 50))


def _grid(scale: _Scale) -> list[Markup]:
    drawn = []
    for tick in scale.ticks:
        y = f"{scale.y(tick):.4g}"
        drawn.append(_tag("line", "grid" if tick else "base", x1=str(scale.left), x2=str(scale.size.width), y1=y, y2=y))
        drawn.append(_text("tick end", scale.left - 8, scale.y(tick) + 4, language().number(tick)))
    return drawn


def _bar(scale: _Scale, month: ReportMonth, x: float, width: float) -> list[Markup]:
    used, lost = month.amounts.used, month.amounts.lost
    drawn = []
    if used:
        drawn.append(_box("used", x, scale.y(used), width, scale.floor - scale.y(used)))
    if lost:
        drawn.append(_box("lost", x, scale.y(used + lost), width, scale.y(used) - scale.y(used + lost)))
    return drawn


def _bar_texts(scale: _Scale, month: ReportMonth, middle: float) -> list[Markup]:
    used, lost = month.amounts.used, month.amounts.lost
    top, above = scale.y(used), scale.y(used + lost)
    drawn = []
    if scale.floor - top > _ROOM:
        drawn.append(_text("tick on", middle, scale.floor - 6, language().number(used)))
    if top - above > _ROOM:
        drawn.append(_text("tick halo", middle, (top + above) / 2 + 4, language().number(lost)))
    return drawn


def _month_texts(scale: _Scale, month: ReportMonth, middle: float, *, named: bool) -> list[Markup]:
    first = _first_day(month.month)
    drawn = [_text("tick", middle, scale.floor + 17, _month_abbreviation(first))]
    if not month.ended:
        drawn.append(_text("tick", middle, scale.floor + 33, gettext("so far")))
    elif named:
        drawn.append(_text("tick", middle, scale.floor + 33, str(first.year)))
    return drawn


def _time_axis(
    scale: _Scale,
    begin: datetime,
    end: datetime,
    zone: str,
    months: Sequence[ReportMonth],
    x: Callable[[datetime], float],
) -> list[Markup]:
    y = scale.floor + 17
    if (end - begin).days < _DAYS_ALONE:
        first, last = local_day(zone, begin), local_day(zone, end)
        ends = [_text("tick end", scale.size.width, y, language().day(last))]
        return ends if first == last else [_text("tick start", scale.left, y, language().day(first)), *ends]
    # Omit a month's name without room before the right edge.
    starts = [(month, x(month.start)) for month in months if month.start >= begin]
    return [
        _text("tick start", at, y, _month_abbreviation(_first_day(month.month)))
        for month, at in starts
        if at <= scale.size.width - _NEAR
    ]


def _since(points: Sequence[Point], begin: datetime) -> list[Point]:
    """The points from `begin` on, with an additional first point at `begin` for the balance before it."""
    later = [point for point in points if point.at > begin]
    earlier = [point for point in points if point.at <= begin]
    return [earlier[-1]._replace(at=begin, credits=0), *later] if earlier else later


def _drawing(size: Size, below: int, words: str, content: Iterable[Markup]) -> Markup:
    return Markup('<svg class="chart {}" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        size.name, words, size.width, _TOP + size.height + below, Markup("").join(content)
    )


def _tag(name: str, kind: str, **attributes: str) -> Markup:
    given = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in attributes.items())
    return Markup('<{} class="{}"{}></{}>').format(name, kind, given, name)


def _box(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    return _tag("rect", kind, x=f"{x:.4g}", y=f"{y:.4g}", width=f"{width:.4g}", height=f"{height:.4g}")


def _text(kind: str, x: float, y: float, words: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, f"{x:.4g}", f"{y:.4g}", words)
