/**
 * <consentry-form api="" site="demo-de" form="hcp-webinar" market="DE" locale="de-DE"></consentry-form>
 *
 * A consentry form in the light DOM: fetches the pointer, then the immutable document, and renders its stages.
 * No framework, no eval, no markup made from data, no inline styles: it runs under
 * `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'` and under Trusted Types.
 *
 * Attributes: `api` (origin of the API, empty = this origin), `site`, `form`, `market` (or `ask`, narrowed by
 * `markets`), `locale`, `elsewhere` (address of the page for a market that this site does not host, with {market} and
 * {locale}), `source-type` and `source-id` (where the visitor came from), `heading-level` (default 2), `test` (travels
 * the path, reaches no CRM). Events, none with personal data: `consentry:asked` (for the place of practice),
 * `consentry:shown` (also after a change of language), `consentry:accepted`, `consentry:refused`, `consentry:done`.
 */

import WORDS from "./consentry-form-words.js";

const CAMPAIGN_KEYS = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "campaign_id"];
const CAMPAIGN_VALUE = /^[A-Za-z0-9._~|-]{1,100}$/; // a code: no address and no name with a blank fits
const TRIES = 6;
const TIMEOUT_MS = 20_000;
const LIMITS = ["too-long", "too-short", "too-many"];
const TEXT_CHANGED = ["consent-text-changed", "projection-not-accepted", "unknown-release"];

let instances = 0;

/** An element from a tag, its attributes (`false`/`null` left out, functions become listeners) and its children. */
export function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** `{name}` placeholders filled; a plural map picks its CLDR category by `count`. */
export function fill(message, values, locale) {
  const text = typeof message === "string" ? message : (message?.[new Intl.PluralRules(locale).select(values.count)] ?? message?.other ?? "");
  return text.replace(/\{([a-z_]+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * What is wrong with the answers of a stage, judged by the stage's own schema: `[{name, code}]` in field order.
 * `needed` names fields that a consent just given leads nowhere without, such as the number to call.
 */
export function faults(stage, fields, answers, needed = new Set()) {
  const found = [];
  for (const field of fields) {
    const code = fault({ ...field, required: field.required || needed.has(field.name) }, stage.schema.properties[field.name] ?? {}, answers[field.name]);
    // A limit without words of its own is left to the server, which explains it with its number.
    if (code && (field.errors[code] || !LIMITS.includes(code))) found.push({ name: field.name, code });
  }
  return found;
}

function fault(field, rule, value) {
  if (value === undefined) return field.required ? "required" : null;
  if (Array.isArray(value)) {
    if (value.length > (rule.maxItems ?? Infinity)) return "too-many";
    return value.every((one) => !field.options || field.options.some(([code]) => code === one)) ? null : "not-an-option";
  }
  if (typeof value !== "string") return null;
  if (field.options) return field.options.some(([code]) => code === value) ? null : "not-an-option";
  const length = [...value].length;
  if (length > (rule.maxLength ?? field.maxLength ?? Infinity)) return "too-long";
  if (length < (rule.minLength ?? 0)) return "too-short";
  const pattern = rule.pattern ?? field.pattern;
  if (pattern && !new RegExp(pattern, "u").test(value)) return "invalid";
  return field.type === "email" && !/^[^\s@]+@[^\s@]+$/u.test(value) ? "invalid" : null;
}

/** Seconds to wait before try number `attempt` + 1: doubling from one second, or what the server asked for. */
export function backoff(attempt, retryAfter) {
  const asked = Number.parseInt(retryAfter ?? "", 10);
  return Math.min(60, Math.max(Number.isNaN(asked) ? 0 : asked, 2 ** attempt));
}

/** A random UUID, also where `crypto.randomUUID` is missing (plain http on a test host). */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** `sha256-…` of bytes or text; null where the browser has no SubtleCrypto (plain http on a test host). */
export async function digestOf(data) {
  if (!crypto.subtle) return null;
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return "sha256-" + [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A refusal of the server: its problem document (or none) and HTTP status. */
class Refusal extends Error {
  constructor(status, problem, language) {
    super(problem?.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.language = language;
    this.code = problem?.type?.split(":").pop() ?? null;
  }
}

class ConsentryForm extends HTMLElement {
  static observedAttributes = ["api", "site", "form", "market", "locale"];

  #id = `cf${++instances}`;
  #run = 0; // counts loads, so that a slow one never overwrites a later one
  #queued = false;
  #root = null;
  #view = null;
  #status = null;
  #page = null; // {doc, digest, alternates}
  #stage = 0;
  #only = null; // {fields, statements} of POST /v1/profile/next; null = the whole stage
  #answers = {};
  #given = new Map(); // statement digest -> boolean: another text is another digest, so its box starts unticked
  #displayedAt = "";
  #started = 0;
  #sending = false;
  #receipt = null;
  #title = null;
  #wake = null;

  connectedCallback() {
    this.#later();
  }

  disconnectedCallback() {
    this.#run += 1;
    this.#wake?.();
    this.#retitle(false);
  }

  attributeChangedCallback(_name, before, after) {
    if (this.isConnected && before !== after && this.#root) this.#later();
  }

  /** Several attributes set in one go start one load. */
  #later() {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      if (this.isConnected) this.#start();
    });
  }

  // ---- what this tab remembers: nothing outlives the tab -------------------------------------------------------

  #slot(name) {
    return `consentry:${this.getAttribute("site")}:${this.getAttribute("form")}:${name}`;
  }

  #recall(name) {
    return this.#find(this.#slot(name));
  }

  #find(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  #remember(name, value) {
    this.#keep(this.#slot(name), value);
  }

  #keep(key, value) {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Storage refused (private mode, quota): the form works, only a reload forgets.
    }
  }

  // ---- loading ------------------------------------------------------------------------------------------------

  get #api() {
    return (this.getAttribute("api") ?? "").replace(/\/$/, "");
  }

  /**
   * Words for as long as no document has arrived, in the language `given`, else asked for, else the browser's: the page
   * around may be in any. Everything else comes with the document.
   */
  #opening(given) {
    const wanted = [given, this.getAttribute("locale"), ...navigator.languages];
    const language = wanted.flatMap((tag) => [tag, tag?.split("-")[0]]).find((tag) => tag in WORDS) ?? "en";
    const words = WORDS[language];
    this.#speak(language, words.dir);
    return { language, words };
  }

  #speak(locale, dir) {
    this.#root.lang = locale;
    this.#root.dir = dir;
  }

  async #start() {
    const run = ++this.#run;
    if (!this.#root) {
      this.#view = h("div", { class: "cf-view" });
      this.#status = h("div", { class: "cf-status", role: "status", tabindex: "-1" });
      this.#root = h("div", { class: "cf" }, this.#view, this.#status);
    }
    if (this.#root.parentNode !== this) this.replaceChildren(this.#root);
    const carried = `consentry:carried:${this.getAttribute("form")}`; // from the page of another market
    this.#answers = { ...this.#answers, ...this.#find(carried) };
    this.#keep(carried, null);
    const pending = this.#recall("pending");
    const kept = this.#recall("profile");
    const market = pending?.market ?? kept?.market ?? this.getAttribute("market") ?? "";
    const locale = this.getAttribute("locale") ?? pending?.locale ?? kept?.locale;
    if (market === "ask") return this.#askMarket(run);
    if (!(await this.#load(run, this.#pointerPath(market, locale)))) return;
    if (pending) return this.#resume(pending);
    if (kept) return this.#next();
    this.#stage = 0;
    this.#only = null;
    this.#show();
  }

  #pointerPath(market, locale) {
    const query = new URLSearchParams({ market });
    if (locale) query.set("locale", locale);
    return `/v1/forms/${encodeURIComponent(this.getAttribute("form"))}?${query}`;
  }

  /** A GET as bytes; a refusal throws. */
  async #get(path, fresh) {
    const response = await fetch(this.#api + path, {
      credentials: "omit",
      cache: fresh ? "reload" : "default",
      headers: this.#language(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw await refusalOf(response);
    return response.arrayBuffer();
  }

  #language() {
    const locale = this.#page?.doc.locale ?? this.getAttribute("locale");
    return locale ? { "Accept-Language": locale } : {};
  }

  /** Pointer, then document, into `#page`; true when there. Says what is wrong and offers another try when not. */
  async #load(run, pointerPath, fresh = false) {
    if (!this.#page) this.#say(this.#opening().words.loading);
    try {
      const pointer = parse(await this.#get(pointerPath, fresh));
      const page = await this.#open(pointer, pointer.alternates ?? [], fresh);
      if (run !== this.#run) return false;
      this.#page = page;
      this.#say("");
      return true;
    } catch (error) {
      if (run === this.#run) this.#cannotLoad(error);
      return false;
    }
  }

  /** The immutable document and the words around it; the document must have the digest that the pointer promised. */
  async #open(entry, alternates, fresh) {
    const [bytes, words] = await Promise.all([this.#get(entry.document, fresh), this.#get(entry.messages, fresh)]);
    const digest = await digestOf(bytes);
    if (digest !== null && digest !== entry.digest) throw new Error("document does not match its digest");
    return { doc: parse(bytes), messages: parse(words), digest: entry.digest, alternates };
  }

  #cannotLoad(error) {
    const problem = error instanceof Refusal ? error.problem : null;
    const { words } = this.#opening(problem ? error.language : null);
    this.#say("");
    this.#view.replaceChildren(
      h("div", { class: "cf-card" },
        h("div", { class: "cf-note cf-note-bad", role: "alert" },
          h("p", { class: "cf-note-title" }, problem?.title ?? words["not-loaded"]),
          problem?.detail ? h("p", null, problem.detail) : null),
        h("button", { type: "button", class: "cf-button", click: () => this.#start() }, words.retry)),
    );
  }

  /** Place of practice first, where the site does not fix it. */
  async #askMarket(run) {
    const { language, words } = this.#opening();
    this.#say(words.loading);
    let listed;
    try {
      listed = parse(await this.#get(`/v1/markets?${new URLSearchParams({ locale: language })}`));
    } catch (error) {
      if (run === this.#run) this.#cannotLoad(error);
      return;
    }
    if (run !== this.#run) return;
    this.#say("");
    const form = this.getAttribute("form");
    const hosted = listed.markets.filter((entry) => entry.forms.includes(form) && this.#hosts(entry.market));
    const options = hosted.map((entry) => [entry.market, entry.name]).sort(([, one], [, other]) => one.localeCompare(other, language));
    const field = { name: "market", type: "country", label: words["market-ask"], required: true, options };
    const slot = h("div", { class: "cf-slot" });
    const draw = (message) => {
      const node = this.#field(field, undefined, message, words);
      const label = node.querySelector("label");
      label.replaceWith(this.#heading(0, { class: "cf-ask" }, label.cloneNode(true)));
      slot.replaceChildren(node);
      return node.querySelector("select");
    };
    draw(null);
    const ask = h("form", { novalidate: true, submit: (event) => {
      event.preventDefault();
      const market = slot.querySelector("select").value;
      if (!market) return draw(words["market-ask-required"]).focus();
      this.#choose(market);
    } }, slot, h("button", { type: "submit", class: "cf-button" }, words.continue));
    this.#view.replaceChildren(
      h("div", { class: "cf-top" }, hosted.some((entry) => entry.sample) ? this.#sample(words) : null),
      h("div", { class: "cf-card" }, ask));
    this.#tell("asked", { form, locale: language, dir: words.dir, title: words["market-ask"] });
  }

  async #choose(market, locale) {
    const run = ++this.#run;
    if (await this.#load(run, this.#pointerPath(market, locale ?? this.getAttribute("locale")))) {
      this.#stage = 0;
      this.#only = null;
      this.#show({ focus: "title" });
    }
  }

  // ---- drawing ------------------------------------------------------------------------------------------------

  #t(key, values = {}) {
    const doc = this.#page.doc;
    return fill(this.#page.messages[key] ?? "", values, doc.locale);
  }

  /** `lang` and `dir` of a string that the release declared as a fallback. */
  #foreign(key) {
    const found = this.#page.doc.fallbacks?.find((one) => one.key === key);
    return found ? { lang: found.locale, dir: "auto" } : {};
  }

  #heading(level, attributes, ...children) {
    const base = Number(this.getAttribute("heading-level") ?? 2);
    return h(`h${Math.min(6, base + level)}`, attributes, ...children);
  }

  #emit(name, detail = {}) {
    const { form, market, locale } = this.#page.doc;
    this.#tell(name, { form, market, locale, ...detail });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`consentry:${name}`, { bubbles: true, composed: true, detail }));
  }

  get #current() {
    return this.#page.doc.stages[this.#stage];
  }

  get #fields() {
    const { fields } = this.#current;
    return this.#only?.fields ? fields.filter((field) => this.#only.fields.includes(field.name)) : fields;
  }

  get #statements() {
    const statements = this.#current.statements ?? [];
    return this.#only?.statements ? statements.filter((one) => this.#only.statements.includes(one.id)) : statements;
  }

  /** Draw the stage. `errors` = [{name|statement|null, text}], `note` = a panel above the form. */
  #show({ errors = [], note = null, focus = null } = {}) {
    const { doc } = this.#page;
    const stage = this.#current;
    this.#speak(doc.locale, doc.dir);
    const summary = errors.length ? this.#summary(errors) : null;
    const errorOf = (kind, name) => errors.find((one) => one[kind] === name)?.text;
    const form = h("form", { class: "cf-form", novalidate: true, submit: (event) => this.#submit(event) },
      doc.stages.length > 1 ? h("p", { class: "cf-step" }, this.#t("stage-progress", { stage: this.#stage + 1, stages: doc.stages.length })) : null,
      stage.title ? this.#heading(1, { class: "cf-stage-title", tabindex: "-1", ...this.#foreign(`form.${doc.form}.stage.${stage.id}.title`) }, stage.title) : null,
      stage.intro ? h("p", { class: "cf-stage-intro" }, stage.intro) : null,
      this.#fields.map((field) => this.#field(field, this.#answers[field.name], errorOf("name", field.name), this.#page.messages)),
      this.#consents(errorOf),
      this.#notice(doc.notice),
      h("div", { class: "cf-trap", "aria-hidden": "true" },
        h("label", { for: `${this.#id}-trap` }, this.#t("trap")),
        h("input", { id: `${this.#id}-trap`, name: "website", type: "text", tabindex: "-1", autocomplete: "off" })),
      h("div", { class: "cf-actions" },
        h("button", { type: "submit", class: "cf-button" }, stage.submit),
        this.#stage > 0 ? h("button", { type: "button", class: "cf-button cf-button-quiet", click: () => this.#finish() }, this.#t("skip")) : null));
    this.#view.replaceChildren(
      h("div", { class: "cf-top" }, doc.sample ? this.#sample(this.#page.messages) : null, this.#languages()),
      h("div", { class: "cf-head" },
        this.#heading(0, { class: "cf-title", tabindex: "-1", ...this.#foreign(`form.${doc.form}.title`) }, doc.title),
        doc.intro ? h("p", { class: "cf-intro", ...this.#foreign(`form.${doc.form}.intro`) }, doc.intro) : null,
        doc.hcpGate && doc.hcpGate !== "none" ? h("p", { class: "cf-gate" }, this.#t("hcp-gate")) : null,
        doc.controller?.name ? h("p", { class: "cf-controller" }, doc.controller.name) : null,
        doc.fallbacks?.length ? h("p", { class: "cf-fallback" }, this.#t("fallback-note")) : null),
      h("div", { class: "cf-card" }, summary, note, this.#stage > 0 && !summary && !note ? this.#received() : null, form));
    this.#displayedAt = new Date().toISOString();
    this.#started ||= performance.now();
    this.#retitle(errors.length > 0);
    const target = summary ?? note ?? (focus && this.#view.querySelector(focus === "title" ? ".cf-title" : ".cf-stage-title"));
    target?.focus({ preventScroll: true });
    if (target) this.#view.querySelector(focus === "title" ? ".cf-top" : ".cf-card").scrollIntoView();
    this.#emit("shown", { stage: stage.id, dir: doc.dir, title: doc.title, wrong: errors.length > 0 });
  }

  #sample(words) {
    return h("p", { class: "cf-sample" }, words["sample-banner"]);
  }

  #languages() {
    const { doc, alternates } = this.#page;
    if (alternates.length < 2) return null;
    return h("nav", { class: "cf-languages", "aria-label": this.#t("language-switch") },
      h("ul", null, alternates.map((entry) => {
        return h("li", null, h("a", {
          href: this.#here({ locale: entry.locale }), lang: entry.locale, hreflang: entry.locale, dir: "auto",
          "aria-current": entry.locale === doc.locale ? "true" : null,
          click: (event) => this.#switch(event, entry),
        }, entry.name));
      })));
  }

  async #switch(event, entry) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (entry.locale === this.#page.doc.locale || this.#sending) return;
    this.#collect();
    const run = ++this.#run;
    try {
      const page = await this.#open(entry, this.#page.alternates);
      if (run !== this.#run) return;
      this.#page = page;
      if (this.#receipt?.finished) this.#done();
      else this.#show();
      this.#view.querySelector(".cf-languages [aria-current]")?.focus();
    } catch (error) {
      if (run === this.#run) this.#say(this.#t("network-error"));
    }
  }

  #summary(errors) {
    const id = `${this.#id}-summary`;
    return h("div", { class: "cf-summary", role: "alert", tabindex: "-1", "aria-labelledby": id },
      this.#heading(1, { id, class: "cf-summary-title" }, this.#t("error-summary", { count: errors.length })),
      h("ul", null, errors.map((one) => {
        const target = one.name ? `${this.#id}-${one.name}` : one.statement ? `${this.#id}-s-${one.statement}` : null;
        return h("li", null, target ? h("a", { href: `#${target}`, click: (event) => {
          event.preventDefault();
          const node = document.getElementById(target);
          (node?.matches("fieldset") ? node.querySelector("input") : node)?.focus();
          node?.scrollIntoView({ block: "center" });
        } }, one.text) : one.text);
      })));
  }

  #optional(field, messages) {
    return field.required ? null : h("span", { class: "cf-optional" }, ` (${messages.optional})`);
  }

  #error(id, text, messages) {
    return h("p", { id: `${id}-error`, class: "cf-error" }, h("span", { class: "cf-hidden" }, `${messages["error-label"]} `), text);
  }

  /** One field: label, help, error, control; everything wired by ids. */
  #field(field, value, error, messages) {
    const id = `${this.#id}-${field.name}`;
    const labelled = { ...(this.#page ? this.#foreign(`field.${field.name}.label`) : {}) };
    const hint = field.help ?? (field.type === "choices" ? messages["choices-hint"] : null);
    const help = hint ? h("div", { id: `${id}-help`, class: "cf-help", ...(this.#page && field.help ? this.#foreign(`field.${field.name}.help`) : {}) }, hint) : null;
    const wrong = error ? this.#error(id, error, messages) : null;
    const common = {
      id,
      name: field.name,
      "aria-describedby": [help && `${id}-help`, wrong && `${id}-error`].filter(Boolean).join(" ") || null,
      "aria-invalid": wrong ? "true" : null,
    };
    const wrap = (...children) => h("div", { class: wrong ? "cf-field cf-field-wrong" : "cf-field", "data-field": field.name }, ...children);
    if (field.type === "choices") {
      const boxes = field.options.map(([code, label], at) => tick(h("div", { class: "cf-option" },
        h("input", { type: "checkbox", id: at ? `${id}-${at}` : `${id}-0`, name: field.name, value: code }),
        h("label", { for: `${id}-${at}` }, label)), value?.includes(code)));
      return wrap(h("fieldset", { id, "aria-describedby": common["aria-describedby"] },
        h("legend", labelled, field.label, this.#optional(field, messages)), help, wrong, h("div", { class: "cf-options" }, boxes)));
    }
    if (field.type === "declaration") {
      const box = h("input", { ...common, type: "checkbox", "aria-required": field.required ? "true" : null });
      return wrap(wrong, tick(h("div", { class: "cf-option" }, box, h("label", { for: id, ...labelled }, field.label, this.#optional(field, messages))), value === true), help);
    }
    const label = h("label", { for: id, ...labelled }, field.label, this.#optional(field, messages));
    common.autocomplete = field.autocomplete ?? null;
    common["aria-required"] = field.required ? "true" : null;
    if (field.options) {
      const select = h("select", common,
        h("option", { value: "" }, messages.choose),
        field.options.map(([code, text]) => h("option", { value: code }, text)));
      select.value = value ?? "";
      return wrap(label, help, wrong, select);
    }
    const latin = field.type === "email" || field.type === "phone" || field.type === "identifier";
    const input = h("input", {
      ...common,
      type: { email: "email", phone: "tel" }[field.type] ?? "text",
      inputmode: field.inputMode ?? null,
      dir: latin ? "ltr" : null,
      spellcheck: latin ? "false" : null,
      autocapitalize: latin ? "none" : null,
    });
    input.value = value ?? "";
    return wrap(label, help, wrong, input);
  }

  /** A text line for line as its digest covers it: label, paragraphs, `text: url`. Nothing else inside. */
  #lines(text, label) {
    const lines = [label, ...text.paragraphs.map((one) => h("div", { class: "cf-line" }, one))];
    for (const link of text.links ?? []) {
      const shown = [`${link.text}: `, h("bdi", { dir: "ltr" }, link.url)];
      const safe = /^(https?|mailto|tel):/i.test(link.url);
      lines.push(h("div", { class: "cf-line cf-line-link" },
        safe ? h("a", { href: link.url, target: "_blank", rel: "noopener noreferrer", "aria-describedby": `${this.#id}-new-tab` }, ...shown) : shown));
    }
    return lines;
  }

  #consents(errorOf) {
    const statements = this.#statements;
    if (!statements.length) return null;
    return h("div", { class: "cf-consents" },
      this.#heading(2, { class: "cf-consents-title" }, this.#t("consents-title")),
      h("p", { class: "cf-help" }, this.#t("consents-hint")),
      statements.map((one) => {
        const id = `${this.#id}-s-${one.id}`;
        const wrong = errorOf("statement", one.id);
        const rest = one.paragraphs.length || one.links?.length ? `${id}-text` : null;
        const label = h("label", { for: id, id: `${id}-label`, class: "cf-line" }, one.label);
        const [first, ...others] = this.#lines(one, label);
        return h("div", { class: wrong ? "cf-field cf-field-wrong" : "cf-field" },
          wrong ? this.#error(id, wrong, this.#page.messages) : null,
          tick(h("fieldset", { class: "cf-statement", "aria-labelledby": `${id}-label`, "data-statement": one.id, "data-digest": one.digest },
            h("input", { type: "checkbox", id, name: `consent:${one.id}`, "aria-describedby": [rest, wrong && `${id}-error`].filter(Boolean).join(" ") || null }),
            first,
            rest ? h("div", { class: "cf-statement-text", id: rest }, others) : null), this.#given.get(one.digest) === true));
      }));
  }

  #notice(notice) {
    const id = `${this.#id}-notice`;
    return h("div", { class: "cf-notice-frame" },
      h("section", { class: "cf-notice", tabindex: "0", "aria-labelledby": id, "data-notice": notice.id, "data-digest": notice.digest },
        this.#lines(notice, this.#heading(2, { id, class: "cf-line cf-notice-title" }, notice.label))),
      h("span", { id: `${this.#id}-new-tab`, hidden: true }, this.#t("new-tab")));
  }

  #received() {
    const asked = this.#receipt?.statements?.some((one) => one.state === "requested");
    return h("div", { class: "cf-note cf-note-good" },
      h("p", { class: "cf-note-title" }, this.#t(this.#stage > 1 ? "saved" : "sent")),
      asked ? h("p", null, this.#t("confirmation-requested")) : null);
  }

  /** Visible progress, announced politely; `button` = [text, action]. */
  #say(text, button = null) {
    this.#status.replaceChildren(...(text ? [h("p", null, text)] : []), ...(button ? [h("button", { type: "button", class: "cf-button cf-button-quiet", click: button[1] }, button[0])] : []));
  }

  #retitle(wrong) {
    if (wrong && this.#title === null) {
      this.#title = document.title;
      document.title = this.#t("error-title", { title: this.#title });
    } else if (!wrong && this.#title !== null) {
      document.title = this.#title;
      this.#title = null;
    }
  }

  // ---- answering ----------------------------------------------------------------------------------------------

  /** Read the page into `#answers` and `#given`; an empty control is no answer. */
  #collect() {
    const form = this.#view.querySelector(".cf-form");
    if (!form) return;
    for (const field of this.#fields) {
      const controls = [...form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)];
      const ticked = controls.filter((one) => one.checked).map((one) => one.value);
      let value;
      if (field.type === "choices") value = ticked.length ? ticked : undefined;
      else if (field.type === "declaration") value = controls[0].checked ? true : undefined;
      else value = controls[0].value.normalize("NFC").trim() || undefined;
      if (value === undefined) delete this.#answers[field.name];
      else this.#answers[field.name] = value;
    }
    for (const one of this.#statements) this.#given.set(one.digest, form.querySelector(`[name="consent:${CSS.escape(one.id)}"]`).checked);
  }

  #submit(event) {
    event.preventDefault();
    if (this.#sending) return;
    this.#collect();
    const given = this.#statements.filter((one) => this.#given.get(one.digest));
    const wrong = faults(this.#current, this.#fields, this.#answers, new Set(given.flatMap((one) => one.needs ?? [])));
    if (wrong.length) return this.#show({ errors: wrong.map(({ name, code }) => ({ name, text: this.#wording(name, code) })) });
    const body = JSON.stringify(this.#body());
    const { market, locale } = this.#page.doc;
    // The exact bytes stay in this tab until they are acknowledged: only then does a retry, or a reload in the
    // middle of one, send the same body under the same key.
    const pending = { key: uuid(), stage: this.#current.id, only: this.#only, market, locale, body };
    this.#remember("pending", pending);
    this.#deliver(pending);
  }

  #wording(name, code) {
    const { errors = {} } = this.#fields.find((field) => field.name === name) ?? {};
    return errors[code] ?? errors.invalid ?? errors.required ?? "";
  }

  #body() {
    const { doc, digest } = this.#page;
    const answers = {};
    for (const { name } of this.#fields) if (this.#answers[name] !== undefined) answers[name] = this.#answers[name];
    const body = {
      site: this.getAttribute("site"),
      market: doc.market,
      locale: doc.locale,
      release: doc.release,
      projection: digest,
      answers,
      consents: this.#statements.map((one) => ({ statement: one.id, version: one.version, digest: one.digest, given: this.#given.get(one.digest) === true })),
      notice: { id: doc.notice.id, version: doc.notice.version, digest: doc.notice.digest },
      displayed_at: this.#displayedAt,
      marks: { trap: this.#view.querySelector(".cf-trap input").value.slice(0, 1000), elapsed_ms: Math.round(performance.now() - this.#started) },
    };
    if (this.#stage > 0) body.stage = this.#current.id;
    else body.source = this.#source();
    if (this.hasAttribute("test")) body.test = true;
    return body;
  }

  /** Attribution: an allowlist of campaign keys from the page address, and the page's own typed source. */
  #source() {
    const source = {};
    const query = new URLSearchParams(location.search);
    for (const key of CAMPAIGN_KEYS) if (CAMPAIGN_VALUE.test(query.get(key) ?? "")) source[key] = query.get(key);
    const id = this.getAttribute("source-id");
    return { type: this.getAttribute("source-type") ?? "direct", ...(id ? { id } : {}), ...source };
  }

  /** After a reload in the middle of sending: the same answers on the page, the same bytes under the same key. */
  #resume(pending) {
    const body = JSON.parse(pending.body);
    this.#answers = { ...body.answers };
    for (const one of body.consents) this.#given.set(one.digest, one.given);
    this.#stage = Math.max(0, this.#page.doc.stages.findIndex((stage) => stage.id === pending.stage));
    this.#only = pending.only;
    this.#receipt = this.#recall("profile")?.receipt ?? null;
    this.#show();
    this.#deliver(pending);
  }

  async #deliver(pending) {
    this.#sending = true;
    const form = this.#view.querySelector(".cf-form");
    form.inert = true;
    form.setAttribute("aria-busy", "true");
    this.#say(this.#t("sending"));
    this.#status.focus();
    const profile = this.#recall("profile");
    const first = pending.stage === this.#page.doc.stages[0].id;
    const path = first ? `/v1/forms/${encodeURIComponent(this.getAttribute("form"))}/submissions` : "/v1/profile/answers";
    const headers = { "Idempotency-Key": pending.key };
    if (!first) headers.Authorization = `Bearer ${profile?.token}`;
    const run = this.#run;
    try {
      const reply = await this.#insist(path, headers, pending.body, run);
      if (reply === undefined) return; // the element left the page; the pending bytes stay for its return
      this.#remember("pending", null);
      this.#settle();
      this.#accepted(reply);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      this.#remember("pending", null);
      this.#settle();
      await this.#refused(refusal);
    }
  }

  #settle() {
    this.#sending = false;
    this.#say("");
    const form = this.#view.querySelector(".cf-form");
    if (form) form.inert = false;
    form?.removeAttribute("aria-busy");
  }

  /** POST the same bytes with the same headers until the server has answered; its refusal throws. */
  async #insist(path, headers, body, run) {
    for (let attempt = 0; ; attempt += 1) {
      let retryAfter = null;
      try {
        const response = await fetch(this.#api + path, {
          method: "POST",
          credentials: "omit",
          headers: { "Content-Type": "application/json", ...this.#language(), ...headers },
          body,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        retryAfter = response.headers.get("Retry-After");
        if (response.ok) return await response.json(); // a torn reply is no reply: caught below, asked again
        if (!(response.status >= 500 || [408, 425, 429].includes(response.status))) throw await refusalOf(response);
      } catch (error) {
        if (error instanceof Refusal) throw error;
      }
      if (run !== this.#run && !this.isConnected) return undefined;
      const last = attempt + 1 >= TRIES;
      const seconds = backoff(attempt, retryAfter);
      this.#say(this.#t(last || !navigator.onLine ? "offline-retry" : "network-error"), [this.#t("retry"), () => this.#wake?.()]);
      await this.#pause(last ? null : seconds);
      if (!this.isConnected) return undefined;
      this.#say(this.#t("sending"));
      if (last) attempt = -1;
    }
  }

  /** Wait `seconds` (null = for ever), or until the visitor asks or the network returns. */
  #pause(seconds) {
    return new Promise((resolve) => {
      let timer = null;
      this.#wake = () => {
        clearTimeout(timer);
        removeEventListener("online", this.#wake);
        this.#wake = null;
        resolve();
      };
      addEventListener("online", this.#wake);
      if (seconds !== null) timer = setTimeout(this.#wake, seconds * 1000 * (0.8 + 0.4 * Math.random()));
    });
  }

  // ---- what the server said -------------------------------------------------------------------------------------

  #accepted(reply) {
    const { market, locale } = this.#page.doc;
    const stage = this.#current.id;
    const token = reply.profile_token ?? this.#recall("profile")?.token;
    this.#receipt = { statements: [...(this.#receipt?.statements ?? []), ...(reply.statements ?? [])] };
    for (const { name } of this.#fields) delete this.#answers[name];
    this.#emit("accepted", { stage });
    if (!reply.next || !token) return this.#finish();
    this.#remember("profile", { token, market, locale, receipt: this.#receipt });
    this.#next();
  }

  /** Which stage comes next, and which of its names are still open; values never come back. */
  async #next() {
    const profile = this.#recall("profile");
    this.#receipt = profile?.receipt ?? this.#receipt;
    try {
      const next = await this.#insist("/v1/profile/next", { Authorization: `Bearer ${profile.token}` }, "{}", this.#run);
      if (next === undefined) return;
      this.#say("");
      const at = this.#page.doc.stages.findIndex((stage) => stage.id === next.stage);
      if (at < 1) return this.#finish();
      this.#stage = at;
      this.#only = { fields: next.fields, statements: next.statements };
      this.#show({ focus: "stage" });
    } catch {
      // The request itself is already recorded; without a usable token there is nothing more to ask.
      this.#finish();
    }
  }

  async #refused(refusal) {
    const { problem, code } = refusal;
    this.#emit("refused", { code, status: refusal.status });
    if (TEXT_CHANGED.includes(code)) return this.#askAgain(problem);
    if (code === "market-mismatch") return this.#elsewhere(problem);
    if (code === "place-not-hosted") return this.#show({ note: this.#note("warn", problem.title, problem.detail) });
    if (code === "stage-out-of-order" && this.#stage > 0) return this.#next();
    if (refusal.status === 401 && this.#stage > 0) return this.#finish(this.#t("session-ended"));
    const errors = (problem?.errors ?? []).map((one) => this.#pointed(one));
    if (errors.length) return this.#show({ errors });
    this.#show({ note: this.#note("bad", problem?.title ?? this.#t("network-error"), problem?.detail) });
  }

  /** The wording on the page is no longer the current one: keep the answers, ask the consents again, unticked. */
  async #askAgain(problem) {
    const { doc } = this.#page;
    this.#given.clear();
    const pointer = pathOf(problem?.pointer) ?? this.#pointerPath(doc.market, doc.locale);
    const stage = this.#current.id;
    if (!(await this.#load(++this.#run, pointer, true))) return;
    this.#stage = Math.max(0, this.#page.doc.stages.findIndex((one) => one.id === stage));
    this.#show({ note: this.#note("warn", this.#t("text-changed")) });
  }

  /** The place answered belongs to another market: the way there, answers kept, or the plain reason. */
  async #elsewhere(problem) {
    const asked = new URLSearchParams(pathOf(problem?.pointer)?.split("?")[1]);
    const [market, locale] = [asked.get("market"), asked.get("locale")];
    const href = market && (this.#hosts(market) ? this.#here({ market, locale }) : this.#otherPage(market, locale));
    const note = this.#note("warn", this.#t("wrong-market"), href ? null : problem?.detail);
    if (href) {
      const words = this.#t("wrong-market-link", { market: await this.#marketName(market) });
      note.append(h("p", null, h("a", { href, click: (event) => {
        this.#collect();
        this.#given.clear();
        if (!this.#hosts(market)) return this.#keep(`consentry:carried:${this.getAttribute("form")}`, this.#answers);
        event.preventDefault();
        return this.#choose(market, locale);
      } }, words)));
    }
    this.#show({ note });
  }

  /** A submission names its site, and a site takes the markets it hosts and no others. */
  #hosts(market) {
    const fixed = this.getAttribute("market");
    const hosted = this.getAttribute("markets")?.split(" ") ?? (fixed === "ask" ? null : [fixed]);
    return hosted?.includes(market) ?? true;
  }

  #otherPage(market, locale) {
    const template = this.getAttribute("elsewhere");
    return template ? fill(template, { market: encodeURIComponent(market), locale: encodeURIComponent(locale ?? "") }) : null;
  }

  /** The address of this page with other parameters. */
  #here(parameters) {
    const here = new URL(location.href);
    for (const [name, value] of Object.entries(parameters)) if (value) here.searchParams.set(name, value);
    return here.href;
  }

  /** A market's name in the language of the page; its code when the list cannot be had. */
  async #marketName(market) {
    try {
      const { markets } = parse(await this.#get("/v1/markets"));
      return markets.find((entry) => entry.market === market)?.name ?? market;
    } catch {
      return market;
    }
  }

  #note(kind, title, detail) {
    return h("div", { class: `cf-note cf-note-${kind}`, role: "alert", tabindex: "-1" },
      h("p", { class: "cf-note-title" }, title), detail ? h("p", null, detail) : null);
  }

  /** A server error, led back to its field or statement by its JSON Pointer. */
  #pointed({ pointer = "", code, detail }) {
    const [, part, key] = pointer.split("/").map((one) => one.replaceAll("~1", "/").replaceAll("~0", "~"));
    const text = detail ?? (part === "answers" ? this.#wording(key, code) : this.#t("network-error"));
    if (part === "answers" && this.#fields.some((field) => field.name === key)) return { name: key, text };
    if (part === "consents" && this.#statements[key]) return { statement: this.#statements[key].id, text };
    return { text };
  }

  #finish(remark = null) {
    this.#remember("profile", null);
    this.#receipt = { ...this.#receipt, finished: true, remark };
    this.#answers = {};
    this.#say("");
    this.#done();
    this.#view.querySelector(".cf-done-title").focus({ preventScroll: true });
    this.#view.querySelector(".cf-card").scrollIntoView({ block: "nearest" });
    this.#emit("done");
  }

  #done() {
    const { doc } = this.#page;
    const asked = this.#receipt.statements?.some((one) => one.state === "requested");
    this.#speak(doc.locale, doc.dir);
    this.#retitle(false);
    this.#view.replaceChildren(
      h("div", { class: "cf-top" }, doc.sample ? this.#sample(this.#page.messages) : null, this.#languages()),
      h("div", { class: "cf-head" }, this.#heading(0, { class: "cf-title" }, doc.title)),
      h("div", { class: "cf-card cf-done" },
        this.#heading(1, { class: "cf-done-title", tabindex: "-1" }, doc.done.title),
        h("p", null, doc.done.text),
        this.#receipt.remark ? h("p", { class: "cf-note" }, this.#receipt.remark) : null,
        asked ? h("p", { class: "cf-note cf-note-warn" }, this.#t("confirmation-requested")) : null));
  }
}

function tick(node, on) {
  node.querySelector("input").checked = on === true;
  return node;
}

function parse(bytes) {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/** Only a path of this API is followed. */
function pathOf(pointer) {
  return typeof pointer === "string" && pointer.startsWith("/v1/") ? pointer : null;
}

async function refusalOf(response) {
  let problem = null;
  try {
    problem = await response.json();
  } catch {
    // A gateway's own error is no problem document; the status must do.
  }
  return new Refusal(response.status, problem, response.headers.get("Content-Language"));
}

customElements.define("consentry-form", ConsentryForm);
