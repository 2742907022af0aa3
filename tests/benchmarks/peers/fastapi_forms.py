"""The read function as FastAPI and Mangum would have it: the same routes over the same compiled release."""

import json
import os
from pathlib import Path

from fastapi import FastAPI, Header, HTTPException, Query, Response
from mangum import Mangum
from pydantic import BaseModel

ROOT = Path(os.environ["CONTENT_DIR"])
INDEX = json.loads((ROOT / "index.json").read_bytes())
SUFFIX = {"br": ".br", "gzip": ".gz", "": ""}
app = FastAPI(title="forms")
documents = {}


class Fallback(BaseModel):
    key: str
    locale: str


class Alternate(BaseModel):
    locale: str
    name: str
    document: str
    digest: str


class Pointer(BaseModel):
    form: str
    market: str
    locale: str
    dir: str
    release: str
    state: str
    dialect: str
    document: str
    digest: str
    fallbacks: list[Fallback]
    alternates: list[Alternate]


class Locale(BaseModel):
    locale: str
    name: str
    forms: list[str]


class Place(BaseModel):
    country: str
    region: str | None


class Market(BaseModel):
    market: str
    name: str
    place: Place
    locales: list[Locale]
    forms: list[str]


class Markets(BaseModel):
    markets: list[Market]


class Health(BaseModel):
    status: str
    release: str


def choose(accept: str | None, offered: list[str]) -> str:
    """The first language range that names or begins an offered tag."""
    for item in (accept or "").lower().split(","):
        wanted = item.partition(";")[0].strip()
        for tag in offered:
            if wanted and tag.lower().startswith(wanted):
                return tag
    return offered[0]


@app.get("/v1/health")
async def health() -> Health:
    return Health(status="ok", release=INDEX["release"])


@app.get("/v1/markets")
async def markets(accept_language: str | None = Header(None)) -> Markets:
    locale = choose(accept_language, list(next(iter(INDEX["markets"].values()))["names"]))
    return Markets(
        markets=[
            Market(
                market=market,
                name=entry["names"][locale],
                place=entry["place"],
                locales=[
                    Locale(
                        locale=tag,
                        name=INDEX["languages"][tag],
                        forms=[
                            name
                            for name, form in INDEX["forms"].items()
                            if tag in form["markets"].get(market, {"locales": ()})["locales"]
                        ],
                    )
                    for tag in entry["locales"]
                ],
                forms=[name for name, form in INDEX["forms"].items() if market in form["markets"]],
            )
            for market, entry in INDEX["markets"].items()
        ]
    )


@app.get("/v1/forms/{form}")
async def pointer(
    form: str,
    market: str = Query(max_length=20),
    locale: str | None = None,
    dialect: str = "consentry",
    accept_language: str | None = Header(None),
) -> Pointer:
    entry = INDEX["forms"].get(form, {}).get("markets", {}).get(market)
    if entry is None:
        raise HTTPException(404)
    chosen = choose(locale or accept_language, entry["locales"])
    release = INDEX["release"]

    def at(tag: str) -> dict[str, str]:
        path = f"/v1/forms/{form}/projections/{release}/{market}/{tag}/{dialect}.json"
        return {"document": path, "digest": entry["documents"][tag][dialect]["digest"]}

    return Pointer(
        form=form,
        market=market,
        locale=chosen,
        dir=INDEX["directions"].get(chosen, "ltr"),
        release=release,
        state="current",
        dialect=dialect,
        fallbacks=entry["fallbacks"].get(chosen, []),
        alternates=[Alternate(locale=tag, name=INDEX["languages"][tag], **at(tag)) for tag in entry["locales"]],
        **at(chosen),
    )


@app.get("/v1/forms/{form}/projections/{release}/{market}/{locale}/{dialect}.json")
async def projection(
    form: str,
    release: str,
    market: str,
    locale: str,
    dialect: str,
    accept_encoding: str = Header(""),
    if_none_match: str = Header(""),
) -> Response:
    digest = INDEX["documents"].get(f"{release}/{form}/{market}/{locale}/{dialect}")
    if digest is None:
        raise HTTPException(404)
    encoding = next((name for name in ("br", "gzip") if name in accept_encoding), "")
    etag = f'"{digest}-{encoding}"' if encoding else f'"{digest}"'
    if etag in if_none_match:
        return Response(status_code=304)
    file = ROOT / f"documents/{release}/{form}/{market}/{locale}/{dialect}.json{SUFFIX[encoding]}"
    data = documents.get(file)
    if data is None:
        data = documents[file] = file.read_bytes()
    headers = {"etag": etag, "cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
    if encoding:
        headers["content-encoding"] = encoding
    return Response(data, media_type="application/json", headers=headers)


handler = Mangum(app, lifespan="off")
