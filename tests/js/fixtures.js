// An account and the server's summary of it, as several tests start from them.

/** @param {object} [fields] those that differ */
export const accountOf = (fields = {}) => ({
  id: "a",
  name: "My seat",
  product: "premium",
  time_zone: "UTC",
  working_days: [1, 2, 3, 4, 5],
  reserve: 0,
  opened_at: "2020-01-01T00:00:00Z",
  cap: null,
  ...fields,
});

/**
 * A summary with 12 of 25 credits left and nothing else.
 * @param {object} [fields] those that differ
 */
export const summaryOf = (fields = {}) => ({
  product_title: "Premium",
  as_of: new Date().toISOString(),
  balance: 12,
  allotment: 25,
  used: 13,
  free_used: 0,
  period: { start: "2020-01-01T00:00:00Z" },
  next_loss: null,
  lots: [],
  pace: { expected: 0 },
  forecast: { basis: "", lost: null },
  observed: null,
  warnings: [],
  timeline: [],
  recent: [],
  awaiting: [],
  ...fields,
});

/**
 * A summary as it is stored.
 * @param {object} [fields] those of the summary that differ
 */
export function storedOf(fields = {}) {
  const summary = summaryOf(fields);
  return { summary, etag: null, receivedAt: summary.as_of };
}
