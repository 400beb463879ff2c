// The background worker. Registers every listener synchronously, before the first `await`. The browser may stop the
// worker at any time, so all state is in storage, and each start repaints the badge and sets the alarms again.

// First: it starts to read storage, and the browser does so while the other modules are evaluated.
import { read, upgradeStorage } from "./core/store/storage.js";

import {
  alarms,
  commands,
  contextMenus,
  onNotificationClicked,
  onPermissions,
  onStored,
  openPage,
  restrictStorageAccess,
  runtime,
  text,
} from "./core/browser.js";
import { handlers } from "./core/handlers.js";
import { listPersonOf, logPersonOf } from "./core/log/quicklog.js";
import { serve, serveApp, serveListener } from "./core/messages.js";
import { handleSent, syncListener } from "./core/page/listening.js";
import { handleChanged, watchApp } from "./core/server/apppages.js";
import { connectPrepared } from "./core/server/connect.js";
import { sync, syncNow } from "./core/server/sync.js";
import { openNotified, remind } from "./core/show/notify.js";
import { paint, paintSoon } from "./core/show/toolbar.js";

paint();

restrictStorageAccess();

serve(handlers);
serveListener(handleSent);
serveApp(handleChanged);

onStored(paintSoon);

runtime.onInstalled.addListener(async ({ reason }) => {
  await upgradeStorage();
  syncNow();
  syncListener();
  await contextMenus().removeAll();
  for (const [id, title] of [
    ["log", text("menuLog")],
    ["list", text("menuList")],
  ]) {
    contextMenus().create({
      id,
      title,
      contexts: ["page", "link"],
      documentUrlPatterns: ["https://www.linkedin.com/*"],
    });
    contextMenus().create({ id: `${id}-action`, title, contexts: ["action"] });
  }
  // Chromium with `--load-extension` reports an installation at each start.
  await connectPrepared();
  await watchApp();
  if (reason === "install" && !(await read("server")).server.token) openPage("welcome/welcome.html");
});

runtime.onStartup.addListener(() => {
  syncNow();
  syncListener();
});

alarms().onAlarm.addListener(async () => {
  await sync();
  await paint();
  await remind();
});

onPermissions(() => {
  onNotificationClicked(openNotified);
  syncNow();
  syncListener();
  watchApp();
});

commands().onCommand.addListener((command, tab) => {
  if (command === "log-inmail") logPersonOf(tab);
  if (command === "write-later") listPersonOf(tab);
});

contextMenus().onClicked.addListener(({ menuItemId, linkUrl }, tab) =>
  String(menuItemId).startsWith("list") ? listPersonOf(tab, linkUrl) : logPersonOf(tab, linkUrl),
);

onNotificationClicked(openNotified);
