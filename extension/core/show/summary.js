// The numbers of an account now: the server's summary, advanced along the server's timeline, less the outbox's entries.
// Pure. It has no rules of its own for grants and losses.

import { dayNumber, daysUntil, lastDayLeft, weekday } from "../../text/days.js";

const DAY_MS = 86_400_000;

/** The timeline covers at least this span after `as_of`. */
const TIMELINE_MS = 62 * DAY_MS;

/**
 * Days before a loss at which its severity becomes `info`, `warning` and `urgent`. Used if an older server sends none.
 */
const LEAD_DAYS = [7, 3, 1];

/**
 * @param {StoredSummary} stored
 * @param {Account} account
 * @param {OutboxEntry[]} entries of all accounts
 * @param {Date} now
 * @returns {Projection}
 */
export function project(stored, account, entries, now) {
  const { receivedAt, summary } = stored;
  const ahead = entries
    .filter(isCreditEntry)
    .filter((entry) => entry.accountId === account.id && isUncounted(entry, stored));
  const passed = summary.timeline.filter((event) => new Date(event.at) <= now);
  const coming = summary.timeline.filter((event) => new Date(event.at) > now);
  const totals = replay(summary, passed, ahead);
  // Without credits, the next loss in the timeline concerns credits of a later grant.
  const nextLoss = totals.balance ? nextLossOf(summary, coming, totals.taken, account, now) : null;
  const grant = coming.find((event) => event.reason === "grant");
  const toUse = nextLoss ? Math.max(0, nextLoss.credits - account.reserve) : 0;
  const perDay = nextLoss && pacePerDay(toUse, nextLoss.at, account, now);
  const moved = passed.length > 0;
  const leads = leadDays(summary);
  const sameDay = dayNumber(now, account.time_zone) === dayNumber(new Date(summary.as_of), account.time_zone);
  return {
    asOf: receivedAt,
    tooOld: now.getTime() - Date.parse(summary.as_of) > TIMELINE_MS,
    balance: totals.balance,
    allotment: totals.allotment,
    used: totals.used,
    freeUsed: totals.freeUsed,
    start: totals.start,
    nextLoss,
    nextRenewal: grant ? { at: grant.at, credits: grant.credits } : null,
    perDay,
    expectedUsed: sameDay && !moved ? summary.pace.expected : null,
    // The server's forecast does not include the waiting entries, so it could exceed the balance.
    forecast: moved || totals.taken ? null : summary.forecast,
    observed: totals.observed,
    leadDays: leads,
    urgency: urgency(totals.balance, nextLoss, leads, now),
    warnings: warnings(summary, nextLoss, leads, now),
    nextMoment: coming[0]?.at ?? null,
  };
}

/**
 * @param {OutboxEntry} entry
 * @returns {entry is CreditEntry}
 */
const isCreditEntry = (entry) => entry.kind === "inmail" || entry.kind === "retract" || entry.kind === "observation";

/**
 * Whether an entry is missing from an account's summary but will count. The summary lists the ids that it counts;
 * comparing times would fail with two clocks.
 * @param {OutboxEntry} entry
 * @param {StoredSummary | undefined} stored
 */
export const isUncounted = (entry, stored) => entry.state !== "needs_you" && !stored?.counts?.includes(entry.id);

/**
 * Replays the timeline and the entries on the summary, up to now. `taken` is the number of credits that the entries
 * take from the server's balance. Credits that expire first are spent first, so a loss reduces `taken`: it would have
 * lost credits that are used now.
 * @param {Summary} summary
 * @param {TimelineEvent[]} passed
 * @param {CreditEntry[]} entries
 */
function replay(summary, passed, entries) {
  const totals = {
    balance: summary.balance,
    allotment: summary.allotment,
    used: summary.used,
    freeUsed: summary.free_used,
    observed: summary.observed,
    start: summary.period.start,
    taken: 0,
  };
  // Stable sort, events first: a send at the instant of a renewal belongs to the new period.
  const steps = [...passed, ...entries].sort((a, b) => instantOf(a) - instantOf(b));
  for (const step of steps) {
    if ("reason" in step) applyEvent(totals, step);
    else applyEntry(totals, step, summary);
  }
  totals.balance = Math.max(0, totals.balance - totals.taken);
  return totals;
}

/**
 * @param {ReturnType<typeof replay>} totals
 * @param {TimelineEvent} event
 */
function applyEvent(totals, event) {
  totals.balance = event.balance;
  totals.taken -= absorbed(totals.taken, event);
  if (event.reason === "grant") {
    Object.assign(totals, { allotment: event.credits, used: 0, freeUsed: 0, start: event.at });
  }
}

/**
 * @param {number} taken
 * @param {TimelineEvent} event
 */
const absorbed = (taken, event) => (event.credits < 0 ? Math.min(taken, -event.credits) : 0);

/**
 * @param {ReturnType<typeof replay>} totals
 * @param {CreditEntry} entry
 * @param {Summary} summary
 */
function applyEntry(totals, entry, summary) {
  if (entry.kind === "observation") {
    totals.taken = totals.balance - entry.body.balance;
    totals.observed = { balance: entry.body.balance, at: entry.body.observed_at };
    return;
  }
  const sign = entry.kind === "inmail" ? 1 : -1;
  const { cost, sent_at: sentAt } = entry.body;
  if (affectsBalance(summary, sentAt)) totals.taken += sign * cost;
  if (Date.parse(sentAt) < Date.parse(totals.start)) return;
  totals.used += sign * cost;
  totals.freeUsed += sign * (1 - cost);
}

/**
 * Whether a send at that time affects the summary's balance: one of an earlier period does only if a lot of that time
 * is left.
 * @param {Summary} summary
 * @param {string} sentAt
 */
function affectsBalance(summary, sentAt) {
  const sent = Date.parse(sentAt);
  const heldThen = summary.lots.some((lot) => lot.left > 0 && Date.parse(lot.granted_at) <= sent);
  return heldThen || sent >= Date.parse(summary.period.start);
}

/** @param {TimelineEvent | CreditEntry} step */
const instantOf = (step) =>
  Date.parse("reason" in step ? step.at : step.kind === "observation" ? step.body.observed_at : step.body.sent_at);

/**
 * @param {Summary} summary
 * @param {TimelineEvent[]} coming
 * @param {number} taken
 * @param {Account} account
 * @param {Date} now
 * @returns {Projection["nextLoss"]}
 */
function nextLossOf(summary, coming, taken, account, now) {
  for (const event of coming) {
    const used = absorbed(taken, event);
    taken -= used;
    const credits = -event.credits - used;
    if (credits <= 0) continue;
    const known = summary.next_loss?.at === event.at && summary.next_loss.credits === credits;
    return {
      at: event.at,
      credits,
      // Of the coming events only losses take credits.
      reason: /** @type {LossReason} */ (event.reason),
      daysLeft: daysLeft(new Date(event.at), account.time_zone, now),
      value: (known && summary.next_loss?.value) || null,
    };
  }
  return null;
}

/**
 * The number of days up to the one that the popup names as the last, counting today.
 * @param {Date} end
 * @param {string} zone
 * @param {Date} now
 */
const daysLeft = (end, zone, now) => dayNumber(lastDayLeft(now, end, zone).at, zone) - dayNumber(now, zone) + 1;

/**
 * Credits per working day, rounded up to one decimal. If no working day is left, all days count.
 * @param {number} toUse
 * @param {string} end
 * @param {Account} account
 * @param {Date} now
 */
function pacePerDay(toUse, end, account, now) {
  const days = daysUntil(now, new Date(end), account.time_zone);
  const working = days.filter((day) => account.working_days.includes(weekday(day)));
  return Math.ceil((toUse * 10) / (working.length || days.length)) / 10;
}

/**
 * The account's lead days, which the server's warnings use too.
 * @param {Summary} summary
 * @returns {number[]} three, descending
 */
function leadDays({ account }) {
  const own = account?.lead_days;
  return Array.isArray(own) && own.length === LEAD_DAYS.length && own.every(Number.isInteger) ? own : LEAD_DAYS;
}

/**
 * `soon` (amber) from the first lead day, `urgent` (red) from the last, `none` without credits.
 * @param {number} balance
 * @param {Projection["nextLoss"]} nextLoss
 * @param {number[]} leads
 * @param {Date} now
 * @returns {Projection["urgency"]}
 */
function urgency(balance, nextLoss, leads, now) {
  if (!balance) return "none";
  const loss = { nextLoss, leadDays: leads };
  return isUrgent(loss, now) ? "urgent" : isNear(loss, now) ? "soon" : "plenty";
}

/**
 * Days until a loss, fractional; Infinity without a loss.
 * @param {Projection["nextLoss"]} nextLoss
 * @param {Date} now
 */
const daysAway = (nextLoss, now) => (nextLoss ? (Date.parse(nextLoss.at) - now.getTime()) / DAY_MS : Infinity);

/**
 * Whether the next loss is within the first lead day: it has a box of its own in the popup.
 * @param {Pick<Projection, "nextLoss" | "leadDays">} projection
 * @param {Date} now
 */
export const isNear = ({ nextLoss, leadDays: [first] }, now) => daysAway(nextLoss, now) <= first;

/**
 * Whether the next loss is within the last lead day.
 * @param {Pick<Projection, "nextLoss" | "leadDays">} projection
 * @param {Date} now
 */
export const isUrgent = ({ nextLoss, leadDays: [, , last] }, now) => daysAway(nextLoss, now) <= last;

/**
 * The server's warnings that still hold. `expiring` is computed here from the outbox and the time; it replaces
 * `behind`.
 * @param {Summary} summary
 * @param {Projection["nextLoss"]} nextLoss
 * @param {number[]} leads
 * @param {Date} now
 * @returns {Warning[]}
 */
function warnings(summary, nextLoss, [first, second, third], now) {
  const days = daysAway(nextLoss, now);
  const expires = nextLoss?.reason === "expire" && days <= first;
  const severity = days <= third ? "urgent" : days <= second ? "warning" : "info";
  const kept = summary.warnings.filter(
    ({ code, until }) =>
      code !== "expiring" && !(code === "behind" && expires) && (until === null || new Date(until) > now),
  );
  return expires ? [{ code: "expiring", severity, until: nextLoss.at }, ...kept] : kept;
}
