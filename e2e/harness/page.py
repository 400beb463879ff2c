"""One page of the browser (a tab, or the real popup) used as a person uses it: by what things are called.

Elements are found through the accessibility tree, by role and accessible name, so each test also
says that a screen reader would find the same thing. Clicks and keys are real input events.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from e2e.harness.axe import RUN_AXE, axe_source
from e2e.harness.cdp import CdpError, Connection, NavigatedError, PageGoneError
from e2e.harness.wait import PATIENCE_SECONDS, until

ALT, CONTROL, SHIFT = 1, 2, 8
KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Space": ("Space", 32, " "),
    "Escape": ("Escape", 27, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
}

SHIFT_CLOCK = """(by) => {
    const Real = (globalThis.RealDate ??= Date);
    globalThis.Date = class Date extends Real {
        constructor(...given) {
            if (given.length) super(...given);
            else super(Real.now() + by);
        }
        static now() {
            return Real.now() + by;
        }
    };
}"""

CHOOSE = """(select, wanted) => {
    const option = [...select.options].find((one) => one.text.trim().startsWith(wanted));
    if (option && !option.selected) {
        select.value = option.value;
        select.dispatchEvent(new Event('input', {bubbles: true}));
        select.dispatchEvent(new Event('change', {bubbles: true}));
    }
    return [...select.options].map((one) => one.text);
}"""
IS_ON_TOP = "(element, x, y) => element.contains(document.elementFromPoint(x, y))"
AIM = """(element) => {
    globalThis.clickArrived = false;
    const same = (one) => one?.textContent === element.textContent && one.ariaLabel === element.ariaLabel;
    const isHost = (one, {host} = element.getRootNode()) =>
        Boolean(host) && (host === one || isHost(one, host.getRootNode()));
    // The page may have put a new element like this one in its place since it was found. Another element, which came
    // under the pointer meanwhile, must not get the click.
    const arrive = (event) => {
        const {target} = event;
        globalThis.clickArrived = element.contains(target) || same(target.closest(element.localName)) || isHost(target);
        if (globalThis.clickArrived) return;
        event.preventDefault();
        event.stopImmediatePropagation();
    };
    globalThis.stopAiming?.();
    globalThis.stopAiming = () => removeEventListener('click', arrive, {capture: true});
    addEventListener('click', arrive, {capture: true, once: true});
}"""
"""JavaScript: lets the next click reach this element only, and sets `clickArrived` to whether it did."""

SHOWS_FOCUS = """() => {
    const focused = document.activeElement;
    return focused === document.body || getComputedStyle(focused).outlineStyle !== 'none';
}"""
IS_CHOSEN = "(select, wanted) => select.selectedOptions[0]?.text.trim().startsWith(wanted)"

Name = str | re.Pattern[str]


class ScriptError(RuntimeError):
    """JavaScript that the test ran in the page threw."""


class Page:
    """A page of the browser that a test reads and acts on."""

    def __init__(self, connection: Connection, target_id: str) -> None:
        self._connection = connection
        self.target_id = target_id
        self._session = connection.attach(target_id)
        self.cdp("Inspector.enable")  # says when the page crashes

    # -- the protocol ------------------------------------------------------------------------------

    def cdp(self, method: str, **params: Any) -> dict[str, Any]:
        """One protocol command in this page's session."""
        return self._connection.call(method, params, self._session)

    def run(self, function: str, *arguments: Any) -> Any:
        """What the JavaScript `function` (source text, may be async) returns for JSON `arguments`."""
        given = ", ".join(json.dumps(argument) for argument in arguments)
        answer = self.cdp(
            "Runtime.evaluate",
            expression=f"({function})({given})",
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise ScriptError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    # -- reading -----------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self.run("() => location.href"))

    def wait_loaded(self) -> Page:
        """Waits until the document and its scripts have loaded; ignores the initial about:blank."""
        loaded = "() => location.href !== 'about:blank' && document.readyState === 'complete' && document.body !== null"

        def is_loaded() -> bool:
            try:
                return bool(self.run(loaded))
            except CdpError:  # between two documents
                return False

        until(is_loaded, "the page loaded")
        return self

    def text(self) -> str:
        """The visible text; non-breaking spaces become spaces. Empty between two documents."""
        try:
            return str(self.run("() => document.body ? document.body.innerText.replace(/[\\u00a0\\u202f]/g, ' ') : ''"))
        except NavigatedError:
            return ""

    def wait_text(self, pattern: Name, *, seconds: float = PATIENCE_SECONDS) -> str:
        """Waits until the visible text contains `pattern` (a string, or a regular expression)."""
        wanted = re.compile(re.escape(pattern)) if isinstance(pattern, str) else pattern
        try:
            until(lambda: wanted.search(self.text()), f"text {wanted.pattern!r}", seconds=seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\nthe page says:\n{self.text()}") from None
        return self.text()

    def wait_no_text(self, pattern: Name, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Waits until the visible text no longer contains `pattern`."""
        wanted = re.compile(re.escape(pattern)) if isinstance(pattern, str) else pattern
        until(lambda: not wanted.search(self.text()), f"no text {wanted.pattern!r}", seconds=seconds)

    def find_all(self, role: str, name: Name | None = None, *, within: int | None = None) -> list[int]:
        """Node ids of every element with that role and accessible name, in document order; none while it loads."""
        if not self._is_complete():
            return []
        root = within or self.cdp("DOM.getDocument", depth=0)["root"]["backendNodeId"]
        nodes = self.cdp("Accessibility.queryAXTree", backendNodeId=root, role=role)["nodes"]
        return [node["backendDOMNodeId"] for node in nodes if not node["ignored"] and _called(node, name)]

    def names(self, role: str) -> list[str]:
        """The accessible names of every element with that role; none while the document loads."""
        if not self._is_complete():
            return []
        root = self.cdp("DOM.getDocument", depth=0)["root"]["backendNodeId"]
        nodes = self.cdp("Accessibility.queryAXTree", backendNodeId=root, role=role)["nodes"]
        return [node.get("name", {}).get("value", "") for node in nodes if not node["ignored"]]

    def has(self, role: str, name: Name | None = None) -> bool:
        """Whether such an element is in the document, once that has loaded."""
        until(self._is_complete, "the document loaded")
        return bool(self.find_all(role, name))

    def find(
        self, role: str, name: Name | None = None, *, within: int | None = None, seconds: float = PATIENCE_SECONDS
    ) -> int:
        """Waits for the first element with that role and accessible name."""
        try:
            return until(lambda: self.find_all(role, name, within=within), f"a {role} {name!r}", seconds=seconds)[0]
        except AssertionError as failure:
            raise AssertionError(
                f"{failure}\n{role}s here: {self.names(role)}\nthe page says:\n{self.text()}"
            ) from None

    def run_on(self, node: int, function: str, *arguments: Any) -> Any:
        """What the JavaScript `function(element, ...arguments)` returns for one element."""
        handle = self.cdp("DOM.resolveNode", backendNodeId=node)["object"]["objectId"]
        answer = self.cdp(
            "Runtime.callFunctionOn",
            functionDeclaration=f"function (...given) {{ return ({function})(this, ...given); }}",
            objectId=handle,
            arguments=[{"value": argument} for argument in arguments],
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            raise ScriptError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def focused_name(self) -> tuple[str, str]:
        """Role and accessible name of the focused element ("", "" if none, or while the document loads)."""
        if not self._is_complete():
            return "", ""
        handle = self.cdp("Runtime.evaluate", expression="document.activeElement")["result"].get("objectId")
        if not handle:
            return "", ""
        nodes = self.cdp("Accessibility.getPartialAXTree", objectId=handle, fetchRelatives=False)["nodes"]
        return nodes[0].get("role", {}).get("value", ""), nodes[0].get("name", {}).get("value", "")

    def accessibility_tree(self) -> list[dict[str, Any]]:
        """Every node of the accessibility tree, after the document has loaded."""
        until(self._is_complete, "the document loaded")
        return list(self.cdp("Accessibility.getFullAXTree")["nodes"])

    def _is_complete(self) -> bool:
        # Chromium 156 crashes when it is asked for the accessibility tree of a document that it is still reading.
        try:
            return bool(self.run("() => document.readyState === 'complete'"))
        except NavigatedError:
            return False

    # -- acting ------------------------------------------------------------------------------------

    def click(self, role: str, name: Name | None = None, *, within: int | None = None) -> None:
        """Clicks an element with the mouse; retries while it moves or is covered."""

        def clicked() -> bool:
            self.find(role, name, within=within)
            return any(self._clicked(node) for node in self.find_all(role, name, within=within))

        until(clicked, f"the {role} {name!r} can be clicked")

    def _clicked(self, node: int) -> bool:
        try:
            self._click_node(node)
        except PageGoneError:  # a popup closes when a click opens a tab
            return True
        except CdpError:  # redrawn since it was found, or covered
            return False
        return True

    def _click_node(self, node: int) -> None:
        self.cdp("DOM.scrollIntoViewIfNeeded", backendNodeId=node)
        quads = self.cdp("DOM.getContentQuads", backendNodeId=node)["quads"]
        if not quads:
            raise CdpError("the element has no box")
        corners = quads[0]
        x, y = (corners[0] + corners[4]) / 2, (corners[1] + corners[5]) / 2
        if not self.run_on(node, IS_ON_TOP, x, y):
            self.run_on(node, "(element) => element.scrollIntoView({block: 'center'})")
            raise CdpError("something else is in front of the element")
        self.run_on(node, AIM)
        self.press_mouse(x, y)
        if self.run("() => globalThis.clickArrived") is False:
            raise CdpError("the element moved away before the click")

    def press_mouse(
        self, x: float, y: float, *, count: int = 1, modifiers: int = 0, at_ms: float | None = None
    ) -> None:
        """Presses and releases the mouse at a place, whatever is there, as the `count`th click of a quick series.

        `at_ms` is the time that the page is told (milliseconds since 1970), by default now.
        """
        moment = {} if at_ms is None else {"timestamp": at_ms / 1000}
        place = {"x": x, "y": y, "button": "left", "clickCount": count, "modifiers": modifiers}
        for kind in ("mousePressed", "mouseReleased"):
            self.cdp("Input.dispatchMouseEvent", type=kind, **place, **moment)

    def fill(self, role: str, name: Name, text: str) -> None:
        """Replaces the text of a field by typing; retries if the page redraws the field."""

        def typed() -> bool:
            try:
                node = self.find(role, name)
                self.run_on(node, "(field) => { field.focus(); field.value ? field.select() : null; }")
                if text:
                    self.cdp("Input.insertText", text=text)
                else:
                    self.press("Backspace")
                return bool(self.run_on(self.find(role, name), "(field) => field.value") == text)
            except CdpError:
                return False

        until(typed, f"{text!r} stands in the {role} {name!r}")

    def choose(self, name: Name, option: str) -> None:
        """Chooses the option whose text begins with `option` in the select element called `name`."""

        seen: list[str] = []

        def chosen() -> bool:
            try:
                seen[:] = self.run_on(self.find("combobox", name), CHOOSE, option)
                return bool(self.run_on(self.find("combobox", name), IS_CHOSEN, option))
            except CdpError:  # redrawn meanwhile
                return False

        try:
            until(chosen, f"{option!r} is chosen in {name!r}")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\noptions: {seen}") from None

    def press(self, key: str, *, modifiers: int = 0) -> None:
        """Presses and releases one key of `KEYS`, or types one character."""
        code, number, text = KEYS.get(key, (key, 8 if key == "Backspace" else ord(key[0].upper()), key[:1]))
        event = {"key": text if key == "Space" else key, "code": code, "windowsVirtualKeyCode": number}
        down = "keyDown" if text and key != "Backspace" else "rawKeyDown"
        self.cdp(
            "Input.dispatchKeyEvent", type=down, text=text if down == "keyDown" else "", modifiers=modifiers, **event
        )
        self.cdp("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **event)

    def type(self, text: str) -> None:
        """Replaces the text of the focused element."""
        self.run("() => document.activeElement.select?.()")
        self.cdp("Input.insertText", text=text)

    def tab_to(self, role: str, name: Name, *, press: Callable[[], object] | None = None, stops: int = 60) -> None:
        """Presses Tab until such an element has the focus. Asserts that each focused element shows its focus.

        `press` replaces the way the key is pressed, such as by a real keyboard.
        """
        seen = []
        for _ in range(stops):
            (press or (lambda: self.press("Tab")))()
            seen.append(self.focused_name())
            assert self.run(SHOWS_FOCUS), f"the focus on {seen[-1]} cannot be seen"
            if seen[-1][0] == role and _matches(seen[-1][1], name):
                return
        raise AssertionError(f"Tab does not reach the {role} {name!r}; it stopped at {seen}")

    def emulate(self, *, theme: str = "light", reduced_motion: bool = False) -> None:
        """Emulates the system's theme and motion setting, and ends the transitions that this starts."""
        motion = "reduce" if reduced_motion else "no-preference"
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.cdp("Emulation.setEmulatedMedia", features=features)
        self.run(
            """async () => {
                const frame = () => new Promise(requestAnimationFrame);
                await frame();
                do {
                    document.getAnimations().forEach((animation) => animation.finish());
                    await frame();
                } while (document.getAnimations().length);
            }"""
        )

    # -- checking ----------------------------------------------------------------------------------

    def screenshot(self, path: Path) -> None:
        """Writes what is visible as PNG."""
        picture = self.cdp("Page.captureScreenshot", format="png")["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(picture))

    def show_at(self, width: int, *, scale: int) -> None:
        """Sets a tab to this width and the height of its content, with a device pixel ratio of `scale`."""
        self._metrics(width, 600, scale)
        self._metrics(width, self.run("() => document.documentElement.scrollHeight"), scale)

    def _metrics(self, width: int, height: int, scale: int) -> None:
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False
        )

    def axe(self) -> list[str]:
        """The violations of WCAG 2.2 AA that axe-core finds, one line each."""
        if not self.run("() => 'axe' in globalThis"):
            self.cdp("Runtime.evaluate", expression=axe_source())
        return list(self.run(RUN_AXE))

    def detach(self) -> None:
        """Ends the session; the page stays open."""
        self._connection.call("Target.detachFromTarget", {"sessionId": self._session})

    def close(self) -> None:
        """Closes the tab or popup."""
        self._connection.call("Target.closeTarget", {"targetId": self.target_id})


def milliseconds(span: timedelta) -> int:
    """A time span in milliseconds, as JavaScript counts it."""
    return round(span / timedelta(milliseconds=1))


def _called(node: dict[str, Any], name: Name | None) -> bool:
    return _matches(node.get("name", {}).get("value", ""), name)


def _matches(given: str, name: Name | None) -> bool:
    if name is None:
        return True
    return given == name if isinstance(name, str) else bool(name.search(given))
