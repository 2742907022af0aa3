/**
 * /preview/{form}?market=&locale=&stage=#{string id}: a draft in the real form, with the string marked.
 * Served by `consentry content preview`; nothing that is sent from here is kept.
 */

import { h } from "./consentry-form.js";
import { sites } from "./sites.js";

const form = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const query = new URLSearchParams(location.search);
const about = await (await fetch("/_local/preview")).json();
const shown = about.forms[form];

const pick = (asked, offered) => (offered.includes(asked) ? asked : offered[0]);
const market = shown && pick(query.get("market"), shown.markets);
const locale = pick(query.get("locale"), about.locales);
const stage = shown && pick(query.get("stage"), shown.stages.map((one) => one.id));
const id = decodeURIComponent(location.hash.slice(1));

const to = (changed) => {
  const { form: name = form, ...rest } = changed;
  return `/preview/${name}?${new URLSearchParams({ market, locale, stage, ...rest })}`;
};
const links = (entries) => h("ul", null, entries.map(([text, href, current]) =>
  h("li", null, h("a", { href, "aria-current": current ? "true" : null }, text))));

document.getElementById("nav").append(
  links(Object.keys(about.forms).map((name) => [name, to({ form: name }), name === form])),
  links((shown?.markets ?? []).map((one) => [one, to({ market: one }), one === market])),
  links(about.locales.map((one) => [one, to({ locale: one }), one === locale])),
  links((shown?.stages ?? []).map((one) => [one.id, to({ stage: one.id }), one.id === stage])),
);

if (about.hidden.length) {
  const box = document.getElementById("hidden");
  box.hidden = false;
  box.querySelector("summary").textContent = `${about.hidden.length} reasons why a form cannot be shown`;
  box.querySelector("ul").append(...about.hidden.map((one) => h("li", null, `${one.unit}: ${one.why} (${one.where})`)));
}

// What the link is about: the words, where they are shown, and how much room they have.
const known = about.strings[id];
if (known) {
  const line = document.getElementById("string");
  const room = known.limit ? `, ${[...known.text].length} of ${known.limit} characters` : "";
  line.append(h("b", null, id), ` (${known.where}${room}): `, h("bdi", { lang: about.locales[0] }, known.text));
  line.hidden = false;
}

/** Where the page shows a string: as near as the element's own structure tells. */
function targets(root) {
  const [kind, name, ...rest] = id.split(".");
  const by = {
    field: () => root.querySelectorAll(`[data-field="${CSS.escape(name)}"]`),
    option: () => [...root.querySelectorAll(`[value="${CSS.escape(rest.join("."))}"]`)].map((one) => one.closest(".cf-field")),
    form: () => root.querySelectorAll(rest[0] === "stage" ? (rest[2] === "submit" ? ".cf-actions .cf-button" : `.cf-stage-${rest[2]}`) : `.cf-${rest.at(-1)}`),
  }[kind];
  const text = CSS.escape(id.split("#")[0]);
  const found = by ? by() : root.querySelectorAll(`[data-statement="${text}"], [data-notice="${text}"]`);
  return [...found].filter(Boolean);
}

function mark(root) {
  for (const old of root.querySelectorAll(".preview-target")) old.classList.remove("preview-target");
  const found = targets(root);
  for (const one of found) one.classList.add("preview-target");
  found[0]?.scrollIntoView({ block: "center" });
}

/** A field's sentence is seen by making the mistake: nothing entered, or nothing that could be right. */
function mistake(root) {
  const [, name, , code] = id.match(/^field\.([a-z0-9_]+)\.(error)\.(required|invalid)$/) ?? [];
  if (!code) return;
  const control = root.querySelector(`input[name="${CSS.escape(name)}"]`);
  if (code === "invalid" && control?.type !== "checkbox" && control) control.value = "?";
  root.querySelector("form").requestSubmit();
}

if (shown) {
  const listed = await sites();
  const site = listed.find((one) => one.forms.includes(form) && one.markets.includes(market));
  const slot = `consentry:${site?.site ?? "preview"}:${form}`;
  const token = `preview.${form}.${market}.${locale}.${stage}`;
  sessionStorage.clear();
  // A later stage is reached as a visitor reaches it: with the token of the stage before.
  if (stage !== shown.stages[0].id) sessionStorage.setItem(`${slot}:profile`, JSON.stringify({ token, market, locale }));
  const element = h("consentry-form", { site: site?.site ?? "preview", form, market, locale, test: true, "heading-level": "1" });
  let first = true;
  element.addEventListener("consentry:shown", ({ detail }) => {
    document.documentElement.lang = detail.locale;
    document.documentElement.dir = detail.dir;
    mark(element);
    if (first) {
      first = false;
      mistake(element);
    }
  });
  document.getElementById("main").append(element);
} else {
  document.getElementById("main").append(h("p", null, "No form can be shown: see the reasons above, or choose one there."));
}
addEventListener("hashchange", () => location.reload());
