// What a checker for WCAG 2.2 AA finds on a page as it is now. Runs in the page; answers a list of sentences.
return (() => {
  const found = [];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const words = (e) => (e?.textContent || "").trim();
  const where = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}.${[...e.classList].join(".")} "${words(e).slice(0, 30)}"`;
  const byIds = (ids) => (ids || "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id));
  const nameOf = (e) => e.getAttribute("aria-label") || byIds(e.getAttribute("aria-labelledby")).map(words).join(" ")
    || [...(e.labels || [])].map(words).join(" ") || (/^(BUTTON|A|SUMMARY)$/.test(e.tagName) ? words(e) : "") || e.title || "";

  if (!document.documentElement.lang) found.push("no language");
  if (!document.title.trim()) found.push("no title");
  for (const mark of ["main", "header"]) {
    if (document.querySelectorAll(mark).length !== 1) found.push(`not exactly one ${mark}`);
  }
  const headings = [...document.querySelectorAll("h1,h2,h3,h4")].filter(shown);
  if (headings.filter((h) => h.tagName === "H1").length !== 1) found.push("not exactly one visible h1");
  let level = 0;
  for (const heading of headings) {
    const now = Number(heading.tagName[1]);
    if (now > level + 1) found.push(`heading level skipped at ${where(heading)}`);
    level = now;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((one, n) => ids.indexOf(one) !== n))) found.push(`id twice: ${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
    for (const e of document.querySelectorAll(`[${attribute}]`)) {
      if (byIds(e.getAttribute(attribute)).some((one) => !one)) found.push(`${attribute} leads nowhere at ${where(e)}`);
    }
  }
  for (const e of document.querySelectorAll("input,select,textarea,button,a[href],summary,[role=meter],progress,section,nav,[role=region],dialog[open]")) {
    if (!shown(e) || e.type === "hidden") continue;
    if (!nameOf(e).trim()) found.push(`no name: ${where(e)}`);
  }
  for (const e of document.querySelectorAll("button,summary,input[type=checkbox],input[type=radio]")) {
    if (!shown(e)) continue;
    const { width, height } = e.getBoundingClientRect();
    const room = e.labels?.[0]?.getBoundingClientRect().height || 0;
    if (Math.max(height, room) < 23.9 && height > 0) found.push(`target ${width.toFixed(0)} x ${height.toFixed(0)}: ${where(e)}`);
  }
  for (const table of document.querySelectorAll("table")) {
    if (shown(table) && !table.querySelector("th[scope]")) found.push(`table without headers: ${where(table)}`);
  }
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) found.push("image without alt");

  // Contrast (WCAG 2.x relative luminance) of every visible text against what is painted behind it.
  const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
      if (color[3] > 0) return null;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.textContent.trim() || /^(SCRIPT|NOSCRIPT|TEMPLATE|OPTION)$/.test(e.tagName) || !shown(e) || e.closest(".unseen,:disabled,[inert]")) continue;
    const style = getComputedStyle(e);
    const behind = ground(e);
    if (!behind) continue;
    const [a, b] = [light(parse(style.color)), light(behind)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const px = parseFloat(style.fontSize);
    const large = px >= 24 || (px >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      const sentence = `contrast ${ratio.toFixed(2)}: ${where(e)}`;
      if (!told.has(sentence)) { told.add(sentence); found.push(sentence); }
    }
  }
  const page = document.documentElement;
  const room = page.clientWidth; // a phone's innerWidth grows with what is too wide
  if (page.scrollWidth > room) {
    const wide = [...document.querySelectorAll("main *, header *")].filter((e) => shown(e) && e.getBoundingClientRect().right > room + 1 && !e.closest(".unseen"));
    found.push(`wider than the window by ${page.scrollWidth - room}: ${wide.slice(0, 3).map(where).join("; ")}`);
  }
  return found;
})();
