// What the tests of the keyboard and of the layout ask a page.

// How an element looks, with what lies around and in it: a focus ring may be drawn on any of these.
window.look = (one) => {
  const parts = [one, one.parentElement, one.parentElement?.parentElement, ...one.querySelectorAll("*")];
  return parts.slice(0, 12).filter(Boolean).map(part => {
    const style = getComputedStyle(part);
    return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.color].join();
  }).join("|");
};

window.reachable = "a[href], button, input, select, textarea, audio, canvas, [tabindex]";
window.unfocused = new Map([...document.querySelectorAll(window.reachable)].map(one => [one, window.look(one)]));

// What has the focus, and whether one sees that: it is on the screen, and looks other than without.
window.focused = () => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const at = one.getBoundingClientRect();
  const before = window.unfocused.get(one);
  return {
    tag: one.tagName,
    name: (one.innerText || one.ariaLabel || one.title || "").trim().slice(0, 60),
    href: one.getAttribute("href") || "",
    where: one.closest("[data-testid]")?.dataset.testid,
    seen: at.width > 0 && at.height > 0 && (before === undefined || before !== window.look(one)),
  };
};

// Levels of the headings that are shown, in order.
window.headings = () => {
  const all = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")];
  return all.filter(one => one.offsetParent).map(one => Number(one.tagName[1]));
};

// By how many pixels the page is wider than the screen.
window.beyond = () => {
  const main = document.querySelector("[data-testid=stMain], [data-testid=stAppScrollToBottomContainer]");
  return main.scrollWidth - main.clientWidth;
};
