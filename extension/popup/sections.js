// Every section of the popup in its order, and what the popup needs once the number is there.

import { balance, header } from "./balance.js";
import { log } from "./log.js";
import { notices } from "./notices.js";
import { observed } from "./observed.js";
import { needsYou, waiting } from "./outbox.js";
import { problem } from "./problem.js";
import { seats } from "./seats.js";
import { sent } from "./sent.js";
import { lookBack, usage } from "./usage.js";

export { ask } from "../core/messages.js";
export { personOf } from "../core/person.js";

/** @type {PopupSection[]} */
export const sections = [header, balance, problem, notices, log, lookBack, needsYou, seats, sent, waiting, observed, usage];
