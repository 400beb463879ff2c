// The mistakes that eslint looks for in the project's JavaScript. The layout of code is prettier's; prettier leaves
// comments and strings as long as they are.

import js from "@eslint/js";
import globals from "globals";

const SCRIPTS = [
  "extension/linkedin/*.js",
  "extension/app/*.js",
  "e2e/practice_pages/*.js",
  "backend/inkeeper/web/static/*.js",
];

/** What e2e/practice_pages/practice.js gives to the scripts that a page loads after it. */
const PRACTICE = Object.fromEntries(
  ["asked", "count", "decoys", "earlier", "practise", "say", "state"].map((name) => [name, "readonly"]),
);

const RULES = {
  curly: ["error", "multi-line"],
  eqeqeq: "error",
  "max-len": ["error", { code: 120, ignoreRegExpLiterals: true, ignoreStrings: true, ignoreTemplateLiterals: true }],
  "no-duplicate-imports": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-self-compare": "error",
  "no-shadow-restricted-names": "error",
  "no-template-curly-in-string": "error",
  "no-unmodified-loop-condition": "error",
  "no-unused-expressions": "error",
  "no-unused-vars": ["error", { args: "all", argsIgnorePattern: "^_", varsIgnorePattern: "^_$", caughtErrors: "all" }],
  "no-use-before-define": ["error", { functions: false, variables: false }],
  "no-useless-rename": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-object-spread": "error",
  "prefer-rest-params": "error",
  "prefer-spread": "error",
  "prefer-template": "error",
  radix: "error",
  yoda: "error",
};

export default [
  { ignores: ["**/vendor/", "**/node_modules/", "**/.venv/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  { files: ["**/*.js"], rules: RULES },
  { files: ["extension/**/*.js"], languageOptions: { globals: { ...globals.browser, chrome: "readonly" } } },
  {
    // core/browser.js is the one door to the browser. Scripts in web pages cannot import it.
    files: ["extension/**/*.js"],
    ignores: ["extension/core/browser.js", ...SCRIPTS],
    rules: { "no-restricted-globals": ["error", { name: "chrome", message: "Use core/browser.js." }] },
  },
  { files: ["tests/js/*.js"], languageOptions: { globals: { ...globals.node, chrome: "readonly" } } },
  { files: ["tests/lint/*.js"], languageOptions: { globals: globals.node } },
  { files: SCRIPTS, languageOptions: { sourceType: "script", globals: globals.browser } },
  { files: ["backend/inkeeper/web/static/*.js"], languageOptions: { globals: { htmx: "readonly" } } },
  {
    files: ["e2e/practice_pages/*.js"],
    ignores: ["e2e/practice_pages/practice.js", "e2e/practice_pages/other_site.js"],
    languageOptions: { globals: PRACTICE },
  },
  {
    files: ["e2e/practice_pages/practice.js"],
    rules: { "no-unused-vars": ["error", { varsIgnorePattern: `^(${Object.keys(PRACTICE).join("|")})$` }] },
  },
];
