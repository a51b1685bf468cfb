"""A section that changes in one language only is noticed, by hashes of both texts."""

import hashlib

from pages import HALVES

RECORD = "tests/documentation/translations.txt"
COMMAND = "python3 tests/documentation/check.py"


def compare_with_record(repository):
    """(the record as it is, as it should be, {a section changed in one language only: why})."""
    before, now, problems = (repository.root / RECORD).read_text("utf-8"), "", {}
    known = set(before.split())
    for page in repository.readmes():
        for (heading, line, english), (_, _, portuguese) in zip(*map(page.sections, HALVES)):
            name = f"{page.path}#{heading}"
            hashes = [hashlib.sha256(f"{page.path} {text}".encode()).hexdigest()[:16]
                      for text in (english, portuguese)]
            now += f"{hashes[0]} {hashes[1]} {name}\n"
            if (hashes[0] in known) != (hashes[1] in known):
                one, other = ("Portuguese", "English")[::1 if hashes[0] in known else -1]
                problems[name] = page.problem(
                    line, f"section '{heading}' changed in {one} only: change the {other} too, or "
                    f"declare:\n    {COMMAND} --no-change-needed \"{name}\"")
    return before, now, problems


def check_translations(repository):
    before, now, problems = compare_with_record(repository)
    yield from problems.values()
    changed = {line.split(" ", 2)[2] for line in {*before.splitlines()} ^ {*now.splitlines()}}
    if changed and not problems:
        yield (f"{RECORD}:1: new, gone or changed in both languages: {', '.join(sorted(changed))}. "
               f"Record it:\n    {COMMAND} --record")


def record(repository, no_change_needed):
    """The problems because of which nothing is recorded."""
    _, now, problems = compare_with_record(repository)
    refusals = [problem for name, problem in problems.items() if name not in no_change_needed]
    refusals += [f"'{name}' did not change in one language only"
                 for name in no_change_needed if name not in problems]
    if not refusals:
        (repository.root / RECORD).write_text(now, "utf-8")
    return refusals
