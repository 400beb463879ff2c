// Bounds for instants read from storage. They were written by a clock that may have been ahead and corrected since.

/**
 * Whether `at` is in the future, by at most `maxMs`.
 * @param {string | null} at
 * @param {Date} now
 * @param {number} maxMs
 */
export function isAhead(at, now, maxMs) {
  const aheadMs = at === null ? 0 : Date.parse(at) - now.getTime();
  return aheadMs > 0 && aheadMs <= maxMs;
}

/**
 * `at`, or `now` if `at` is more than `maxMs` in the future. The default of 0 is for instants of the past.
 * @template {string | null} At
 * @param {At} at
 * @param {Date} now
 * @param {number} [maxMs]
 * @returns {At | string}
 */
export const bounded = (at, now, maxMs = 0) =>
  at !== null && Date.parse(at) - now.getTime() > maxMs ? now.toISOString() : at;
