"""A section that changes in one language only is noticed, by hashes of both texts."""

import hashlib

from pages import HALVES

RECORD = "tests/documentation/translations.txt"
COMMAND = "python3 tests/documentation/check.py"


def sections_of(repository):
    """{(hash of the English text, hash of the Portuguese one, "README.md#Heading"): line}"""
    sections = {}
    for page in repository.readmes():
        for (heading, line, english), (_, _, portuguese) in zip(*map(page.sections, HALVES)):
            hashes = (hashlib.sha256(f"{page.path} {text}".encode()).hexdigest()[:16]
                      for text in (english, portuguese))
            sections[(*hashes, f"{page.path}#{heading}")] = line
    return sections


def changes_in(repository):
    """(the record as it is, as it should be, {a section changed in one language only: why})."""
    now = sections_of(repository)
    before = (repository.root / RECORD).read_text("utf-8")
    known = set(before.split())
    problems = {}
    for (english, portuguese, name), line in now.items():
        if (english in known) != (portuguese in known):
            page, _, heading = name.partition("#")
            one, other = ("Portuguese", "English")[::1 if english in known else -1]
            problems[name] = (
                f"{page}:{line}: section '{heading}' changed in {one} only: change the {other} "
                f"too, or declare:\n    {COMMAND} --no-change-needed \"{name}\"")
    return before, "".join(" ".join(section) + "\n" for section in now), problems


def check_translations(repository):
    before, now, problems = changes_in(repository)
    yield from problems.values()
    changed = sorted(set(before.splitlines()) ^ set(now.splitlines()))
    if changed and not problems:
        names = ", ".join(sorted({line.split(" ", 2)[2] for line in changed}))
        yield f"{RECORD}:1: new, gone or changed in both languages: {names}. Record it:\n" \
              f"    {COMMAND} --record"


def record(repository, no_change_needed):
    """The problems because of which nothing is recorded."""
    _, now, problems = changes_in(repository)
    refusals = [problem for name, problem in problems.items() if name not in no_change_needed]
    refusals += [f"'{name}' did not change in one language only" for name in no_change_needed
                 if name not in problems]
    if not refusals:
        (repository.root / RECORD).write_text(now, "utf-8")
    return refusals
