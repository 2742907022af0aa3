/** /openapi.json, readable: operations by tag, parameters, bodies, replies, examples. */

import { h } from "./consentry-form.js";

const VERBS = ["get", "post", "put", "patch", "delete"];

/** Follow local `$ref`s, once per name on the way, so that a recursive schema ends. */
function resolve(spec, node) {
  const seen = new Set();
  while (node?.$ref && !seen.has(node.$ref)) {
    seen.add(node.$ref);
    node = node.$ref.replace(/^#\//, "").split("/").reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], spec);
  }
  return node ?? {};
}

/** Prose of the description: `code` in backticks, the rest as it stands. */
function prose(text) {
  return (text ?? "").split("`").map((part, at) => (at % 2 ? h("code", null, part) : part));
}

function typeOf(spec, schema) {
  const one = resolve(spec, schema);
  if (one.const !== undefined) return JSON.stringify(one.const);
  if (one.enum) return one.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = one.oneOf ?? one.anyOf;
  if (either) return either.map((option) => typeOf(spec, option)).join(" | ");
  if (one.type === "array") return `list of ${typeOf(spec, one.items ?? {})}`;
  return [one.type].flat().filter(Boolean).join(" | ") || "any";
}

/** The properties of a schema as rows, nested objects and lists of objects indented by their path. */
function rows(spec, schema, prefix = "", depth = 0) {
  const one = resolve(spec, schema);
  return Object.entries(one.properties ?? {}).flatMap(([name, property]) => {
    const inner = resolve(spec, property);
    const items = inner.type === "array" ? resolve(spec, inner.items) : inner;
    const path = `${prefix}${name}${inner.type === "array" ? "[]" : ""}`;
    const rest = [typeOf(spec, property), inner.pattern ? `matches ${inner.pattern}` : null, inner.maxLength ? `at most ${inner.maxLength} characters` : null].filter(Boolean).join(", ");
    return [
      h("tr", null, h("th", { scope: "row" }, h("code", null, path), one.required?.includes(name) ? "" : h("span", { class: "note" }, " (optional)")),
        h("td", null, rest, inner.description ? h("div", { class: "note" }, prose(inner.description)) : null)),
      ...(depth < 3 && items.properties ? rows(spec, items, `${path}.`, depth + 1) : []),
    ];
  });
}

function content(spec, media) {
  return Object.entries(media ?? {}).map(([type, { schema, example, examples }]) => {
    const body = rows(spec, schema);
    const samples = example !== undefined ? [example] : Object.values(examples ?? {}).map((one) => resolve(spec, one).value);
    return h("div", null,
      h("p", { class: "note" }, h("code", null, type), schema ? ` ${body.length ? "" : typeOf(spec, schema)}` : null),
      body.length ? h("table", { class: "rows" }, h("tbody", null, body)) : null,
      samples.map((sample) => h("pre", { class: "sample-code", tabindex: "0" }, typeof sample === "string" ? sample : JSON.stringify(sample, null, 2))));
  });
}

function operation(spec, path, verb, item, shared) {
  const parameters = [...(shared ?? []), ...(item.parameters ?? [])].map((one) => resolve(spec, one));
  return h("details", { class: "operation" },
    h("summary", null, h("span", { class: `verb verb-${verb}` }, verb.toUpperCase()), h("code", null, path), h("span", { class: "what" }, item.summary ?? "")),
    h("div", { class: "operation-body" },
      item.description ? h("p", null, prose(item.description)) : null,
      parameters.length ? [h("h3", null, "Parameters"), h("table", { class: "rows" }, h("tbody", null, parameters.map((one) => h("tr", null,
        h("th", { scope: "row" }, h("code", null, one.name), h("span", { class: "note" }, ` ${one.in}${one.required ? "" : ", optional"}`)),
        h("td", null, typeOf(spec, one.schema ?? {}), one.description ? h("div", { class: "note" }, prose(one.description)) : null)))))] : null,
      item.requestBody ? [h("h3", null, "Body"), content(spec, resolve(spec, item.requestBody).content)] : null,
      h("h3", null, "Replies"),
      Object.entries(item.responses ?? {}).map(([status, response]) => {
        const reply = resolve(spec, response);
        return h("details", { class: "raw" }, h("summary", null, h("code", null, status), " ", prose(reply.description)), content(spec, reply.content));
      })));
}

const about = document.getElementById("about");
try {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(String(response.status));
  const spec = await response.json();
  document.getElementById("title").textContent = `${spec.info.title} ${spec.info.version}`;
  about.replaceChildren(...prose(spec.info.description), " ", h("a", { href: "/openapi.json" }, "openapi.json"));
  const groups = new Map();
  for (const [path, item] of Object.entries(spec.paths ?? {})) {
    for (const verb of VERBS.filter((name) => item[name])) {
      const tag = item[verb].tags?.[0] ?? "";
      groups.set(tag, [...(groups.get(tag) ?? []), operation(spec, path, verb, item[verb], item.parameters)]);
    }
  }
  document.getElementById("operations").append(...[...groups].flatMap(([tag, operations]) => [tag ? h("h2", { class: "group-title" }, tag) : "", ...operations]));
} catch {
  about.textContent = "/openapi.json could not be read.";
}
