// Ids that sort by creation time.

let lastMs = 0;

/**
 * A UUID of version 7. Ids that one worker creates within a millisecond still sort in order of creation.
 * @param {Date} now
 */
export function newId(now) {
  lastMs = Math.max(now.getTime(), lastMs + 1);
  const time = lastMs.toString(16).padStart(12, "0");
  const random = crypto.randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
