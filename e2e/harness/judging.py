"""Checks that apply to every page."""

from __future__ import annotations

from e2e.harness.firefox import Firefox
from e2e.harness.page import Page

LAYOUT_FAULTS = """() => {
    const html = (one) => one.outerHTML.replace(/\\s+/g, ' ').slice(0, 110);
    const {scrollWidth} = document.scrollingElement;
    const faults = scrollWidth > innerWidth ? [`the page is ${scrollWidth - innerWidth} px too wide`] : [];
    // Parts for screen readers alone are 1 px wide. An ellipsis and a limit of lines are meant.
    const isMeant = (one) => one.closest('svg, select') || one.parentElement?.closest('[hidden]')
        || getComputedStyle(one).textOverflow === 'ellipsis' || getComputedStyle(one).webkitLineClamp !== 'none';
    const forEars = new Map([[document.documentElement, false]]);
    const isForEars = (one) => {
        if (!forEars.has(one)) {
            const isItself = one.matches('.unseen, .skip') || getComputedStyle(one).clipPath === 'inset(50%)';
            forEars.set(one, isItself || isForEars(one.parentElement));
        }
        return forEars.get(one);
    };
    const seen = [...document.body.querySelectorAll('*:not(svg *, option)')].filter(
        (one) => one.checkVisibility({visibilityProperty: true}) && !isForEars(one));
    const frames = '.card:not(#popup *), .notice, #popup, #live, main, body';
    for (const one of seen) {
        const {display, overflowX, overflowY, position} = getComputedStyle(one);
        if (display === 'inline' || isMeant(one) || one.matches('input, textarea')) continue;
        if (overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1) faults.push(`cut: ${html(one)}`);
        if (overflowY === 'hidden' && one.scrollHeight > one.clientHeight + 1) faults.push(`cut below: ${html(one)}`);
        const box = one.getBoundingClientRect();
        const frame = one.parentElement.closest(frames).getBoundingClientRect();
        const isOut = box.left < Math.max(frame.left, 0) - 1 || box.right > Math.min(frame.right, innerWidth) + 1;
        if (box.width && isOut && !['fixed', 'absolute'].includes(position)) faults.push(`sticks out: ${html(one)}`);
    }
    const fields = 'button, .button, summary, input, select, textarea';
    const pressed = seen.filter((one) => one.matches(fields) && !one.closest('#toast, #live, .bulk, .menu > .list')
        && Number(getComputedStyle(one).opacity) > 0).map((one) => [one, one.getBoundingClientRect()]);
    for (const [index, [one, a]] of pressed.entries()) {
        for (const [other, b] of pressed.slice(index + 1)) {
            const isOver = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
            if (isOver && !one.contains(other) && !other.contains(one)) {
                faults.push(`one over the other: ${html(one)} | ${html(other)}`);
            }
        }
    }
    return faults;
}"""
"""JavaScript: what is cut off, sticks out or covers a button, a line each."""


def assert_accessible(page: Page | Firefox) -> None:
    """Asserts that axe-core finds no violation of WCAG 2.2 AA, in the light and in the dark theme."""
    for theme in ("light", "dark"):
        page.emulate(theme=theme)
        violations = page.axe()
        assert not violations, "\n".join([f"in the {theme} theme:", *violations])


def layout_faults(page: Page) -> list[str]:
    """The texts that are cut off, the elements that stick out of the page, and the buttons that overlap."""
    return list(page.run(LAYOUT_FAULTS))
