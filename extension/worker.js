// The background worker: only its listeners, all in place before anything is awaited. It may be killed at any time, so whatever
// matters is in storage, and whoever wakes it finds badge and alarms put right.

import { onAlarm, onCommand, onInstalled, onMenu, onNotificationClicked, onPermissions, onStartup, onStored, openPage, openPopup, setMenu, text } from "./core/browser.js";
import { handlers } from "./core/handlers.js";
import { serve } from "./core/messages.js";
import { remind } from "./core/notify.js";
import { logPersonOf } from "./core/quicklog.js";
import { sync, syncNow } from "./core/sync.js";
import { paint } from "./core/toolbar.js";
import { readView } from "./core/view.js";

serve(handlers);

onStored(paint);

onInstalled(({ reason }) => {
  if (reason === "install") openPage("welcome/welcome.html");
  const title = text("menuLog");
  setMenu([
    { id: "page", title, contexts: ["page", "link"], documentUrlPatterns: ["https://www.linkedin.com/*"] },
    { id: "action", title, contexts: ["action"] },
  ]);
  syncNow();
});

onStartup(syncNow);

onAlarm(async () => {
  await sync();
  await paint();
  const now = new Date();
  await remind(await readView(now), now);
});

onPermissions(syncNow);

onCommand((command, tab) => {
  if (command === "log-inmail") logPersonOf(tab);
});

onMenu(({ linkUrl }, tab) => logPersonOf(tab, linkUrl));

onNotificationClicked(openPopup);

paint();
