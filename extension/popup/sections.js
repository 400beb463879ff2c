// Every section of the popup in its order, and what the popup needs once the number is there.

import { awaiting } from "./awaiting.js";
import { balance, header } from "./balance.js";
import { elsewhere } from "./elsewhere.js";
import { isReady, log } from "./log.js";
import { notices } from "./notices.js";
import { observed } from "./observed.js";
import { needsYou, waiting } from "./outbox.js";
import { page } from "./page.js";
import { problem, refusals } from "./problem.js";
import { questions } from "./questions.js";
import { seats } from "./seats.js";
import { sent } from "./sent.js";
import { lookBack, usage } from "./usage.js";

export { ask } from "../core/messages.js";
export { readPage } from "../core/reading.js";
export { takeOverAtOnce } from "./page.js";
export { isReady };

/** @type {PopupSection[]} */
export const sections = [
  header, balance, problem, refusals, needsYou, notices, page, log, lookBack, questions, elsewhere, seats, sent, awaiting, waiting, observed, usage,
];
