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
    if not data.keys() <= ENVELOPE.keys():
        raise KeyError(f"not in the published envelope: {', '.join(sorted(data.keys() - ENVELOPE.keys()))}")
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
