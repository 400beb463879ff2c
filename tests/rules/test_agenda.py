"""The days that are marked in a calendar: what is said, on which day, and that it stays so until something happens."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from inkeeper.rules.agenda import Event, agenda
from inkeeper.rules.books import rule_book
from inkeeper.rules.replay import replay
from inkeeper.rules.timeline import LOSSES, timeline
from inkeeper.wording.agenda import render
from inkeeper.wording.language import PLAIN_ENGLISH
from tests.rules.histories import INSTANT, History, histories
from tests.rules.story import Story

NEW_YORK = "America/New_York"


def told(story: Story, at: str) -> list[tuple[str, str, str]]:
    """The events as (day, title without the plan, detail)."""
    events = agenda(story.state(at), story.time(at), story.changes(at))
    return [
        (str(event.day), render(event, PLAIN_ENGLISH).title.partition(" (")[0], render(event, PLAIN_ENGLISH).detail)
        for event in events
    ]


def titles(story: Story, at: str) -> dict[str, str]:
    """The day of each title, of several the first."""
    return {title: day for day, title, _ in reversed(told(story, at))}


def rolling(**own: int) -> Story:
    return Story("premium_career", "2026-01-02", book="rolling", zone=NEW_YORK, **own)


def test_month_end_marks_the_last_day_the_week_before_it_and_the_first_of_the_next_month():
    story = Story("sales_navigator", "2026-11-01", zone="Europe/Berlin")
    story.observe("2026-11-02", 12)
    assert told(story, "2026-11-10")[:4] == [
        (
            "2026-11-24",
            "Last week before 12 credits are lost",
            "Lost if unused: 12 credits at the end of 30 Nov (Europe/Berlin).",
        ),
        ("2026-11-30", "12 credits expire", "Lost at the end of 30 Nov (Europe/Berlin) if unused."),
        ("2026-12-01", "25 new credits", "Available from 1 Dec (Europe/Berlin) on."),
        (
            "2026-12-25",
            "Last week before up to 25 credits are lost",
            "Lost if unused: up to 25 credits at the end of 31 Dec (Europe/Berlin).",
        ),
    ]


def test_the_plan_is_named_and_the_last_week_alone_rings():
    story = Story("premium_career")
    events = agenda(story.state("2026-01-05"), story.time("2026-01-05"), story.changes("2026-01-05"))
    assert all(render(event, PLAIN_ENGLISH).title.endswith(" (Premium Career)") for event in events)
    assert {event.kind for event in events if event.alarm} == {"last_week"}


def test_one_is_not_called_many():
    story = Story("premium_career", allotment=1)
    assert [title for _, title, _ in told(story, "2026-01-05")][:5] == [
        "Last week before 1 credit is lost",
        "1 credit expires",
        "1 new credit",
        "Last week before up to 1 credit is lost",
        "Up to 1 credit expires",
    ]


def test_a_reminder_whose_day_has_passed_stays_until_the_loss():
    story = Story("premium_career")
    assert titles(story, "2026-01-31 23:59")["Last week before 5 credits are lost"] == "2026-01-25"
    assert "2026-01-25" not in titles(story, "2026-02-01").values()


def test_where_nothing_comes_or_goes_one_event_says_so():
    (event,) = told(Story("basic"), "2026-01-10")
    assert event[:2] == ("2026-02-01", "No new InMail credits")


def test_what_is_lost_during_a_day_is_marked_on_it_with_its_time():
    story = Story("premium_career", "2026-01-02 09:00", book="rolling", zone=NEW_YORK)
    found = told(story, "2026-03-30")
    # 90 times 24 hours, with the clocks changed in between.
    assert ("2026-04-02", "5 credits expire", "Lost at 2 Apr 10:00 (America/New_York) if unused.") in found


def test_credits_over_the_cap_are_marked_before_the_renewal_that_they_miss():
    story = rolling(renewal_day=2)
    story.observe("2026-03-03", 13)
    assert (
        "2026-04-01",
        "3 credits over your limit",
        "Your plan keeps 15 at most. Use 3 by the end of 1 Apr (America/New_York) to get them all.",
    ) in told(story, "2026-03-05")


def test_what_a_cancellation_voids():
    story = rolling()
    story.cancel("2026-01-20")
    assert told(story, "2026-01-21") == [
        (
            "2026-01-26",
            "Last week before 5 credits are lost",
            "Lost if unused: 5 credits at the end of 1 Feb (America/New_York).",
        ),
        (
            "2026-02-01",
            "5 credits are lost when your plan ends",
            "Lost at the end of 1 Feb (America/New_York) if unused.",
        ),
    ]


def test_what_a_planned_change_of_plan_voids_and_brings():
    story = rolling()
    story.change_plan("2026-01-20 12:00", "premium_business")
    found = titles(story, "2026-01-10")
    assert found["5 credits are lost with the change of plan"] == "2026-01-20"
    assert found["15 new credits"] == "2026-01-20"


def test_several_losses_of_a_day_are_told_together():
    story = rolling()
    first = [story.send(f"2026-01-05 1{number}:00") for number in range(5)]
    for number, inmail in enumerate(first[:2]):
        # Each comes back as a lot of its own, since its own lot is gone.
        story.outcome(f"2026-04-04 1{number}:00", inmail)
    assert titles(story, "2026-06-28")["2 credits expire"] == "2026-07-03"


def test_reply_windows_are_counted_by_the_week_in_which_they_close():
    story = rolling()
    # Monday 5 January to Sunday 11 January; 90 days later are Sunday 5 April and the week from Monday 6 April.
    inmails = story.sends("2026-01-04 23:30", "2026-01-06 10:00", "2026-01-06 11:00", "2026-01-07 12:00")
    story.send("2026-01-07", cost=0)
    story.outcome("2026-02-01", inmails[1])
    found = titles(story, "2026-03-30")
    assert found["Last week for a reply to 1 InMail"] == "2026-03-30"
    assert found["Last week for replies to 2 InMails"] == "2026-04-06"
    assert "Last week for a reply to 1 InMail" not in titles(story, "2026-04-05 00:30"), "it has closed"


def test_under_month_end_no_reply_window_is_marked():
    story = Story("premium_career")
    story.send("2026-01-05")
    assert not any("window" in title for title in titles(story, "2026-01-10"))


def test_the_alarm_rings_on_the_accounts_own_day():
    story = Story("sales_navigator", "2026-11-01", zone="Europe/Berlin")
    story.observe("2026-11-02", 12)

    def alarm(lead_days: int) -> tuple[str, str]:
        events = agenda(story.state("2026-11-03"), story.time("2026-11-03"), story.changes("2026-11-03"), lead_days)
        first = next(event for event in events if event.alarm)
        return str(first.day), render(first, PLAIN_ENGLISH).title

    assert alarm(7) == ("2026-11-24", "Last week before 12 credits are lost (Sales Navigator)")
    assert alarm(10) == ("2026-11-21", "Last 10 days before 12 credits are lost (Sales Navigator)")
    assert alarm(1) == ("2026-11-30", "Last day before 12 credits are lost (Sales Navigator)")
    assert alarm(60) == ("2026-11-01", "Last 30 days before 12 credits are lost (Sales Navigator)"), "they came then"


def test_an_alarm_longer_than_a_month_rings_when_the_credits_come():
    story = Story("sales_navigator", "2026-11-01", zone="Europe/Berlin")
    for asked in ("2026-11-03", "2026-12-03"):
        events = agenda(story.state(asked), story.time(asked), story.changes(asked), 45)
        alarms = {str(event.day): render(event, PLAIN_ENGLISH).title for event in events if event.alarm}
        amount = "up to 25" if asked < "2026-12" else "25"
        assert alarms["2026-12-01"] == f"Last 31 days before {amount} credits are lost (Sales Navigator)"


def events_at(history: History, now, lead_days: int) -> list[Event]:
    state = replay(history.facts, now).state
    return agenda(state, now, timeline(state, now, history.after(now)), lead_days)


@given(histories(most=15), st.data())
def test_every_credit_that_comes_or_goes_is_marked_once(history: History, data: st.DataObject):
    now = data.draw(st.sampled_from([*history.instants(), history.end]))
    state = replay(history.facts, now).state
    changes = timeline(state, now, history.after(now))
    events = agenda(state, now, changes, data.draw(st.integers(3, 60)))

    assert events == sorted(events)
    assert len({(event.day, event.kind) for event in events}) == len(events)
    marked: Counter[str] = Counter()
    assert events, "a calendar without an event is not valid"
    for event in events:
        if event.kind == "no_credits":
            assert len(events) == 1
            continue
        found = re.search(r"(\d+) (?:new )?(?:credit|InMail)", render(event, PLAIN_ENGLISH).title)
        assert found is not None
        marked[event.kind] += int(found[1])
    expected = Counter({"last_week": -sum(change.credits for change in changes if change.reason in LOSSES)})
    for change in changes:
        if change.reason in LOSSES or change.reason == "grant":
            expected["renewal" if change.reason == "grant" else change.reason] += abs(change.credits)
    open_windows = [end for end in closings(state) if end > now]
    assert marked == +expected + Counter({"reply_windows": len(open_windows)})


def closings(state) -> list:
    """When each reply window that the state knows of closes (UTC)."""
    found = []
    for sent in state.open_sends.values():
        back = rule_book(sent.rule_book).credit_back
        assert back is not None
        found.append(sent.sent_at + timedelta(hours=back.within_hours))
    return found


@given(histories(most=15), st.data())
def test_an_event_reads_the_same_until_something_happens(history: History, data: st.DataObject):
    now = data.draw(st.sampled_from([*history.instants(), history.end]))
    state = replay(history.facts, now).state
    coming = history.after(now)
    turns = [change.at for change in timeline(state, now, coming)] + closings(state)
    turns += [state.next_renewal, *(fact.at for fact in coming)]
    until = min(turn for turn in [*turns, now + timedelta(days=40)] if turn > now)
    later = now + data.draw(st.integers(0, int((until - now) / INSTANT) - 1)) * INSTANT

    lead_days = data.draw(st.integers(3, 60))
    after = {(event.day, event.kind): event for event in events_at(history, later, lead_days)}
    for event in events_at(history, now, lead_days):
        assert after[event.day, event.kind] == event
