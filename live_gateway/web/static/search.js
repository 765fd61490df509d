// A search by name: sent in the body of a request, because addresses are kept by browsers, proxies and logs. Without a name
// the other filters stand in the address, so that it can be kept.
import { announce, find, language, tell, text } from "./page.js";

const form = find("search");
const message = find("search-message");

/** What the form says, as JSON: ticked boxes are true, a part's number is a number. */
function asked(submitter) {
  const values = Object.fromEntries(new FormData(form, submitter));
  for (const box of form.querySelectorAll("input[type=checkbox]")) if (box.checked) values[box.name] = true;
  if (values.page) values.page = Number(values.page);
  return values;
}

function byAddress(values) {
  const { q: _, ...rest } = values;
  const given = Object.entries(rest).filter(([, value]) => value !== "").map(([key, value]) => [key, value === true ? "1" : value]);
  location.search = new URLSearchParams(given).toString();
}

async function search(values) {
  const answer = await fetch(location.pathname, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": language },
    body: JSON.stringify(values),
    credentials: "same-origin",
    cache: "no-store",
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("found");
  if (!found) { tell(message, page.querySelector("main p:not(noscript *)")?.textContent || text("network")); return; }
  find("found").replaceChildren(...found.childNodes);
  announce(text("searched"));
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const values = asked(event.submitter?.name ? event.submitter : null);
  tell(message, "");
  if (!values.q?.trim()) { byAddress(values); return; }
  try {
    await search(values);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    tell(message, text("network"));
  }
});
