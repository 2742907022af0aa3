"""The least a Lambda handler can be: the standard library and one JSON answer."""

import json

_FORM = {"form": "hcp-webinar", "fields": ["email", "country"]}


def handler(event, _context):
    """Any request."""
    body = {**_FORM, "document": event["rawPath"]}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
