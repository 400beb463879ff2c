// The toolbar icon: the badge, and a sign shown briefly after a log.

import { isFirefox, prepareBadge, session, setBadge } from "../browser.js";
import { scheduleAlarms } from "./alarms.js";
import { badge, FLASH_MS } from "./badge.js";
import { cachedView } from "./view.js";

const SETTLE_MS = 20;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pendingPaint;

/**
 * The painting that began last, until it has ended.
 * @type {Promise<void> | null}
 */
let painting = null;

/** Paints the badge from storage, one painting at a time, and schedules the alarms. The first one begins at once. */
export function paint() {
  const mine = (painting ? painting.then(paintNow, paintNow) : paintNow()).finally(() => {
    if (painting === mine) painting = null;
  });
  painting = mine;
  return mine;
}

async function paintNow() {
  const now = new Date();
  const reading = Promise.all([cachedView(now), session.get("flash")]);
  prepareBadge();
  const [view, { flash }] = await reading;
  await setBadge(badge(view, now, flash, isFirefox ? "firefox" : "chromium"));
  await scheduleAlarms(view, now);
}

/** Paints once for a burst of changes, after the click that caused them has been replied to. */
export function paintSoon() {
  pendingPaint ??= setTimeout(() => {
    pendingPaint = undefined;
    paint();
  }, SETTLE_MS);
}

/**
 * Shows a sign for FLASH_MS. It is in session storage: a repaint during that time keeps it, and one after a stopped
 * worker removes it.
 * @param {string} sign
 */
export async function flash(sign) {
  await session.set({ flash: { sign, until: new Date(Date.now() + FLASH_MS).toISOString() } });
  await paint();
  setTimeout(paint, FLASH_MS);
}
