/**
 * The path page: what each submission on this machine became, from GET /_local/arrivals. Digests are checked here,
 * in the browser: of every text against its bytes, of every record against its RFC 8785 form, and along the chain.
 */

import { digestOf, h } from "./consentry-form.js";

const EVERY_MS = 2000;
const STATES = { given: "good", refused: "plain", requested: "warn", withdrawn: "bad" };

/** RFC 8785 for values without fractions, which records never hold: sorted keys, no spaces. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

const short = (digest) => (digest ? `${digest.replace("sha256-", "").slice(0, 8)}…` : "none");
const clock = (instant) => (instant ? h("time", { datetime: instant }, new Date(instant).toLocaleTimeString("en-GB")) : null);
const shown = (value) => (Array.isArray(value) ? value.join(", ") : value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));

function facts(entries) {
  return h("dl", { class: "facts" }, entries.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => h("div", null, h("dt", null, name), h("dd", { dir: "auto" }, value instanceof Node ? value : shown(value)))));
}

function raw(title, value) {
  return h("details", { class: "raw" }, h("summary", null, title), h("pre", { class: "sample-code", tabindex: "0", dir: "ltr" }, JSON.stringify(value, null, 2)));
}

function column(number, title, hint, ...children) {
  return h("section", { class: `column column-${number}` },
    h("header", null, h("h3", null, title), h("p", { class: "note" }, hint)), ...children);
}

/** Column 1: the answers as the visitor gave them, and every box, ticked or not. */
function sent({ answers, events, lead }) {
  const boxes = events.filter(({ record }) => record.text);
  const coded = lead.profile ?? {};
  return column(1, "The page sent", "Answers and choices; 🔒 is stored encrypted",
    facts(Object.entries(answers ?? {}).map(([name, value]) => [name in coded ? name : `🔒 ${name}`, value])),
    h("ul", { class: "boxes" }, boxes.map(({ record }) => h("li", null,
      h("span", { class: record.state === "refused" ? "box" : "box box-on", "aria-hidden": "true" }),
      h("span", null, record.text.statement, record.channel ? ` (${record.channel})` : "", h("span", { class: "quiet" }, record.state === "refused" ? ": left empty" : ": ticked"))))));
}

/** Column 2: the lead: codes and ids. */
function became({ lead }) {
  const first = ["status", "confirmed", "market", "locale", "form", "site", "captured_at"];
  const nested = { ...lead.facts, ...lead };
  return column(2, "Lead", "One captured interest",
    facts([["lead_id", h("code", null, lead.lead_id)], ...first.map((name) => [name, nested[name]]),
      ["stages", nested.stages], ["offer", nested.offer?.id ?? nested.offer], ["quality", nested.quality?.flags?.length ? nested.quality.flags : null]]),
    nested.profile && Object.keys(nested.profile).length ? h("div", { class: "sub" }, h("h4", null, "Coded profile"), facts(Object.entries(nested.profile))) : null,
    raw("All fields", lead));
}

/** Column 3: the chain of consent events, each bound to the one before and to an exact text. */
function proved({ events, texts }) {
  return column(3, "Consent events", "Append-only; each names the one before it",
    h("ol", { class: "chain" }, events.map((event, at) => {
      const { record, record_digest: digest } = event;
      const marks = h("p", { class: "marks" });
      check(marks, record, digest, at ? events[at - 1].record_digest : null, at > 0 || record.subject_seq === 1);
      return h("li", { class: "event" },
        h("div", { class: "event-head" },
          h("span", { class: "seq" }, `#${record.subject_seq}`),
          h("span", { class: `pill pill-${STATES[record.state] ?? "plain"}` }, record.state),
          clock(record.occurred_at)),
        h("p", { class: "event-what" }, record.purpose_id, h("span", { class: "quiet" }, record.text ? ` · ${record.channel}` : " · the request itself")),
        record.text ? wording(record, texts) : null,
        h("p", { class: "digests", dir: "ltr" }, h("code", { title: record.prev_event_digest ?? "first event" }, short(record.prev_event_digest)), " → ", h("code", { title: digest }, short(digest))),
        marks,
        raw("Record", record));
    })));
}

async function check(node, record, digest, before, linked) {
  const right = (await digestOf(canonical(record))) === digest;
  const chained = !linked || (record.prev_event_digest ?? null) === before;
  node.append(verdict(right, "record matches its digest", "record does not match its digest"), " ",
    verdict(chained, "chain unbroken", "chain broken"));
}

function verdict(good, yes, no) {
  return h("span", { class: good ? "verdict verdict-good" : "verdict verdict-bad" }, good ? `✓ ${yes}` : `✗ ${no}`);
}

/** The exact text on demand; this browser hashes it and compares with the digest in the record. */
function wording(record, texts) {
  const { statement, version, digest } = record.text;
  const text = texts?.[digest];
  const body = h("div", { class: "wording-body" });
  const node = h("details", { class: "wording" }, h("summary", null, `${statement} v${version}, ${record.language}`), body);
  node.addEventListener("toggle", async () => {
    if (!node.open || body.childNodes.length) return;
    if (text === undefined) return body.append(h("p", { class: "note" }, "The text is not at hand."));
    body.append(
      h("p", { class: "wording-text", lang: record.language, dir: "auto" }, text),
      h("p", { class: "marks" }, verdict((await digestOf(text)) === digest, "text matches digest", "text does not match digest"), " ", h("code", { dir: "ltr" }, short(digest))));
  });
  return node;
}

/** Column 4: the CloudEvents that left. */
function left({ messages }) {
  return column(4, "On the queue", "CloudEvents: ids and codes, no contact data",
    messages.length ? null : h("p", { class: "note" }, "Not yet: the outbox is on its way."),
    messages.map((message) => h("div", { class: "message" },
      h("p", { class: "event-what" }, message.type.replace(/^consentry\./, ""), " ", clock(message.time)),
      facts([["sequence", message.data.sequence], ["stage", message.data.stage], ["confirmed", message.data.confirmed]]),
      h("ul", { class: "states" }, (message.data.consents ?? []).map((one) => h("li", null,
        h("span", null, one.purpose, one.text ? h("span", { class: "quiet" }, ` · ${one.channel}`) : null),
        h("span", { class: `pill pill-${STATES[one.state] ?? "plain"}` }, one.state)))),
      raw("Message", message))));
}

function draw(arrival) {
  const { lead } = arrival;
  const facts = { ...lead.facts, ...lead };
  return h("article", { class: "arrival", "aria-label": `Lead ${lead.lead_id}` },
    h("h2", null, facts.form ?? "Lead", h("span", { class: "quiet" }, ` ${[facts.market, facts.locale].filter(Boolean).join(" · ")} `), clock(facts.captured_at)),
    h("div", { class: "columns" }, sent(arrival), became(arrival), proved(arrival), left(arrival)));
}

const drawn = new Map(); // lead id -> {json, node}: an untouched lead keeps its node, and what is open in it
const state = document.getElementById("state");
const list = document.getElementById("arrivals");

async function poll() {
  try {
    const response = await fetch("/_local/arrivals", { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const { arrivals } = await response.json();
    const nodes = arrivals.map((arrival) => {
      const json = JSON.stringify(arrival);
      const known = drawn.get(arrival.lead.lead_id);
      if (known?.json === json) return known.node;
      const node = draw(arrival);
      drawn.set(arrival.lead.lead_id, { json, node });
      return node;
    });
    if (!nodes.length) nodes.push(h("p", { class: "empty" }, "Nothing has arrived yet. ", h("a", { href: "/" }, "Open a sample page"), " and send a form."));
    if (nodes.length !== list.childNodes.length || nodes.some((node, at) => list.childNodes[at] !== node && node.className !== "empty")) list.replaceChildren(...nodes);
    say(arrivals.length ? `${arrivals.length} ${arrivals.length === 1 ? "lead" : "leads"}, checked every two seconds` : "");
  } catch {
    say("This page shows what arrived on one machine; the server does not answer just now.");
  }
  setTimeout(poll, EVERY_MS);
}

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

poll();
