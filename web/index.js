/** The list of sample landing pages. */

import { h } from "./consentry-form.js";
import { sites } from "./sites.js";

const words = (id) => id.replace(/^hcp-/, "").replaceAll("-", " ").replace(/^./, (first) => first.toUpperCase());

const listed = (await sites()).sort((one, other) => one.name.localeCompare(other.name, "en"));
const names = new Map();
try {
  const response = await fetch("/v1/markets", { headers: { "Accept-Language": "en-GB" } });
  if (response.ok) for (const entry of (await response.json()).markets) names.set(entry.market, entry);
} catch {
  // Codes are shown instead of names.
}

const list = document.getElementById("sites");
list.append(...listed.map((site) => {
  const languages = new Set(site.markets.flatMap((market) => names.get(market)?.locales ?? []).map((entry) => entry.name));
  return h("li", { class: "site" },
    h("h2", null, site.name),
    h("p", null, site.market === "ask" ? `Asks where you practise: ${site.markets.length} markets` : (names.get(site.market)?.name ?? site.market)),
    languages.size ? h("p", null, [...languages].map((name, at) => [at ? " · " : "", h("bdi", null, name)])) : null,
    h("ul", null, site.forms.map((form) => h("li", null, h("a", { href: `/demo/${site.site}/${form}` }, words(form), h("span", { "aria-hidden": "true" }, "→"))))));
}));
if (!listed.length) list.replaceWith(h("p", { class: "empty" }, "There are no sites here."));
