// Instants that storage keeps from another time. The clock may have been put right since, so none is believed without a
// bound.

/**
 * Whether `at` is still to come, and no further ahead than it can have been meant.
 * @param {string | null} at
 * @param {Date} now
 * @param {number} mostMs
 */
export function isAhead(at, now, mostMs) {
  const aheadMs = at === null ? 0 : Date.parse(at) - now.getTime();
  return aheadMs > 0 && aheadMs <= mostMs;
}

/**
 * `at`, or now where it is further ahead than it can have been meant; without `mostMs`, an instant of the past.
 * @template {string | null} At
 * @param {At} at
 * @param {Date} now
 * @param {number} [mostMs]
 * @returns {At | string}
 */
export const bounded = (at, now, mostMs = 0) =>
  at !== null && Date.parse(at) - now.getTime() > mostMs ? now.toISOString() : at;
