// All sections of the popup in order, and the functions that the popup needs after the first painting.

import { older } from "../ui/older.js";
import { awaiting } from "./awaiting.js";
import { balance } from "./balance.js";
import { elsewhere } from "./elsewhere.js";
import { header } from "./header.js";
import { listForm } from "./listform.js";
import { log } from "./log.js";
import { next } from "./next.js";
import { loss, notes } from "./notices.js";
import { observed } from "./observed.js";
import { needsYou, waiting } from "./outbox.js";
import { page } from "./page.js";
import { problem, refusals } from "./problem.js";
import { questions } from "./questions.js";
import { sent } from "./sent.js";

export { ask } from "../core/messages.js";
export { readPage } from "../core/page/reading.js";
export { say } from "../ui/act.js";
export { takeOverAtOnce } from "./page.js";
export { contextOf } from "./state.js";

/** @type {PopupSection[]} */
export const sections = [
  header,
  balance,
  needsYou,
  loss,
  problem,
  refusals,
  older,
  notes,
  page,
  next,
  log,
  listForm,
  questions,
  elsewhere,
  sent,
  awaiting,
  waiting,
  observed,
];
