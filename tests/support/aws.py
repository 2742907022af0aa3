"""AWS in process: moto, with transactions and resets whose cost does not grow with what the tables hold."""

import copy
from collections import defaultdict
from contextvars import ContextVar
from typing import Any, NamedTuple

from moto import mock_aws as mock_aws  # noqa: PLC0414 -- to be had from here alone
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table


class _Transaction(NamedTuple):
    keys: dict[str, list[dict[str, Any]]]
    """What it writes or checks, by table."""
    kept: dict[str, Table]


_running: ContextVar[_Transaction | None] = ContextVar("_running", default=None)
_write_all = DynamoDBBackend.transact_write_items


def _transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    # moto copies the whole table, once for each write, to restore it should a later write be refused.
    running = _Transaction(defaultdict(list), {})
    for operation in (operation for write in transact_items for operation in write.values()):
        running.keys[operation.get("TableName")].append(operation.get("Key") or operation.get("Item") or {})
    token = _running.set(running)
    try:
        _write_all(self, transact_items)
    finally:
        _running.reset(token)


def _copied(table: Table, memo: dict[int, Any]) -> Table:
    """Within a transaction the table once, with copies of the items concerned: an update changes them in place."""
    running, made = _running.get(), copy.copy(table)
    if running is None or table.stream_shard is not None:
        vars(made).update(copy.deepcopy(vars(table), memo))
        return made
    if table.name in running.kept:
        return running.kept[table.name]
    entries = {key: dict(value) if table.has_range_key else value for key, value in table.items.items()}
    made.items = defaultdict(dict, entries)
    for key in running.keys[table.name]:
        if not set(table.table_key_attrs) <= key.keys():
            continue  # refused later
        first, *second = (DynamoType(key[name]) for name in table.table_key_attrs)
        held = made.items[first] if second and first in made.items else made.items
        last = second[0] if second else first
        if last in held:
            held[last] = copy.deepcopy(held[last])
    running.kept[table.name] = made
    return made


DynamoDBBackend.transact_write_items = _transact  # type: ignore[method-assign]
Table.__deepcopy__ = _copied  # type: ignore[attr-defined]


def empty(*tables: str) -> None:
    """Remove every item, behind the API: reading and deleting them one by one takes longer than a test."""
    for region in (region for account in dynamodb_backends.values() for region in account.values()):
        for name in region.tables.keys() & set(tables):
            region.tables[name].items.clear()
