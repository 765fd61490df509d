// What moves on a page although its reader asked for less motion. Runs in the page; answers a list of sentences.
return (() => {
  const LONGEST_MS = 10;
  const found = new Set();
  const where = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}.${[...e.classList].join(".")}`;
  const longest = (times) => Math.max(...times.split(",").map((t) => parseFloat(t) * (t.trim().endsWith("ms") ? 1 : 1000)));
  for (const e of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(e, part);
      if (longest(style.transitionDuration) > LONGEST_MS) found.add(`a transition of ${style.transitionDuration} on ${where(e)}`);
      if (style.animationName !== "none" && longest(style.animationDuration) > LONGEST_MS) found.add(`an animation of ${style.animationDuration} on ${where(e)}`);
    }
    if (getComputedStyle(e).scrollBehavior === "smooth") found.add(`smooth scrolling of ${where(e)}`);
  }
  for (const one of document.getAnimations()) found.add(`an animation runs on ${where(one.effect.target)}`);
  return [...found];
})();
