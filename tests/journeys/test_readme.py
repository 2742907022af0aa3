"""What the README and the front-end guide show is what one gets: the calls with their outputs, addresses, sizes."""

import copy
import gzip
import json
import re
import shlex
import uuid
from pathlib import Path
from typing import Any

import brotli
import pytest

from support.serving import ROOT, Answer, Serve, Visitor

README = (ROOT / "README.md").read_text("utf-8")
BASE = "http://127.0.0.1:8080"
SHOWN = [block for block in re.findall(r"^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) if "curl" in block]
REFUSED = re.findall(r'^(4\d\d)\n(\{"type".*?\})\n(?=\n|```)', README, re.MULTILINE | re.DOTALL)


def as_shown(shown: str, real: str) -> bool:
    """``real`` is ``shown`` without its blanks; ``…`` stands for anything, in a string for anything up to its end."""
    pattern = ""
    for string, rest in re.findall(r'("[^"]*")|([^"]+)', shown):
        anything = '[^"]+' if string else ".+"
        pattern += anything.join(map(re.escape, (string or re.sub(r"\s", "", rest)).split("…")))
    return re.fullmatch(pattern, real, re.DOTALL) is not None


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Reader:
    """Follows the README: what it leaves out comes from the documents and from the replies so far."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.token = ""
        self.first: dict[str, Any] = {}

    def call(self, command: str) -> Answer:
        words = shlex.split(command.replace("\\\n", " "))
        (address,) = (word for word in words if word.startswith(BASE))
        named = [words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H"]
        headers = {name.replace("-", "_"): self._said(value) for name, value in named}
        path = address.removeprefix(BASE)
        if "-d" in words:
            return self.visitor.post(path, self._whole(words[words.index("-d") + 1]), **headers)
        return self.visitor.send(words[words.index("-X") + 1] if "-X" in words else "GET", path, None, **headers)

    def _said(self, value: str) -> str:
        if value.startswith("Bearer"):
            assert as_shown(json.dumps(value, ensure_ascii=False), json.dumps(f"Bearer {self.token}"))
            return f"Bearer {self.token}"
        return value.replace(BASE, self.visitor.origin)

    def _whole(self, shown: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(shown)
        document = self.visitor.fetch("hcp-webinar", body["market"], body["locale"])
        digests = {each["id"]: each["digest"] for each in document["stages"][0]["statements"]}
        body |= {"release": document["release"], "projection": document["digest"]}
        body["notice"]["digest"] = document["notice"]["digest"]
        for consent in body["consents"]:
            consent["digest"] = digests[consent["statement"]]
        assert as_shown(shown, compact(body)), compact(body)
        self.first = body
        return body


def test_the_calls_and_their_outputs(visitor: Visitor) -> None:
    reader = Reader(visitor)
    assert len(SHOWN) == 3
    for block in SHOWN:
        ((command, status, output),) = re.findall(r"^\$ (.*?)\n(?:\n(\d+)\n)?(\{\"(?:form|sub).*)", block, re.DOTALL)
        answer = reader.call(command)
        assert answer.status == int(status or 200), answer.body
        assert as_shown(output, answer.body.decode()), answer.body.decode()
        reader.token = answer.json.get("profile_token", reader.token)

    without, elsewhere = copy.deepcopy(reader.first), copy.deepcopy(reader.first)
    del without["answers"]["email"]
    elsewhere["answers"]["country"] = "JP"
    assert [status for status, _ in REFUSED] == ["422", "409"]
    for body, (status, output) in zip((without, elsewhere), REFUSED, strict=True):
        refused = visitor.post("/v1/forms/hcp-webinar/submissions", body, Idempotency_Key=uuid.uuid4().hex)
        assert refused.status == int(status)
        assert as_shown(output, refused.body.decode()), refused.body.decode()


def test_what_serve_prints(served: Serve, content_root: Path) -> None:
    def plain(text: str) -> str:
        """Numbers, folder and release are another machine's."""
        text = re.sub(r"release r\w*…", "release r…", text.replace(f"{content_root}/", ""))
        return re.sub(r"\d+(\.\d+)?", "#", text).strip()

    (block,) = re.findall(r"^```\n(consentry is ready.*?)^```$", README, re.MULTILINE | re.DOTALL)
    said = "".join(served.said)
    assert plain(block) == plain(said[said.index("consentry is ready") :])


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (("consentry-form.js", "consentry-form-words.js"), r"(\d+) KB \((\d+) KB gzip, (\d+) KB Brotli\)"),
        (("consentry-form.css",), r"of (\d+) KB \((\d+) KB gzip\)"),
    ],
)
def test_the_guide_tells_the_size_of_the_element(names: tuple[str, ...], pattern: str) -> None:
    guide = (ROOT / "docs" / "front-end-guide.md").read_text("utf-8")
    files = [(ROOT / "web" / name).read_bytes() for name in names]
    packed = (bytes, gzip.compress, brotli.compress)
    sizes = [round(sum(len(pack(file)) for file in files) / 1000) for pack in packed]
    (told,) = re.findall(pattern, guide)
    assert [int(size) for size in told] == sizes[: len(told)]
