/** The sample landing page: /demo/{site}/{form}[?locale=][&market=] becomes a <consentry-form>. */

import "./consentry-form.js";
import { sites } from "./sites.js";

const [, , site, form] = location.pathname.split("/").map(decodeURIComponent);
const query = new URLSearchParams(location.search);
const listed = await sites();
const known = listed.find((entry) => entry.site === site);
const everywhere = listed.find((entry) => entry.market === "ask" && entry.forms.includes(form) && entry.markets.length > 2);

const brand = document.getElementById("brand");
brand.textContent = known?.name ?? site;
if (/^#[0-9a-f]{6}$/i.test(known?.theme?.accent ?? "")) document.documentElement.style.setProperty("--accent", known.theme.accent);

const element = document.createElement("consentry-form");
const asked = query.get("market");
const attributes = {
  "site": site,
  "form": form,
  "market": known?.markets?.includes(asked) ? asked : (known?.market ?? asked ?? "ask"),
  "markets": known?.market === "ask" ? known.markets.join(" ") : null,
  "elsewhere": everywhere ? `/demo/${everywhere.site}/${form}?market={market}&locale={locale}` : null,
  "locale": query.get("locale"),
  "source-type": query.get("source"),
  "source-id": query.get("source_id"),
  "heading-level": "1",
};
for (const [name, value] of Object.entries(attributes)) if (value) element.setAttribute(name, value);

// The page follows the form's language; the address keeps language and market for a reload or a bookmark.
const follow = ({ detail }) => {
  document.documentElement.lang = detail.locale;
  document.documentElement.dir = detail.dir;
  if (detail.title && !detail.wrong) document.title = `${detail.title} · ${brand.textContent}`;
};
element.addEventListener("consentry:asked", follow);
element.addEventListener("consentry:shown", (event) => {
  const { detail } = event;
  follow(event);
  const here = new URL(location.href);
  here.searchParams.set("locale", detail.locale);
  if (known?.market === "ask") here.searchParams.set("market", detail.market);
  history.replaceState(null, "", here);
});
document.getElementById("main").append(element);
