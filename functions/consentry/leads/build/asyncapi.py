"""The messages as consumers read about them: JSON Schema of the data, and an AsyncAPI 3.0 document around it."""

from typing import Any

from consentry.leads.messages import (
    CONFIRMATION_REQUESTED,
    DATA_SCHEMA,
    ENVELOPE,
    LEAD_CAPTURED,
    PROFILE_UPDATED,
)

_WHEN = {
    LEAD_CAPTURED: "A first stage was accepted.",
    PROFILE_UPDATED: "A later stage was accepted.",
    CONFIRMATION_REQUESTED: "A given consent waits for a double opt-in.",
}

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
    "policy": {"type": "string", "description": "pack@version+digest of what the market asks"},
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
    "source": {
        "type": "object",
        "required": ["type"],
        "description": "type, id and campaign keys, all codes; `dropped` names what was sent and is none",
        "properties": {"type": _TEXT, "dropped": {"type": "array", "items": _TEXT}},
    },
}


def data_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a message's ``data``; unknown fields are allowed, because it only grows."""
    return {
        "$id": DATA_SCHEMA,
        "title": "A message about a lead",
        "type": "object",
        "required": list(ENVELOPE),
        "properties": {
            name: _FIELDS.get(name, {"description": "null until a later capability fills it"}) for name in ENVELOPE
        },
    }


def _payload(message_type: str) -> dict[str, Any]:
    """A CloudEvent of one type, structured mode (CloudEvents 1.0, JSON format)."""
    return {
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "dataschema", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "description": "lead_id-sequence: deduplicate by it"},
            "type": {"const": message_type},
            "source": _TEXT,
            "subject": {"type": "string", "description": "the lead_id"},
            "time": _TEXT,
            "datacontenttype": {"const": "application/json"},
            "dataschema": {"const": DATA_SCHEMA},
            "data": {"$ref": "#/components/schemas/LeadMessage"},
        },
    }


def document() -> dict[str, Any]:
    """The AsyncAPI document: one channel, its messages, the schema of their data."""
    names = {message_type: message_type.removeprefix("consentry.") for message_type in _WHEN}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "consentry messages",
            "version": "1",
            "description": "At least once on the wire, exactly once by id. Ids and codes only, no contact data.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "captured": {
                "address": "captured",
                "description": "A standard SQS queue: order is not kept, sequence numbers are.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names.values()},
            }
        },
        "operations": {"sendCaptured": {"action": "send", "channel": {"$ref": "#/channels/captured"}}},
        "components": {
            "messages": {
                name: {"name": message_type, "summary": _WHEN[message_type], "payload": _payload(message_type)}
                for message_type, name in names.items()
            },
            "schemas": {"LeadMessage": data_schema()},
        },
    }
