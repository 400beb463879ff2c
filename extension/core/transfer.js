// Files to and from the server, for pages: they cannot be passed through the worker's messages.

import { call } from "./api.js";
import { newId } from "./ids.js";
import { read } from "./settings.js";

const server = async () => (await read("server")).server;

/**
 * @param {string} path
 * @returns {Promise<Blob>}
 */
export const receive = async (path) => (await call(await server(), path, { asFile: true })).body;

/**
 * Sends a file as it is.
 * @param {string} path
 * @param {File} file
 * @returns {Promise<any>} what the server answers
 */
export const send = async (path, file) => {
  const type = file.name.toLowerCase().endsWith(".zip") ? "application/zip" : "text/csv";
  return (await call(await server(), path, { method: "POST", file: new Blob([file], { type }), key: newId(new Date()) })).body;
};
