"""Messages about a lead: CloudEvents 1.0 (structured JSON) with ids and codes only.

The whole envelope is there from the first message on; what no capability fills yet is null, and fields are only
ever added. ``captured`` carries no contact data: who needs an address asks for it under its own grant.
"""

from typing import Any

from consentry.base.canonical import compact

LEAD_CAPTURED = "consentry.lead.captured.v1"
PROFILE_UPDATED = "consentry.lead.profile-updated.v1"
CONFIRMATION_REQUESTED = "consentry.confirmation.requested.v1"

DATA_SCHEMA = "urn:consentry:schema:lead-message:1"

ENVELOPE: dict[str, Any] = {
    "lead_id": None,
    "sequence": None,
    "subject_ref": None,
    "captured_at": None,
    "changed_at": None,
    "test": None,
    "status": None,
    "confirmed": None,
    "market": None,
    "overlay": None,
    "country": None,
    "locale": None,
    "form": None,
    "site": None,
    "release": None,
    "offer": None,
    "persona": None,
    "program_type": None,
    "product_type": None,
    "controller": None,
    "stage": None,
    "profile": None,
    "verification": None,
    "eligibility": None,
    "dedup": None,
    "quality": None,
    "consents": None,
    "contact_policy": None,
    "lane": None,
    "route_reason": None,
    "score": None,
    "source": None,
    "approved_material_refs": None,
    "policy": None,
    "glossary": None,
    "sla_due_at": None,
    "reconfirm_due_at": None,
    "timezone": None,
}


def cloud_event(message_type: str, source: str, time: str, data: dict[str, Any]) -> str:
    """The message as it leaves; its id is (``lead_id``, ``sequence``), which consumers deduplicate by.

    Raises:
        KeyError: ``data`` holds a field that the published schema does not know.
    """
    unknown = data.keys() - ENVELOPE.keys()
    if unknown:
        raise KeyError(f"not in the published envelope: {', '.join(sorted(unknown))}")
    event = {
        "specversion": "1.0",
        "id": f"{data['lead_id']}-{data['sequence']}",
        "type": message_type,
        "source": source,
        "subject": data["lead_id"],
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": DATA_SCHEMA,
        "data": {**ENVELOPE, **data},
    }
    return compact(event)


_TEXT = {"type": "string"}
_NULLABLE = {"type": ["string", "null"]}
_OBJECT_OR_NULL = {"type": ["object", "null"]}

_FIELDS: dict[str, dict[str, Any]] = {
    "lead_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "sequence": {"type": "integer", "minimum": 1, "description": "counts the messages of one lead from 1"},
    "subject_ref": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "test": {"type": "boolean", "description": "true reaches no CRM"},
    "status": {"enum": ["captured", "qualified", "routed", "contacted"]},
    "confirmed": {"type": "boolean", "description": "false while a double opt-in is outstanding"},
    "captured_at": _TEXT,
    "changed_at": _TEXT,
    "market": _TEXT,
    "locale": _TEXT,
    "country": _TEXT,
    "form": {"type": "string", "description": "form@version"},
    "controller": _TEXT,
    "site": _TEXT,
    "release": _TEXT,
    "stage": _TEXT,
    "persona": _TEXT,
    "policy": {"type": "string", "description": "pack@version"},
    "offer": {"type": "object"},
    "profile": {"type": "object", "description": "coded answers only: field to option code or codes"},
    "verification": {
        "type": "object",
        "properties": {"level": _TEXT, "required_before": _NULLABLE},
        "required": ["level", "required_before"],
    },
    "quality": {"type": "object", "properties": {"flags": {"type": "array", "items": _TEXT}}},
    "consents": {
        "type": "array",
        "description": "the latest state per purpose and channel, with the exact text it rests on",
        "items": {
            "type": "object",
            "required": ["purpose", "purpose_version", "channel", "state", "basis", "text", "record_id", "at"],
            "properties": {
                "purpose": _TEXT,
                "purpose_version": {"type": "integer"},
                "channel": _TEXT,
                "state": _TEXT,
                "basis": _TEXT,
                "text": _OBJECT_OR_NULL,
                "record_id": _TEXT,
                "record_digest": _TEXT,
                "at": _TEXT,
            },
        },
    },
    "source": {"type": "object", "required": ["type"]},
}


def data_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``data``; unknown fields are allowed, because it only grows."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": DATA_SCHEMA,
        "title": "A message about a lead",
        "type": "object",
        "required": list(ENVELOPE),
        "properties": {
            name: _FIELDS.get(name, {"description": "null until a later capability fills it"}) for name in ENVELOPE
        },
    }
