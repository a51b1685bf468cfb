#!/usr/bin/python3
"""Checks the texts of this repository. CONTRIBUTING.md says what must hold."""

import argparse
import sys
from pathlib import Path

import console
import rules
import translations
from pages import Repository


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", nargs="*", metavar="README", help="run the commands that these "
                        "pages show, in clean copies; none: check the texts, and run all pages'")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="pages run at once")
    parser.add_argument("--show", action="store_true", help="print the blocks with what came")
    parser.add_argument("--record", action="store_true",
                        help="record that both languages of every section say the same")
    parser.add_argument("--no-change-needed", action="append", default=[], metavar="FILE#HEADING",
                        help="record, and this section changed in one language only, rightly")
    return parser.parse_args()


def problems_of(chosen, repository):
    if chosen.record or chosen.no_change_needed:
        yield from translations.record(repository, chosen.no_change_needed)
        return
    for page in [] if chosen.run else repository.pages():
        for rule in (*rules.OF_A_PAGE, console.check_blocks):
            yield from rule(page, repository)
    for rule in [] if chosen.run else (*rules.OF_ALL_PAGES, translations.check_translations):
        yield from rule(repository)
    if chosen.run is not None:
        pages = [repository.page(path) for path in chosen.run] or repository.pages()
        yield from console.run_pages(pages, repository, chosen.jobs, chosen.show)


def main():
    count, repository = 0, Repository(Path(__file__).parents[2])
    for count, problem in enumerate(problems_of(arguments(), repository), 1):
        print(problem, flush=True)
    print(f"{count} problems" if count else "no problem found")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
