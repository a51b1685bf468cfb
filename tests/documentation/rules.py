"""What holds for every page. Each rule yields problems, "PAGE:LINE: what is wrong"."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree
from itertools import zip_longest
from pathlib import Path

from pages import HALVES, ON_THE_WEB, REFERENCES

# By the dictionary: the words that it lacks, and where the language stands.
LANGUAGES = {"en_US": ("tests/documentation/words.en.txt", "", HALVES[0]),
             "pt_BR": ("tests/documentation/words.pt_BR.txt", HALVES[1])}
NAMES = re.compile(r"https?://\S+|[\w/-]+\.(cpp|hpp|py|md|org|svg|txt|json)\b|\b0\d[a-c]\b")
# "a trava, lock (remark)" is trava and lock: the article only tells the gender.
NO_TERM = re.compile(r"\([^)]*\)|(?<![^,] )\b[ao] (?=\w)")
WORD = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")


def check_parts(page, repository):
    """Both languages have the same parts in the same order."""
    if page.path == "CONTRIBUTING.md":
        return
    if not all(page.of("heading", half) for half in HALVES):
        yield page.problem(1, "needs the headings '## English' and '## Português (Brasil)'")
        return
    for kind in ("heading", "table row", "code block", "picture", "link"):
        found = first_difference(*(parts_of(page, kind, half, repository) for half in HALVES))
        if found:
            english, portuguese = (f"line {line}" if line else "nothing" for line, _ in found)
            yield page.problem(found[0][0] or found[1][0], f"the {kind}s differ: {english} in "
                               f"English, {portuguese} in Portuguese")


def first_difference(one, other):
    """Of two series of (line, value)."""
    return next((pair for pair in zip_longest(one, other, fillvalue=(0, None))
                 if pair[0][1] != pair[1][1]), None)


def parts_of(page, kind, half, repository):
    """(line, what both languages must have). References may be works in one language only."""
    for item in page.of(kind, half):
        if kind == "code block":
            yield item.line, (item.value, item.text, file_above(page, item))
        elif kind != "link":
            yield item.line, item.value
        elif item.section not in REFERENCES or not ON_THE_WEB.match(item.value):
            yield item.line, in_any_language(item.value, page, half, repository)


def in_any_language(target, page, half, repository):
    """An anchor's name is in one language: its place in its half stands for it."""
    file, _, name = target.partition("#")
    for anchor in anchors_at(page, file, repository) if name else []:
        if anchor.value == name and anchor.half:
            return file, anchor.text, anchor.half == half
    return target if ON_THE_WEB.match(target) else file


def anchors_at(page, file, repository):
    path = (page.folder / file).resolve()
    if file and (ON_THE_WEB.match(file) or not file.endswith(".md") or not path.is_file()):
        return []
    other = repository.page(str(path.relative_to(repository.root))) if file else page
    return other.of("anchor")


def check_chapters(repository):
    """All chapters have the same headings of level 3."""
    chapters = [page for page in repository.readmes() if re.match(r"\d\d_[a-z]+/R", page.path)]
    for page, half in ((page, half) for page in chapters[1:] for half in HALVES):
        found = first_difference(*([(item.line, item.text) for item in chapter.of("heading", half)
                                    if item.value == 3] for chapter in (chapters[0], page)))
        if found:
            yield page.problem(found[1][0] or 1, f"'{found[1][1]}' where {chapters[0].path} has "
                               f"'{found[0][1]}'")


def file_above(page, code):
    """The first file that the line before a code block links to."""
    before = [item for item in page.items if item.line < code.line and
              (item.kind == "code block" or item.kind == "text" and item.text.strip())]
    if not before or before[-1].kind == "code block":
        return ""
    return next((link.value for link in page.of("link")
                 if link.line == before[-1].line and not link.value.startswith("#")), "")


def check_excerpts(page, _):
    """C++, and whatever stands below a link to a file that is not a page."""
    for code in page.of("code block"):
        file = file_above(page, code)
        names_file = file and not ON_THE_WEB.match(file) and not file.endswith(".md")
        if code.value == "cpp" or names_file and code.value not in ("console", "text"):
            path = page.folder / file
            if not path.is_file() or code.text not in path.read_text("utf-8"):
                yield page.problem(code.line, f"not in '{file}', which the line above links to")


def check_links(page, repository):
    for item in page.of("link") + page.of("picture"):
        file, mark, name = item.value.partition("#")
        if ON_THE_WEB.match(item.value):
            continue
        if file.startswith("/") or not (page.folder / file).exists():
            yield page.problem(item.line, f"nothing at {item.value}")
        elif mark and name not in [anchor.value for anchor in anchors_at(page, file, repository)]:
            yield page.problem(item.line, f"no such heading: {item.value}")


def prose_of(page, *halves):
    """(line, text) without titles of works and (*terms of the other language*)."""
    for item in page.of("text"):
        is_row = page.lines[item.line - 1].startswith("|")
        if item.half in halves and not (is_row and item.section == "Glossary"):
            text = re.sub(r"\(\*[^*]*\*\)", "", item.text)
            in_references = item.section in REFERENCES
            yield item.line, re.sub(r"\[[^\]]*\]", "", text) if in_references else text


def check_spelling(repository):
    for dictionary, (path, *halves) in LANGUAGES.items():
        accepted = (repository.root / path).read_text("utf-8").split()
        lines = [(page, line, NAMES.sub("", text).replace("*", " "))
                 for page in repository.pages() for line, text in prose_of(page, *halves)]
        unknown = unknown_words("\n".join(text for _, _, text in lines), dictionary)
        # A sentence may begin with a word of the list.
        met = unknown | {word[0].lower() + word[1:] for word in unknown}
        for word in sorted(unknown - {*accepted, *(w[0].upper() + w[1:] for w in accepted)}):
            page, line = next((page, line) for page, line, text in lines if word in text)
            yield page.problem(line, f"'{word}' is neither in {dictionary} nor in {path}")
        for line, (word, previous) in enumerate(zip(accepted, [""] + accepted), 1):
            if word <= previous:
                yield f"{path}:{line}: '{word}' is not in its place: LC_ALL=C sort -u"
            if word not in met:
                yield f"{path}:{line}: no page needs '{word}' any more: take it out"


def unknown_words(text, dictionary):
    try:
        done = subprocess.run(["hunspell", "-d", dictionary, "-i", "UTF-8", "-l"], input=text,
                              capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        sys.exit("Missing: apt-get install hunspell hunspell-en-us hunspell-pt-br")
    return {re.sub("'s$", "", word) for word in done.stdout.split() if not word.isdecimal()}


def glossary_of(page):
    """For each row of the table below the heading Glossary {column: its terms}."""
    rows = [[cell.strip() for cell in page.lines[row.line - 1].strip(" |").split("|")]
            for row in page.of("table row") if row.section == "Glossary"]
    for row in rows[1:]:
        terms = {name: re.findall(r"[^,\s][^,]*\b", re.sub(NO_TERM, "", cell))
                 for name, cell in zip(rows[0], row)}
        if not terms["English"] or not terms.get("Português"):
            sys.exit(f"{page.path}: a row of the glossary lacks a term: {row}")
        yield terms


def words_of(text):
    """With a blank before and after each word and sign."""
    return f" {' '.join(WORD.findall(text.lower()))} "


def forms_of(word, inflected):
    """Portuguese changes the end: conexão, conexões; derrubar, derruba; atômico, atômica."""
    if inflected and len(word) > 3:
        return re.escape(re.sub("(?:[aei]r|[aeioãms]{1,2})$", "", word)) + r"[^ ]{0,3}"
    return re.escape(word) + "(?:s|es)?"


def lines_with(term, lines, inflected=False):
    pattern = re.compile(f" {' '.join(forms_of(w, inflected) for w in words_of(term).split())} ")
    return [line for line, text in lines if pattern.search(text)]


def check_glossary(page, repository):
    halves = HALVES if page.of("heading", HALVES[0]) else ("", HALVES[1])
    english, portuguese = ([(line, words_of(text)) for line, text in prose_of(page, half)]
                           for half in halves)
    for term in glossary_of(repository.page("CONTRIBUTING.md")):
        one, other = term["English"][0], term["Português"]
        used = lines_with(one, english)
        if used and portuguese and not any(lines_with(word, portuguese, True) for word in other):
            yield page.problem(used[0], f"'{one}' in English, but no '{other[0]}' in Portuguese")
        for lines, column, instead in ((english, "not in English", one),
                                       (portuguese, "not in Portuguese", other[0])):
            yield from (page.problem(line, f"'{word}': the glossary says '{instead}'")
                        for word in term.get(column, []) for line in lines_with(word, lines))


def check_pictures(page, repository):
    for target, line in {item.value: item.line for item in reversed(page.of("picture"))}.items():
        for message in problems_of_picture(page.folder / target, repository):
            yield page.problem(line, f"{target}: {message}")


def problems_of_picture(path, repository):
    svg = "{http://www.w3.org/2000/svg}"
    try:
        picture = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        return [f"not a well-formed SVG: {error}"]
    if picture.tag != svg + "svg":
        return ["not an <svg xmlns=\"http://www.w3.org/2000/svg\">"]
    command = picture.findtext(svg + "metadata", "").partition("made by: ")[2]
    return [f"no <{name}>, or nothing in it" for name in ("title", "desc")
            if not picture.findtext(svg + name, "").strip()] + (
        problems_of_command(command, repository) if command.strip() else
        ["no <metadata> with 'made by: COMMAND'"])


def problems_of_command(command, repository):
    name = Path(command.split()[0]).name
    built = max(repository.root.glob(f"build/*/*/{name}"), key=os.path.getmtime, default=None)
    if not built:
        return [f"made by {name}: cmake --preset release && cmake --build build/release -t {name}"]
    usage = subprocess.run([built, "--help"], capture_output=True, text=True, check=True).stdout
    option = re.compile(r"(?:^|[\s,])(--[a-z][a-z-]*)")
    return [f"made by '{command}', but {unknown} is no option of {name}"
            for unknown in sorted({*option.findall(command)} - {*option.findall(usage)})]


OF_A_PAGE = (check_parts, check_excerpts, check_links, check_glossary, check_pictures)
OF_ALL_PAGES = (check_chapters, check_spelling)
