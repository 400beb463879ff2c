// What the user sees without opening anything: the badge, and for a moment the sign that a log was taken.

import { session, setBadge } from "../browser.js";
import { scheduleAlarms } from "./alarms.js";
import { badge, FLASH_MS } from "./badge.js";
import { cachedView } from "./view.js";

const SETTLE_MS = 20;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pendingPaint;

/** Shows what storage says now, one painting after the other, and keeps the alarms that follow from it. */
export function paint() {
  return navigator.locks.request("toolbar", async () => {
    const now = new Date();
    const [view, { flash }] = await Promise.all([cachedView(now), session.get("flash")]);
    await setBadge(badge(view, now, flash));
    await scheduleAlarms(view, now);
  });
}

/** Paints once for a burst of changes, and leaves the click that began it to be answered first. */
export function paintSoon() {
  pendingPaint ??= setTimeout(() => {
    pendingPaint = undefined;
    paint();
  }, SETTLE_MS);
}

/**
 * The sign is kept in storage, so that a painting in between leaves it there and one after a killed worker takes it
 * away.
 * @param {string} sign
 */
export async function flash(sign) {
  await session.set({ flash: { sign, until: new Date(Date.now() + FLASH_MS).toISOString() } });
  await paint();
  setTimeout(paint, FLASH_MS);
}
