import Form from "@rjsf/core";
import { useState } from "react";

// The server judges every answer and explains in the visitor's language, so nothing here needs eval.
const validator = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: () => ({ errors: [] }),
  isValid: () => true,
};

export function Stage({ document, digest, stage, problem, send }) {
  const [formData, setFormData] = useState({});
  const refused = {};
  for (const { pointer, detail } of problem?.errors ?? []) {
    const [, part, name] = pointer.split("/");
    if (part === "answers") refused[name] = { __errors: [detail] };
  }
  const submit = () => {
    const { consents = {}, ...rest } = formData;
    const answers = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== false && value?.length !== 0));
    const { id, version, digest: text } = document.notice;
    send({
      market: document.market, locale: document.locale, release: document.release, projection: digest,
      stage: stage.id, answers, notice: { id, version, digest: text },
      // An untouched box is an answer too: refused.
      consents: stage.statements.map((one) => ({ statement: one.id, version: one.version, digest: one.digest, given: consents[one.id] === true })),
    });
  };
  const { label, paragraphs, links } = document.notice;
  return (
    <div lang={document.locale} dir={document.dir} className="consentry">
      <Form schema={stage.schema} uiSchema={stage.uiSchema} validator={validator} formData={formData}
        extraErrors={refused} showErrorList={false} noHtml5Validate
        onChange={(event) => setFormData(event.formData)} onSubmit={submit} />
      <section className="notice">
        {[label, ...paragraphs, ...links.map((link) => `${link.text}: ${link.url}`)].map((line, at) => <div key={at}>{line}</div>)}
      </section>
    </div>
  );
}
