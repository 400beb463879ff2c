// In the pages of the connected server: tells the worker when something was changed there, so that the badge follows at
// once. It adds nothing to the page and reads nothing of it.

document.addEventListener("inkeeper:changed", () => {
  // An extension that was updated meanwhile no longer hears this script.
  if (chrome.runtime?.id) chrome.runtime.sendMessage({ name: "changed" }).catch(() => {});
});
