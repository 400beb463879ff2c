// The name of this browser in the server's list of devices.

import { t } from "./words.js";

/** Such as "Chrome on Linux". */
export function deviceName() {
  const { userAgent } = navigator;
  const browser = /Firefox|Edg|OPR|Chrome/.exec(userAgent)?.[0] ?? "Browser";
  const system = /Windows|Mac OS|Android|CrOS|Linux/.exec(userAgent)?.[0] ?? "";
  const name = { Edg: "Edge", OPR: "Opera" }[browser] ?? browser;
  return system ? t("device_name", name, system) : name;
}
