#!/usr/bin/env python3
"""Proves the exercises themselves: each variant of a solution must fail in the cases that its first
line declares, and in no other, every time.

    // rejected by: never_more_than_fit, thread; perhaps: each_page_once

`thread` and `address` are the sanitizers. What stands after "perhaps" depends on luck, and may be
"anything"; something before it must not. CTest calls this (workshop/CMakeLists.txt).
"""
import argparse
import sys
from pathlib import Path

import cases
import verdict
from catalogue import DECLARATION, WORKSHOP, Exercise
from words import Speaker


def declared(path):
    """The cases that must fail, and those that may."""
    first = DECLARATION.match(path.read_text())
    must, _, may = (first[1] if first else "").partition("; perhaps: ")
    return {name for name in must.split(", ") if name}, {name for name in may.split(", ") if name}


def failed_once(exercise, variant, programs, sanitizers, bound_to):
    rows = verdict.judge(exercise, lambda sanitizer: programs / f"{variant}_{sanitizer}",
                         sanitizers, bound_to=bound_to)
    return {row.name: verdict.reason(row.outcome, Speaker("en")) for row in rows if not row.passed}


def prove_variant(exercise, path, programs, repeat):
    must, may = declared(path)
    is_solution = path == exercise.solution
    variant = f"{exercise.number}_{path.parent.name if path != exercise.start else 'start'}_{path.stem}"
    # A solution must hold with every sanitizer, and on a machine with one processor.
    sanitizers = [one for one in verdict.TOOLS if is_solution or one in must | may]
    for run in range(1, repeat + 1):
        failed = failed_once(exercise, variant, programs, sanitizers,
                             0 if is_solution and run % 2 == 0 else None)
        if not must <= failed.keys() or not ("anything" in may or failed.keys() <= must | may):
            print(f"run {run}: declared {sorted(must)}, perhaps {sorted(may)}; failed:")
            for name, why in failed.items():
                print(f"  {name}: {why}")
            return 1
    print(f"{repeat} of {repeat}: {', '.join(sorted(must)) or 'accepted'}")
    for name, why in failed.items():
        print(f"  {name}: {why}")
    return 0


def faults_of(exercise, programs):
    """What is wrong with the exercise as a whole."""
    solution = f"{exercise.number}_solution_{exercise.solution.stem}"
    for sanitizer, function in (("address", b"__asan_init"), ("thread", b"__tsan_init")):
        if function not in (programs / f"{solution}_{sanitizer}").read_bytes():
            yield f"the checker is built without the sanitizer: {sanitizer}"
    listed = {case["name"] for case in cases.list_cases(programs / f"{solution}_plain")}
    known = listed | set(exercise.sanitizers)
    variants = [exercise.start, *exercise.wrong()]
    rejected = {path: declared(path)[0] for path in variants}
    for path, names in rejected.items():
        if not names:
            yield f"{path.name} does not say what rejects it"
        for name in names - known:
            yield f"{path.name} names {name}, which is no case of the checker"
    for name in sorted(known - set().union(*rejected.values())):
        yield f"no variant is rejected by {name}"
    if len(exercise.wrong()) < 3:
        yield "fewer than three wrong solutions"
    if declared(exercise.solution)[0]:
        yield "the solution says that it is rejected"
    for name in sorted(known ^ exercise.hints.keys()):
        yield f"hints.json and the checker differ in {name}"
    texts = [exercise.title, exercise.goal]
    for name, hints in exercise.hints.items():
        texts += hints
        if len(hints) != 3:
            yield f"{name} has {len(hints)} hints, not 3"
    for text in texts:
        if not (text.get("en") and text.get("pt")) or text["en"] == text["pt"]:
            yield f"not in both languages: {text}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("exercise", type=Path)
    parser.add_argument("variant", nargs="?", help="a path in the exercise's folder; none: the whole")
    parser.add_argument("--programs", type=lambda path: Path(path).resolve(), required=True)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    exercise = Exercise(WORKSHOP / arguments.exercise)
    cases.adopt_orphans()
    try:
        if arguments.variant:
            return prove_variant(exercise, exercise.folder / arguments.variant, arguments.programs,
                                 arguments.repeat)
        faults = list(faults_of(exercise, arguments.programs))
        print("\n".join(faults))
        return 1 if faults else 0
    finally:
        cases.end_children()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
