// What somebody meets who has a keyboard and no mouse. Runs in the page; `accessible_by_key` answers on three calls.
window.accessible_by_key = (() => {
  const operable = "a[href],button,input,select,textarea,summary,audio[controls],video[controls],[tabindex='0']";
  const met = new Set();
  const unseen = [];
  const words = (e) => (e.getAttribute("aria-label") || e.textContent || e.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
  const where = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}${e.name ? `[name=${e.name}]` : ""} "${words(e)}"`;
  const works = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0
    && !e.matches(":disabled,[type=hidden]") && !e.closest("[inert]");
  // Of the choices of one radio group Tab meets one; the arrow keys reach the others.
  const group = (e) => (e.type === "radio" && e.name ? `radio ${e.name} ${[...document.forms].indexOf(e.form)}` : e);
  const marked = (e) => {
    const style = getComputedStyle(e);
    return e.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && !/^rgba\(.*, 0\)$/.test(style.outlineColor);
  };
  document.addEventListener("focusin", ({ target }) => {
    if (target.id === "main") return; // a target of the link that skips the masthead, no control
    met.add(group(target));
    if (!marked(target)) unseen.push(`focus is not to be seen on ${where(target)}`);
  }, true);
  return {
    count: () => met.size,
    missing: () => [...document.querySelectorAll(operable)].filter((e) => works(e) && !met.has(group(e)))
      .map((e) => `Tab does not reach ${where(e)}`),
    unseen: () => [...new Set(unseen)],
  };
})();
