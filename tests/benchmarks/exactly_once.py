"""The fault run: nothing captured is lost, nothing is torn, and what leaves twice is recognisably the same.

Clients post through worker processes of the real runtime client. AWS calls are throttled, refused, timed out before
and after they were carried out; workers are killed throughout; clients send the same key again, after failures and
for no reason, now and then twice at once. Afterwards the outbox is drained and the tables and the queue are counted.
"""

import asyncio
import contextlib
import json
import logging
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import ground
from benchmarks.faults import KINDS
from benchmarks.report import Figure, figure
from benchmarks.runtime_api import InvocationError, Program, RuntimeApi, end
from consentry.base.aws import values
from consentry.base.canonical import digest
from consentry.local import loops
from support.serving import submission

TESTS = Path(__file__).parents[1]
PATIENCE_SECONDS = 20.0
ATTEMPTS = 40
"""How often a client tries before the run counts as failed."""


class Plan(NamedTuple):
    """How much of what. ``kills_per_second`` is of all workers together."""

    submissions: int = 5000
    clients: int = 16
    workers: int = 6
    fault_rate: float = 0.05
    kills_per_second: float = 1.0
    repeated: float = 0.2
    """Share of the accepted that are sent again."""
    twice_at_once: float = 0.05
    continued: float = 0.1
    """Share of the accepted that answer the profile stage too."""
    outbox: bool = True


class Outcome(NamedTuple):
    """What was counted, and what the clients went through."""

    accepted: int
    continued: int
    leads: int
    event_sets: int
    messages_due: int
    messages: int
    on_the_wire: int
    lost: int
    torn: list[str]
    differing: int
    """Keys that got two acknowledgements that were not the same bytes."""
    retries: int
    kills: int
    faults: dict[str, int]
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether every count is the same and nothing is lost or torn."""
        counts = {self.accepted, self.leads, self.event_sets}
        even = len(counts) == 1 and self.messages == self.messages_due
        return even and not (self.lost or self.torn or self.differing)


class Worker:
    """One process behind a Runtime API of its own, so that killing it loses exactly what it had in hand."""

    def __init__(self, program: Program, log: Path) -> None:
        self._program = program
        self._log = log

    async def start(self) -> None:
        """Spawn it; the process it replaces, if any, is killed with what it was doing."""
        before = getattr(self, "_api", None), getattr(self, "_process", None)
        self._api = await RuntimeApi().__aenter__()
        self._process = self._program.start(self._api.address, self._log)
        await self._end(*before)

    async def stop(self) -> None:
        """Kill it for good."""
        await self._end(self._api, self._process)

    @staticmethod
    async def _end(api: RuntimeApi | None, process: Any) -> None:
        if api and process:
            end(process)
            api.abandon("killed")
            await api.__aexit__()

    async def invoke(self, event: dict[str, Any]) -> Any:
        """The handler's answer.

        Raises:
            InvocationError: it was killed, or does not answer.
        """
        try:
            return json.loads(await asyncio.wait_for(self._api.invoke(json.dumps(event).encode()), PATIENCE_SECONDS))
        except TimeoutError:
            await self.start()
            raise InvocationError("no answer") from None


class Pool:
    """A function's workers."""

    def __init__(self, members: list[Worker]) -> None:
        self.members = members
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        for worker in members:
            self._free.put_nowait(worker)

    async def invoke(self, event: dict[str, Any]) -> Any:
        """The answer of whichever worker is free first."""
        worker = await self._free.get()
        try:
            return await worker.invoke(event)
        finally:
            self._free.put_nowait(worker)


@contextlib.asynccontextmanager
async def pool(program: Program, count: int, log: Path) -> AsyncIterator[Pool]:
    """``count`` workers of a function, ended at the end."""
    members = [Worker(program, log) for _ in range(count)]
    try:
        for worker in members:
            await worker.start()
        yield Pool(members)
    finally:
        for worker in members:
            await worker.stop()


class Clients:
    """Everybody who posts, and what they were told."""

    def __init__(self, plan: Plan, document: dict[str, Any], submit: Pool, profile: Pool, seed: int) -> None:
        self._plan = plan
        self._document = document
        self._pools = {"submit": submit, "profile": profile}
        self._random = random.Random(seed)
        self.told: dict[str, set[str]] = {}
        """Key to the acknowledgements it got, bytes and all."""
        self.continued = 0
        self.retries = 0
        self.duplicates = 0

    async def run(self) -> None:
        """All submissions, by as many clients at once as planned."""
        numbers: Iterator[int] = iter(range(self._plan.submissions))

        async def client() -> None:
            for number in numbers:
                await self._visit(number)

        await asyncio.gather(*(client() for _ in range(self._plan.clients)))

    async def _visit(self, number: int) -> None:
        choose = self._random.random
        body = ground.body(self._document, number, given=choose() < 0.3)
        event = ground.post_event(body)
        again = 1 + (choose() < self._plan.twice_at_once)
        first, *_ = await asyncio.gather(*(self._insist("submit", event) for _ in range(again)))
        if choose() < self._plan.repeated:
            self.duplicates += 1
            await self._insist("submit", event)
        if choose() < self._plan.continued:
            self.continued += 1
            await self._insist("profile", self._later(number, json.loads(first)["profile_token"]))

    def _later(self, number: int, token: str) -> dict[str, Any]:
        body = submission(self._document, 1, ground.SITE, f"person-{number}@praxis.example.com", given=bool(number % 2))
        headers = {**ground.post_headers(), "authorization": f"Bearer {token}"}
        return ground.event("POST", "/v1/profile/answers", headers, ground.written(body))

    async def _insist(self, function: str, event: dict[str, Any]) -> str:
        """Send until acknowledged, always with the same key."""
        key = f"{function} {event['headers']['idempotency-key']}"
        for attempt in range(ATTEMPTS):
            if attempt:
                self.retries += 1
                await asyncio.sleep(self._random.uniform(0.01, 0.2))
            try:
                answer = await self._pools[function].invoke(event)
            except InvocationError:
                continue
            if answer["statusCode"] == 201:
                self.told.setdefault(key, set()).add(answer["body"])
                return str(answer["body"])
            if answer["statusCode"] not in (500, 503):
                raise AssertionError(f"{answer['statusCode']}: {answer['body']}")
        raise AssertionError(f"{key}: given up after {ATTEMPTS} attempts")


async def _kill(pools: list[Pool], per_second: float, ending: asyncio.Event, seed: int) -> int:
    """Kill a worker at random moments until the end; how many."""
    chance = random.Random(seed)
    members = [worker for each in pools for worker in each.members]
    killed = 0
    while per_second:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), chance.expovariate(per_second))
        if ending.is_set():
            break
        await chance.choice(members).start()
        killed += 1
    return killed


@contextlib.asynccontextmanager
async def _doorbell(cloud: ground.Cloud, outbox: Pool) -> AsyncIterator[None]:
    """The event source of leads' stream, as the one-machine stack polls it, before worker processes that may die."""
    loop = asyncio.get_running_loop()

    def handler(event: dict[str, Any], _context: object) -> Any:
        return asyncio.run_coroutine_threadsafe(outbox.invoke(event), loop).result()

    told = logging.getLogger("consentry.local.loops")
    told.addHandler(logging.NullHandler())  # killed workers are expected here
    told.propagate = False
    stop = threading.Event()
    source = next(each for each in cloud.stack.streams if "outbox" in each.handler)
    clients = (ground.client("dynamodb", cloud.endpoint), ground.client("dynamodbstreams", cloud.endpoint))
    table = cloud.stack.tables[source.table].name
    poller = loops.StreamLoop(source, table, loops.Worker("leads-outbox", handler), clients, stop, lambda _: None)
    poller.start()
    try:
        yield
    finally:
        stop.set()
        poller.wake.set()
        told.propagate = True
        await asyncio.to_thread(poller.join, PATIENCE_SECONDS)


async def _drain(cloud: ground.Cloud, outbox: Pool) -> None:
    """Sweep until no lead is pending."""
    for _ in range(ATTEMPTS):
        with contextlib.suppress(InvocationError):
            await outbox.invoke({"sweep": 60})
        if not any("pending" in lead for lead in cloud.table("leads")):
            return
    raise AssertionError("outboxes are not empty")


def _messages(cloud: ground.Cloud) -> list[tuple[str, int]]:
    """(lead_id, sequence) of everything on ``captured``; taken off it."""
    sqs = ground.client("sqs", cloud.endpoint)
    url = cloud.environment["CAPTURED_QUEUE_URL"]
    found: list[tuple[str, int]] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in batch:
            data = json.loads(message["Body"])["data"]
            found.append((data["lead_id"], data["sequence"]))
        entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(batch)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return found


def torn(tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Every lead whose parts do not all belong together: head, key, identity, requests, an unbroken chain of events."""
    faults = []
    heads = {row["subject_ref"]: row for row in tables["subjects"]}
    keys = Counter(row["subject_ref"] for row in tables["keys"])
    identities = Counter(row["subject_ref"] for row in tables["identities"])
    requests = Counter(row["lead_id"] for row in tables["requests"])
    events: dict[str, list[dict[str, Any]]] = {}
    for row in tables["consents"]:
        events.setdefault(row["subject_ref"], []).append(row)
    owners = {row["subject_ref"] for row in tables["leads"]}
    for name, refs in (("head", heads), ("key", keys), ("identity", identities), ("event", events)):
        faults += [f"{ref}: {name} without a lead" for ref in refs if ref not in owners]
    for lead in tables["leads"]:
        ref = lead["subject_ref"]
        if ref not in heads or keys[ref] != 1 or identities[ref] != 1:
            faults.append(f"{ref}: head, key or identity is missing")
            continue
        if requests[lead["lead_id"]] != len(lead["stages"]):
            faults.append(f"{ref}: {requests[lead['lead_id']]} requests for {len(lead['stages'])} stages")
        previous, count = None, 0
        for row in sorted(events.get(ref, []), key=lambda row: json.loads(row["body"])["subject_seq"]):
            record = json.loads(row["body"])
            count += 1
            if (record["subject_seq"], record["prev_event_digest"]) != (count, previous):
                faults.append(f"{ref}: the chain breaks at event {count}")
            if digest(row["body"]) != row["record_digest"] or record["lead_id"] != lead["lead_id"]:
                faults.append(f"{ref}: event {count} is not what its digest says")
            previous = row["record_digest"]
        if (heads[ref]["seq"], heads[ref]["last_digest"]) != (count, previous):
            faults.append(f"{ref}: the head is at {heads[ref]['seq']}, the chain at {count}")
    return faults


async def run(content: ground.Content, cloud: ground.Cloud, plan: Plan, seed: int = 1) -> Outcome:
    """Carry out ``plan`` and count."""
    folder = ground.BUILD / "faults"
    folder.mkdir(parents=True, exist_ok=True)
    fault_log, worker_log = folder / "faults.log", folder / "workers.log"
    for path in (fault_log, worker_log):
        path.unlink(missing_ok=True)

    def program(function: str) -> Program:
        base = ground.write_function(content, cloud.environment)
        faults = {"FUNCTION": function, "FAULT_RATE": str(plan.fault_rate), "FAULT_LOG": str(fault_log)}
        environment = {**base.environment, **faults, "POWERTOOLS_METRICS_NAMESPACE": "consentry"}
        return Program("benchmarks.faulty.handler", (TESTS, *base.path), environment)

    began = time.perf_counter()
    few = max(1, plan.workers // 3)
    ending = asyncio.Event()
    async with (
        pool(program("submissions-submit"), plan.workers, worker_log) as submit,
        pool(program("submissions-profile"), few, worker_log) as profile,
        pool(program("leads-outbox"), few if plan.outbox else 0, worker_log) as outbox,
    ):
        clients = Clients(plan, content.document(), submit, profile, seed)
        killer = asyncio.create_task(_kill([submit, profile, outbox], plan.kills_per_second, ending, seed))
        async with _doorbell(cloud, outbox) if plan.outbox else contextlib.nullcontext():
            await clients.run()
        ending.set()
        kills = await killer
        if plan.outbox:
            await _drain(cloud, outbox)
    seconds = time.perf_counter() - began
    log = fault_log.read_text("ascii") if fault_log.is_file() else ""
    return _count(cloud, plan, clients, kills, {KINDS[kind]: count for kind, count in Counter(log).items()}, seconds)


def _count(
    cloud: ground.Cloud, plan: Plan, clients: Clients, kills: int, faults: dict[str, int], seconds: float
) -> Outcome:
    names = ("consents", "subjects", "identities", "keys", "leads", "requests")
    tables = {name: [values(row) for row in cloud.table(name)] for name in names}
    accepted = {key for key in clients.told if key.startswith("submit ")}
    told = {json.loads(next(iter(bodies)))["submission_id"] for bodies in clients.told.values()}
    kept = {json.loads(row["acknowledgement"])["submission_id"] for row in tables["requests"]}
    due = {(lead["lead_id"], number) for lead in tables["leads"] for number in range(1, lead["sequence"] + 1)}
    wire = _messages(cloud) if plan.outbox else []
    return Outcome(
        accepted=len(accepted),
        continued=clients.continued,
        leads=len(tables["leads"]),
        event_sets=len({json.loads(row["body"])["lead_id"] for row in tables["consents"]}),
        messages_due=len(due) if plan.outbox else 0,
        messages=len(set(wire) & due) if set(wire) <= due else -1,
        on_the_wire=len(wire),
        lost=len(told - kept) + (len(due - set(wire)) if plan.outbox else 0),
        torn=torn(tables),
        differing=sum(len(bodies) > 1 for bodies in clients.told.values()),
        retries=clients.retries,
        kills=kills,
        faults=faults,
        seconds=seconds,
    )


class Race(NamedTuple):
    """Many posts with one key at once."""

    posts: int
    acknowledgements: int
    """Distinct ones."""
    leads: int
    events: int


async def one_key(content: ground.Content, cloud: ground.Cloud, posts: int = 100, workers: int = 8) -> Race:
    """``posts`` posts with one key and body at once."""
    before = len(cloud.table("leads")), len(cloud.table("consents"))
    event = ground.post_event(ground.body(content.document(), given=True), uuid.uuid4().hex)
    log = ground.BUILD / "faults" / "race.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    async with pool(ground.write_function(content, cloud.environment), workers, log) as submit:
        # Everybody is up before the race, so that the first posts do not queue behind a cold start.
        await asyncio.gather(*(worker.invoke({**event, "headers": {}}) for worker in submit.members))

        async def post() -> str:
            for _ in range(ATTEMPTS):
                answer = await submit.invoke(event)
                if answer["statusCode"] == 201:
                    return str(answer["body"])
                assert answer["statusCode"] == 503, answer
            raise AssertionError("given up")

        told = await asyncio.gather(*(post() for _ in range(posts)))
    after = len(cloud.table("leads")), len(cloud.table("consents"))
    return Race(len(told), len(set(told)), after[0] - before[0], after[1] - before[1])


def figures(name: str, outcome: Outcome) -> list[Figure]:
    """The outcome as lines of the report."""
    went = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.faults.items()))
    note = (
        f"accepted {outcome.accepted} = leads {outcome.leads} = event sets {outcome.event_sets}; profile answers "
        f"{outcome.continued}; messages due {outcome.messages_due} = distinct on the queue {outcome.messages} "
        f"({outcome.on_the_wire} on the wire); {outcome.retries} retries, {outcome.kills} workers killed; "
        f"calls that failed: {went}; {outcome.seconds:.0f} s"
    )
    wrong = outcome.lost + len(outcome.torn) + outcome.differing
    made = figure(f"{name}: lost, torn or told differently", wrong, "of all", at_most=0, note=note)
    return [made._replace(ok=outcome.exact)]
