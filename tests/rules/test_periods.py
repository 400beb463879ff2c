"""When credits renew: months of 28 to 31 days, clocks that change at midnight, and the day that Apia skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.periods import (
    Cycle,
    UnknownTimeZone,
    day_start,
    local_day,
    month_number,
    next_renewal,
    offsets,
    period_start,
    renewal_in,
    time_zone,
)
from tests.rules import naive
from tests.rules.histories import INSTANT, ZONES
from tests.rules.story import Story, local, utc

zones = st.sampled_from(list(ZONES))
days = st.dates(date(2005, 1, 1), date(2037, 12, 31))


def renewals(cycle: Cycle, after: datetime, count: int) -> list[datetime]:
    found = []
    for _ in range(count):
        after = next_renewal(cycle, after)
        found.append(after)
    return found


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (28, ["2027-01-28", "2027-02-28", "2027-03-28", "2027-04-28"]),
        (29, ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
        (30, ["2027-01-30", "2027-02-28", "2027-03-30", "2027-04-30"]),
        (31, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
    ],
)
def test_each_month_steps_from_the_original_day(day: int, expected: list[str]):
    assert renewals(Cycle("UTC", day), utc("2027-01-01"), 4) == [utc(text) for text in expected]


@pytest.mark.parametrize(("year", "last"), [(2028, 29), (2027, 28), (2100, 28), (2000, 29)])
def test_february_ends_on_the_29th_in_leap_years(year: int, last: int):
    for day in (29, 30, 31):
        assert renewal_in(Cycle("UTC", day), year, 2) == datetime(year, 2, last, tzinfo=UTC)


def test_a_renewal_is_strictly_after_and_a_period_begins_at_or_before():
    cycle = Cycle("Europe/Berlin", 15)
    renewal = local("2026-11-15", "Europe/Berlin")
    assert next_renewal(cycle, renewal - INSTANT) == renewal
    assert next_renewal(cycle, renewal) == local("2026-12-15", "Europe/Berlin")
    assert period_start(cycle, renewal) == renewal
    assert period_start(cycle, renewal - INSTANT) == local("2026-10-15", "Europe/Berlin")


def test_the_turn_of_the_year():
    assert next_renewal(Cycle("UTC", 31), utc("2026-12-31")) == utc("2027-01-31")
    assert period_start(Cycle("UTC", 31), utc("2027-01-05")) == utc("2026-12-31")


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("America/Havana", "2026-11-01", "2026-11-01 04:00"),  # midnight comes twice: the first
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00"),  # 00:00 to 01:00 skipped
        ("America/Santiago", "2026-09-06", "2026-09-06 04:00"),  # 00:00 to 01:00 skipped
        ("America/Santiago", "2026-04-05", "2026-04-05 04:00"),  # the hour before midnight comes twice
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00"),  # the whole day skipped: it begins with the 31st
        ("Pacific/Apia", "2011-12-31", "2011-12-30 10:00"),
        ("Pacific/Apia", "2012-01-01", "2011-12-31 10:00"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04 13:00"),
        ("Australia/Lord_Howe", "2026-04-06", "2026-04-05 13:30"),  # clocks change by half an hour
        ("Asia/Kolkata", "2026-03-01", "2026-02-28 18:30"),
        ("America/New_York", "2026-03-08", "2026-03-08 05:00"),
        ("America/New_York", "2026-03-09", "2026-03-09 04:00"),
    ],
)
def test_the_first_instant_of_a_local_day(zone: str, day: str, start: str):
    assert day_start(zone, date.fromisoformat(day)) == utc(start)


@pytest.mark.parametrize(
    ("zone", "opened", "day", "renews"),
    [
        ("America/Havana", "2026-10-01", 1, "2026-11-01 04:00"),
        ("Africa/Cairo", "2026-03-24", 24, "2026-04-23 22:00"),
        ("America/Santiago", "2026-08-06", 6, "2026-09-06 04:00"),
        ("Pacific/Apia", "2011-11-30", 30, "2011-12-30 10:00"),
    ],
)
def test_credits_renew_once_where_midnight_is_odd(zone: str, opened: str, day: int, renews: str):
    story = Story("premium_career", opened, zone=zone, book="rolling", renewal_day=day)
    first, second, *_ = [entry.at for entry in story.entries(opened, "2027-01-01") if entry.kind == "grant"]
    assert (first, second) == (story.time(opened), utc(renews))
    assert local_day(zone, second - INSTANT) < local_day(zone, second)


def test_havanas_november_lasts_from_its_first_first_midnight():
    story = Story("premium_career", "2026-10-10", zone="America/Havana")
    state = story.state("2026-11-15")
    assert state.period_start == utc("2026-11-01 04:00")
    assert state.next_renewal == utc("2026-12-01 05:00")


@given(zones, days)
def test_a_day_starts_where_the_naive_clock_first_shows_it(zone: str, day: date):
    start = day_start(zone, day)
    assert start == naive.first_instant(zone, day.year, day.month, day.day)
    here = ZoneInfo(zone)
    assert start.astimezone(here).date() >= day > (start - INSTANT).astimezone(here).date()


@given(st.sampled_from(sorted(available_timezones())), st.dates(date(2020, 1, 1), date(2037, 12, 31)))
def test_every_day_of_every_zone_starts_as_the_clock_first_shows_it(zone: str, day: date):
    start = day_start(zone, day)
    assert local_day(zone, start) == day or zone in {"Pacific/Apia", "Pacific/Fakaofo", "Pacific/Kwajalein"}
    assert local_day(zone, start - INSTANT) < day


@given(
    zones,
    st.integers(1, 31),
    st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([1, 1, 2, 3, 5, 6, 12, 13]),
    st.dates(date(2003, 1, 1), date(2004, 12, 31)),
)
def test_renewals_are_the_naive_ones_and_enclose_every_instant(
    zone: str, day: int, at: datetime, months: int, begun: date
):
    cycle = Cycle(zone, day, months, month_number(begun))
    start, end = period_start(cycle, at), next_renewal(cycle, at)
    assert start <= at < end
    assert end == naive.renewals_of(zone, day, at, months, begun)
    assert next_renewal(cycle, start) == end
    assert next_renewal(cycle, start - INSTANT) == start
    assert timedelta(days=27 * months) < end - start < timedelta(days=32 * months)


def test_a_quarter_is_counted_from_the_month_in_which_it_began_and_keeps_its_day():
    november = Cycle("UTC", 30, 3, month_number(date(2025, 11, 30)))
    assert renewals(november, utc("2025-11-30"), 3) == [utc("2026-02-28"), utc("2026-05-30"), utc("2026-08-30")]
    assert period_start(november, utc("2026-05-29")) == utc("2026-02-28")
    # given a renewal day that comes after the day on which the cycle began: it is in that month as well
    assert next_renewal(Cycle("UTC", 25, 3, month_number(date(2026, 2, 20))), utc("2026-02-20")) == utc("2026-02-25")
    assert renewals(Cycle("UTC", 1, 3), utc("2026-02-20"), 2) == [utc("2026-04-01"), utc("2026-07-01")]


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "/UTC", "Europe/Berlin\x00", "x" * 300]
)
def test_an_unknown_zone_is_refused(name: str):
    with pytest.raises(UnknownTimeZone):
        time_zone(name)


@pytest.mark.parametrize("zone", [*ZONES, "Africa/Casablanca"])
def test_the_offsets_of_a_zones_clocks_are_those_that_its_clocks_show(zone: str):
    start, end = utc("2026-01-15 10:20"), utc("2027-04-02 03:04")
    known = offsets(zone, start, end)
    assert known[0][0] == start
    assert [at for at, _ in known] == sorted({at for at, _ in known})
    for at, offset in known[1:]:
        shown = [(at - timedelta(seconds=before)).astimezone(ZoneInfo(zone)).utcoffset() for before in (1, 0)]
        assert shown == [known[known.index((at, offset)) - 1][1], offset]
    hours = int((end - start) / timedelta(hours=1))
    for at in (start + timedelta(hours=number) for number in range(0, hours, 7)):
        assert [offset for since, offset in known if since <= at][-1] == at.astimezone(ZoneInfo(zone)).utcoffset()


def test_a_span_without_length_has_one_offset():
    at = utc("2026-03-29 01:00")
    assert offsets("Europe/Berlin", at, at) == [(at, timedelta(hours=2))]
