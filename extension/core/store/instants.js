// Instants that storage keeps from another time. The clock may have been put right since, so none is believed without a
// bound.

/**
 * Whether `at` is still to come, and no further ahead than it can have been meant.
 * @param {string | null} at
 * @param {Date} now
 * @param {number} maxMs
 */
export function isAhead(at, now, maxMs) {
  const aheadMs = at === null ? 0 : Date.parse(at) - now.getTime();
  return aheadMs > 0 && aheadMs <= maxMs;
}

/**
 * `at`, or now where it is further ahead than it can have been meant; without `maxMs`, an instant of the past.
 * @template {string | null} At
 * @param {At} at
 * @param {Date} now
 * @param {number} [maxMs]
 * @returns {At | string}
 */
export const bounded = (at, now, maxMs = 0) =>
  at !== null && Date.parse(at) - now.getTime() > maxMs ? now.toISOString() : at;
