import Form from "@rjsf/core";
import ajv from "@rjsf/validator-ajv8";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Stage } from "./stage.jsx";

let root;

function draw(element) {
  root?.unmount();
  root = createRoot(document.getElementById("root"));
  flushSync(() => root.render(element));
}

window.sent = [];

/** A stage of a document, drawn as the front-end guide shows it. */
window.show = (doc, digest, at, problem) =>
  draw(<Stage document={doc} digest={digest} stage={doc.stages[at]} problem={problem} send={(body) => window.sent.push(body)} />);

/** Any schema in RJSF with its usual validator, which needs eval. */
window.plain = (schema, uiSchema) => draw(<Form schema={schema} uiSchema={uiSchema} validator={ajv} />);

/** What RJSF's usual validator says: the paths at fault. */
window.judge = (schema, formData) => ajv.validateFormData(formData, schema).errors.map((one) => one.property ?? one.stack);
