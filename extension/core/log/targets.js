// The list of people to write to: the server's last summary with the outbox's changes applied. Pure.

import { dayName, dayNumber, nameOfDay, weekday } from "../../text/days.js";
import { instantOf } from "../../text/format.js";
import { isSamePerson, parseLink } from "./people.js";

const NEXT_MAX = 3;
const OPEN = new Set(["ready", "planned", "held"]);

/** An InMail sent at most this long before its person was listed closes the target. The server has the same rule. */
const LOGGED_LATE_MS = 86_400_000;

/** The server accepts planned days up to this far ahead. */
const PLANNED_DAYS_MAX = 366;

/** Kinds of links, those first that open a profile for any viewer. */
const LINK_ORDER = ["in", "member", "lead", "talent"];

/**
 * The next people and the counts of one account. Null if the server sends no list.
 * @param {Pick<AccountView, "account" | "ahead" | "projection" | "targets">} account
 * @param {Date} now
 * @returns {Targets | null}
 */
export function targetsOf({ account, ahead, projection, targets }, now) {
  if (!targets) return null;
  const today = dayName(now, account.time_zone);
  const isSameDay = projection !== null && dayName(new Date(projection.asOf), account.time_zone) === today;
  const list = { ...targets, sent_today: isSameDay ? targets.sent_today : 0 };
  const listed = [...targets.next, ...ahead.flatMap((entry) => targetFromEntry(entry, account.id))];
  list.names += listed.length - targets.next.length;
  list.ready += listed.length - targets.next.length;
  const left = listed.map((target) => withChanges(target, ahead));
  listed.forEach((target, index) => {
    const after = left[index];
    if (after === target) return;
    if (!after) list.names -= 1;
    if (target.state !== "planned") list[target.state === "held" ? "held" : "ready"] -= 1;
    if (isDue(target, today) && !(after && isDue(after, today))) list.today -= 1;
  });
  const open = left.filter((target) => target !== null);
  list.next = [
    ...open.filter((target) => !isForLater(target, today)),
    ...open.filter((target) => isForLater(target, today)),
  ].slice(0, NEXT_MAX);
  list.sent_today += ahead.filter(
    (entry) =>
      entry.kind === "inmail" &&
      dayName(new Date(entry.body.sent_at), account.time_zone) === today &&
      (entry.body.target !== undefined || listed.some((target) => closes(entry, target))),
  ).length;
  return list;
}

/**
 * The open target of a person: one of the next three, otherwise the one that the server found.
 * @param {Person} person
 * @param {AccountView} account
 * @param {Found | undefined} found
 * @param {Date} now
 * @returns {Target | null}
 */
export function targetFor(person, account, found, now) {
  const known = targetsOf(account, now)?.next.find((target) => matchesPerson(target.person, person));
  return known ?? (found?.target && OPEN.has(found.target.state) ? withChanges(found.target, account.ahead) : null);
}

/**
 * Whether a listed person is this person: by a link of the same kind, otherwise by name.
 * @param {ListedPerson} listed
 * @param {Person} person
 */
export function matchesPerson({ links, name }, person) {
  const kind = parseLink(person.profileUrl ?? "")?.kind;
  return isSamePerson({ name, profileUrl: links.find((link) => parseLink(link)?.kind === kind) ?? null }, person);
}

/**
 * The address of a person's profile on LinkedIn; null without one.
 * @param {ListedPerson} person
 */
export function profileOf({ links }) {
  const known = links.map(parseLink).filter((link) => link !== null);
  return known.sort((a, b) => LINK_ORDER.indexOf(a.kind) - LINK_ORDER.indexOf(b.kind))[0]?.url ?? null;
}

/**
 * The first target that is not planned for another day and not skipped today.
 * @param {Target[]} next
 * @param {Record<string, number>} skipped
 * @param {string} zone
 * @param {Date} now
 * @returns {Target | null}
 */
export const nextOf = (next, skipped, zone, now) =>
  next.find((target) => skipped[target.id] !== dayNumber(now, zone) && !isForLater(target, dayName(now, zone))) ?? null;

/**
 * The days that "Later" offers, as "YYYY-MM-DD": tomorrow, the first working day of next week, the day of the next
 * renewal (null if unknown), and the last day that can be chosen.
 * @param {Account} account
 * @param {Projection | null} projection
 * @param {Date} now
 */
export function laterDays({ time_zone: zone, working_days: workingDays }, projection, now) {
  const today = dayNumber(now, zone);
  const monday = today + 8 - weekday(today);
  const renewal = projection?.nextRenewal && dayName(new Date(projection.nextRenewal.at), zone);
  const first = workingDays.length ? Math.min(...workingDays) : 1;
  return {
    tomorrow: nameOfDay(today + 1),
    week: nameOfDay(monday + first - 1),
    credits: renewal ?? null,
    last: nameOfDay(today + PLANNED_DAYS_MAX),
  };
}

/**
 * The instant a target is planned for; null without a day and a time.
 * @param {Target} target
 * @param {string} zone
 */
export const plannedInstant = ({ planned_at: time, planned_for: day }, zone) =>
  day && time ? instantOf(`${day}T${time}`, zone) : null;

/**
 * The number of people due today; 0 on a day that is not a working day.
 * @param {AccountView} account
 * @param {Date} now
 */
export function countForToday(account, now) {
  const list = targetsOf(account, now);
  const { time_zone: zone, working_days: days } = account.account;
  return list && days.includes(weekday(dayNumber(now, zone))) ? list.today : 0;
}

/**
 * The target that a `target_add` entry of this account creates, as a list of one; empty for any other entry.
 * @param {OutboxEntry} entry
 * @param {string} accountId
 * @returns {Target[]}
 */
function targetFromEntry(entry, accountId) {
  if (entry.kind !== "target_add" || entry.accountId !== accountId || isListedBefore(entry)) return [];
  const {
    note = null,
    person: { name, profile_url: link },
  } = entry.body;
  return [
    {
      id: entry.id,
      state: "ready",
      account: accountId,
      purpose: null,
      note,
      due: null,
      planned_for: null,
      planned_at: null,
      held_until: null,
      person: {
        id: "",
        name,
        first_name: "",
        links: link ? [link] : [],
        company: null,
        headline: null,
        do_not_contact: false,
      },
      created_at: entry.createdAt,
      copy: null,
    },
  ];
}

/**
 * The targets added here that are still open.
 * @param {OutboxEntry[]} entries
 */
export const openAdditions = (entries) =>
  entries
    .filter(({ state }) => state !== "needs_you")
    .flatMap((entry) => targetFromEntry(entry, entry.accountId))
    .filter((target) => withChanges(target, entries));

/**
 * Whether the server reported that the person was listed already.
 * @param {OutboxEntry} entry
 */
const isListedBefore = ({ problem }) => problem?.code === "already_on_list";

/**
 * A target with the changes of these entries applied; null if they close it.
 * @param {Target} target
 * @param {OutboxEntry[]} entries
 * @returns {Target | null}
 */
function withChanges(target, entries) {
  /** @type {Target | null} */
  let left = target;
  // Entries made before the person was added do not concern the target.
  for (const entry of entries.filter(({ id }) => target.person.id || id > target.id)) {
    if (closes(entry, target)) left = null;
    else if (entry.kind === "target_change" && isChangeOf(entry, target)) {
      left =
        entry.body.action === "reopen"
          ? target
          : left && {
              ...left,
              state: "planned",
              planned_for: entry.body.until ?? null,
              planned_at: null,
              held_until: null,
            };
    }
  }
  return left;
}

/**
 * @param {OutboxEntry} entry
 * @param {Target} target
 */
function closes(entry, target) {
  switch (entry.kind) {
    case "inmail": {
      const {
        recipient: { name, profile_url: profileUrl = null },
        sent_at: sentAt,
        target: id,
      } = entry.body;
      const isInTime = Date.parse(sentAt) >= Date.parse(target.created_at) - LOGGED_LATE_MS;
      return id === target.id || (isInTime && matchesPerson(target.person, { name, profileUrl }));
    }
    case "target_change":
      return ["close", "drop"].includes(entry.body.action) && isChangeOf(entry, target);
    case "person_change":
      return entry.personId === target.person.id;
    default:
      return false;
  }
}

/**
 * @param {TargetChangeEntry} entry
 * @param {Target} target
 */
const isChangeOf = ({ target: entryId, targetId }, { id }) => id === entryId || id === targetId;

/**
 * Whether a target is for a later day: planned after today, or held until credits arrive.
 * @param {Target} target
 * @param {string} today
 */
export const isForLater = ({ planned_for: planned, state }, today) => state === "held" || (planned ?? today) > today;

/**
 * @param {Target} target
 * @param {string} today
 */
const isDue = ({ due, planned_for: day }, today) => [due, day].some((each) => each !== null && each <= today);
