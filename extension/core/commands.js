// The terminal commands that people are shown. They depend on how the server was installed: in the project's folder, or
// from a package. The server's greeting says which; the commands themselves never come from a server, since another
// program on its port could choose what the user pastes into a terminal.

/**
 * How the server was probably installed, if none has said so: as this extension was. `tests/package/packing.py` sets
 * `import.meta.packed`.
 * @type {Installed}
 */
const OWN = import.meta.packed ? "package" : "folder";

/** Each command with the message above it. Packages are updated in several ways, so there the message says it all. */
const COMMANDS = /** @type {const} */ ({
  folder: {
    start: { words: "state_server_off_why", command: "make run" },
    update: { words: "state_version_mismatch_why", command: "git pull && make run" },
    pair: { words: "code_again", command: ".venv/bin/inkeeper pair" },
  },
  package: {
    start: { words: "state_server_off_why_package", command: "inkeeper run" },
    update: { words: "state_version_mismatch_why_package", command: null },
    pair: { words: "code_again_package", command: "inkeeper pair" },
  },
});

/** States of the connection that a command resolves. */
const RESOLVES = /** @type {const} */ ({ server_off: "start", version_mismatch: "update" });

/**
 * The commands for a server.
 * @param {string | null | undefined} installed what the server said, now or the last time
 */
export const commandsFor = (installed) => COMMANDS[installed === "folder" || installed === "package" ? installed : OWN];

/**
 * The command that resolves a state of the connection; null if a command does not.
 * @param {string} state
 * @param {string | null | undefined} installed
 */
export function resolvingCommand(state, installed) {
  const name = RESOLVES[/** @type {keyof typeof RESOLVES} */ (state)];
  return name ? commandsFor(installed)[name] : null;
}
