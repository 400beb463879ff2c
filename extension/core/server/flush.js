// Sends the waiting entries of the outbox, in the order of the clicks. Each has an idempotency key, so it can be sent
// again.

import { Refusal } from "../refusal.js";
import * as outbox from "../store/outbox.js";
import { SHAPE } from "../shapes.js";
import { call } from "./api.js";

/** After this many server errors (5xx) on one entry it is set aside, so that it does not block the others. */
const SERVER_FAILURES_MAX = 8;

/** The changed object is gone, was closed elsewhere, or was put off until a day that has passed. */
const STALE_STATUSES = new Set([404, 409, 422]);

/**
 * Sends all waiting entries, oldest first. Throws a `Refusal` and stops if later calls would fail too: no response, a
 * server error, a refused token, too many requests. Any other refusal concerns one entry, which then needs the user.
 * @param {Server} server
 */
export async function flush(server) {
  for (let entry = await outbox.claim(); entry; entry = await outbox.claim()) {
    try {
      await outbox.settle(entry, createdIds(entry, await send(server, entry)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await handleRefusal(entry, error.problem);
      if (blocksAll(error.problem)) throw error;
    }
  }
}

/**
 * @param {Server} server
 * @param {OutboxEntry} entry
 */
async function send(server, entry) {
  const path = `/accounts/${entry.accountId}`;
  const { body, key } = entry;
  switch (entry.kind) {
    case "inmail":
      return call(server, `${path}/inmails`, { method: "POST", body, key, shape: SHAPE.logged });
    case "retract":
      return call(server, `${path}/inmails/${entry.inmailId}`, { method: "DELETE", key });
    case "outcome":
      return call(server, `${path}/inmails/${entry.inmailId}`, { method: "PATCH", body, key });
    case "observation":
      return call(server, `${path}/observations`, { method: "POST", body, key });
    case "target_add":
      return call(server, "/targets", {
        method: "POST",
        body: { ...body, account: entry.accountId },
        key,
        shape: SHAPE.added,
      });
    case "target_change":
      return call(server, `/targets/${entry.targetId}`, { method: "PATCH", body, key });
    case "person_change":
      return call(server, `/people/${entry.personId}`, { method: "PATCH", body, key });
  }
}

/**
 * The server's ids of what an entry created.
 * @param {OutboxEntry} entry
 * @param {{body: any}} answer
 */
function createdIds({ kind }, { body }) {
  if (kind === "inmail") return { inmailId: body.inmail.id };
  return kind === "target_add" ? { targetId: body.id } : {};
}

/**
 * Updates an entry after the server refused it.
 * @param {OutboxEntry} entry
 * @param {Problem} problem
 */
async function handleRefusal(entry, problem) {
  const { code, replaced_by: inmailId, status } = problem;
  const isList = entry.kind === "target_change" || entry.kind === "person_change";
  if (entry.kind === "outcome" && code === "replaced" && inmailId && inmailId !== entry.inmailId) {
    await outbox.redirect(entry, inmailId);
  } else if (entry.kind === "target_add" && code === "already_on_list") {
    await outbox.settleDuplicate(entry, problem);
  } else if (isList && STALE_STATUSES.has(status)) {
    await outbox.forget(entry);
  } else if (blocksAll(problem) && !(status >= 500 && entry.tries + 1 >= SERVER_FAILURES_MAX)) {
    await outbox.keepForRetry(entry, problem);
  } else {
    await outbox.requireDecision(entry, problem);
  }
}

/** @param {Problem} problem */
const blocksAll = ({ status }) => status === 0 || status === 401 || status === 429 || status >= 500;
