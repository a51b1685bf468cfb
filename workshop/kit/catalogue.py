"""The exercises, as their folders tell, and what a learner has done with them (in my/)."""
import hashlib
import json
import re
import shutil
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKSHOP = ROOT / "workshop"
MY = ROOT / "my"
DECLARATION = re.compile(r"// rejected by: (.*)\n")


class Exercise:
    """02b: workshop/02b_bounded_queue, with exercise.json, hints.json, the start file, check.cpp,
    solution/ and wrong/."""

    def __init__(self, folder):
        self.folder = folder
        self.number = folder.name[:3]
        about = json.loads((folder / "exercise.json").read_text())
        self.title, self.goal = about["title"], about["goal"]
        self.minutes, self.file = about["minutes"], about["file"]
        self.sanitizers = about["sanitizer"].split()
        self.hints = json.loads((folder / "hints.json").read_text())
        self.start = folder / self.file
        self.solution = folder / "solution" / self.file
        self.opened = MY / self.number / self.file

    def wrong(self):
        return sorted((self.folder / "wrong").glob("*" + self.start.suffix))

    def begin(self):
        self.opened.parent.mkdir(parents=True, exist_ok=True)
        self.opened.write_text(DECLARATION.sub("", self.start.read_text(), count=1))

    def keep_backup(self):
        """Moves the learner's file aside; where it is now."""
        backup = self.opened.with_name(f"{self.file}.{time.strftime('%Y%m%d-%H%M%S')}")
        number = 1
        while backup.exists():
            number += 1
            backup = backup.with_name(f"{backup.name}-{number}")
        shutil.move(self.opened, backup)
        return backup


def exercises():
    return [Exercise(file.parent) for file in sorted(WORKSHOP.glob("[0-9]*/exercise.json"))]


def hash_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Progress:
    """What passed and what failed last, by exercise: my/progress.json."""

    def __init__(self):
        self.path = MY / "progress.json"
        try:
            self.known = json.loads(self.path.read_text())
        except (OSError, ValueError):
            self.known = {}  # nothing is lost but the marks: the learner's files tell the rest

    def of(self, exercise):
        return self.known.setdefault(exercise.number, {})

    def save(self):
        MY.mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.known, indent=1) + "\n")

    def has_passed(self, exercise):
        return (exercise.opened.exists() and
                self.of(exercise).get("passed") == hash_of(exercise.opened))

    def checked(self, exercise, failed):
        """Remembers the first row that failed, with its title in both languages; None: all passed."""
        mine = self.of(exercise)
        failure = failed and {"name": failed.name, "title": failed.title}
        if failure is None:
            mine["passed"] = hash_of(exercise.opened)
        if mine.get("failure") != failure:
            mine["hints"] = 0
        mine["failure"] = failure
        self.save()

    def next_hint(self, exercise, most):
        """The level of the hint to show now, from 0."""
        mine = self.of(exercise)
        level = min(mine.get("hints", 0), most - 1)
        mine["hints"] = level + 1
        self.save()
        return level
