"""``consentry glossary export``: the glossary as a file of another tool."""

import argparse
import sys

from consentry.glossary.build.library import load
from consentry.glossary.build.saying import OK, refuse, tell
from consentry.glossary.exchange import api, tags


def command(options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    unknown = [locale for locale in options.locale if tags.canonical(locale) is None]
    if unknown:
        return refuse("export", f"“{unknown[0]}” is no language tag; write one such as de, de-CH or zh-Hant")
    library = load(options.root)
    if not library.files:
        return refuse("export", f"no concepts in {options.root / 'glossary/concepts'}; name the folder with --root")
    try:
        done = api.export(library.files, options.format, locales=options.locale, states=options.state)
        if options.output is None:
            sys.stdout.buffer.write(done.data)
            sys.stdout.buffer.flush()
        else:
            options.output.write_bytes(done.data)
    except api.CannotExport as error:
        return refuse("export", f"{error}, for example --locale de")
    except OSError as error:
        return refuse("export", error)
    for finding in library.findings:
        tell(f"left out: {finding.file}:{finding.line}: {finding.message}")
    for note in done.notes:
        tell(note)
    count = f"{done.concepts} concept{'' if done.concepts == 1 else 's'}"
    tell(f"{count} in {options.output}" if options.output else count)
    return OK
