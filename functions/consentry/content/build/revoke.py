"""``consentry content revoke``: texts and documents that a deployment accepts no more, without deploying anything."""

import argparse
import json
import os
import sys

from botocore.exceptions import BotoCoreError, ClientError

from consentry.base import clock
from consentry.content.build.published import Published, Shown
from consentry.content.build.sync import client

OK, UNKNOWN, USAGE = 0, 1, 2


def revoke(options: argparse.Namespace) -> int:
    """Revoke the digests, lift them, or list what was done; 1 when a digest is shown nowhere."""
    table = options.table or os.environ.get("CONTENT_TABLE") or f"consentry-{options.environment}-content"
    try:
        store = Published(client(options.endpoint_url), table)
        return _revoke(options, store) if options.digest else _list(options, store)
    except (ClientError, BotoCoreError) as error:
        _say(f"the table {table} does not answer: {error}; see --environment, --table and --endpoint-url, then repeat")
        return USAGE


def _revoke(options: argparse.Namespace, store: Published) -> int:
    if not options.reason:
        _say("--reason: say why, in at least ten characters; it is kept with the revocation")
        return USAGE
    where = store.where(options.digest)
    unknown = [digest for digest, places in where.items() if not places]
    if unknown and not options.lift:
        for digest in unknown:
            _say(f"{digest}: no release published in {options.environment} shows it; nothing was revoked")
        return UNKNOWN
    act = {"at": clock.rfc3339(clock.now_ms()), "actor": options.actor, "reason": options.reason}
    changed = store.revoke(options.digest, act, lift=options.lift)
    if options.json:
        said = {digest: [place._asdict() for place in places] for digest, places in where.items()}
        _out(json.dumps({"changed": changed, "shown": said}, ensure_ascii=False, indent=1))
        return OK
    for digest, places in where.items():
        done = "lifted" if options.lift else "revoked"
        state = done if digest in changed else f"was {'not revoked' if options.lift else done + ' already'}"
        _out(f"{digest}: {state}{_places(places)}")
    _out(f"the functions of {options.environment} know within a minute")
    return OK


def _places(places: list[Shown]) -> str:
    """``DE/promotional-email/1.de-DE`` once, however many releases show it."""
    shown: dict[str, list[str]] = {}
    for place in places:
        shown.setdefault(place.what, []).append(place.release)
    return "".join(f"\n  {what} in {', '.join(releases)}" for what, releases in sorted(shown.items()))


def _list(options: argparse.Namespace, store: Published) -> int:
    acts, revoked = store.acts(), sorted(store.revoked())
    if options.json:
        _out(json.dumps({"revoked": revoked, "acts": acts}, ensure_ascii=False, indent=1))
        return OK
    for act in acts:
        _out(f"{act['at']} {act['action']} {act['digest']} by {act['actor']}: {act['reason']}")
    _out(f"{len(revoked)} digests are revoked in {options.environment}")
    return OK


def _out(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
