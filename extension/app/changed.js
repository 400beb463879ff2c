// Content script in the pages of the connected server: reports a change made there, so that the worker syncs at once.
// It does not change or read the page.

document.addEventListener("inkeeper:changed", () => {
  // After an update of the extension this old script has no `chrome.runtime.id`.
  if (chrome.runtime?.id) chrome.runtime.sendMessage({ name: "changed" }).catch(() => {});
});
