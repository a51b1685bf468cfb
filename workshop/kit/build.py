"""Builds a checker with one solution. CMake does the work; this asks for it and reads the answer."""
import os
import re
import subprocess
from dataclasses import dataclass

from catalogue import ROOT

BUILD = ROOT / "build" / "release"
ERROR = re.compile(r"^(.*?):(\d+):\d+: (?:fatal )?error: (.*)$", re.M)


class CannotBuild(Exception):
    """The build itself does not work on this machine; the text is what it said."""


@dataclass
class CompilerError:
    place: str  # my/02b/queue.hpp:31
    text: str
    more: int   # further errors


def run(command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})


def configure():
    """So that CMake and an editor know the exercises that have been started."""
    result = run(["cmake", "--preset", "release"])
    if result.returncode != 0:
        raise CannotBuild(result.stderr.strip())


def checker(exercise, sanitizer):
    return BUILD / "workshop" / f"check_{exercise.number}_{sanitizer}"


def first_error(output):
    errors = ERROR.findall(output)
    if not errors:
        return None
    path, line, text = errors[0]
    # What is wrong in a library's header was caused by the line of the learner that it names.
    asked = re.findall(rf"({re.escape(str(ROOT))}/my/\S+?):(\d+):\d+:   required from", output)
    if asked and "/my/" not in path:
        path, line = asked[0]
    return CompilerError(f"{path.removeprefix(str(ROOT) + '/')}:{line}", text, len(errors) - 1)


def build(exercise):
    """None when it is built, the compiler's error when the learner's file does not compile."""
    targets = [checker(exercise, sanitizer).name for sanitizer in ["plain", *exercise.sanitizers]]
    result = run(["cmake", "--build", "--preset", "release", "--target", *targets])
    if result.returncode == 0:
        return None
    error = first_error(result.stdout)
    if error is None and "undefined reference" not in result.stdout:
        raise CannotBuild((result.stdout + result.stderr).strip())
    if error is None:
        missing = re.search(r"undefined reference to `([^']*)'", result.stdout)
        error = CompilerError(f"my/{exercise.number}/{exercise.file}",
                              f"undefined reference to {missing[1]}", 0)
    return error
