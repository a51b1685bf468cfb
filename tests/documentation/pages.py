"""The repository's pages, and what the checks read of one."""

import functools
import html
import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from urllib.parse import unquote

try:
    from markdown_it import MarkdownIt
except ImportError:
    sys.exit("No markdown_it: apt-get install python3-markdown-it, and use /usr/bin/python3")

HALVES = ("English", "Português (Brasil)")
REFERENCES = ("References", "Referências")
ON_THE_WEB = re.compile("https?://|mailto:")
MARKDOWN = MarkdownIt("commonmark").enable("table")

# kind: heading (value: level), text (one line of prose), table row (value: columns), code block
# (value: language), link and picture (value: target), anchor (value: name, text: its place in the
# half). half: "" outside of both; section: the last heading of level 1 to 3.
Item = namedtuple("Item", "kind line half section value text")


class Page:
    def __init__(self, path, text, root):
        self.path, self.folder, self.lines = path, (root / path).parent, text.split("\n")
        self.items, self._half, self._section, self._only_here = [], "", "", False
        self._not_prose = set()  # indexes of lines in code and comments
        tokens = MARKDOWN.parse(text)
        for token, following in zip(tokens, tokens[1:] + [None]):
            self._read(token, token.map[0] + 1 if token.map else 0, following)

    def of(self, kind, half=None):
        return [item for item in self.items if item.kind == kind and half in (None, item.half)]

    def problem(self, line, message):
        return f"{self.path}:{line}: {message}"

    def comment_before(self, line):
        """What <!-- and --> enclose on the line before."""
        return "".join(re.findall(r"<!--\s*(.*?)\s*-->", ([""] + self.lines)[line - 1]))

    def sections(self, half):
        """(heading, its line, its text and all below it but code and comments)."""
        headings = [item for item in self.of("heading") if item.half]
        ends = [item.line - 1 for item in headings[1:]] + [len(self.lines)]
        for item, end in ((item, end) for item, end in zip(headings, ends) if item.half == half):
            prose = [self.lines[i] for i in range(item.line - 1, end) if i not in self._not_prose]
            yield item.text, item.line, " ".join(" ".join(prose).split())

    def _add(self, kind, line, value="", text=""):
        text = len(self.of(kind, self._half)) if kind == "anchor" else text
        self.items.append(Item(kind, line, self._half, self._section, value, text))

    def _read(self, token, line, following):
        if token.type == "heading_open":
            level, text = int(token.tag[1]), following.content
            self._half = text if level == 2 and text in HALVES else self._half
            self._section = text if level <= 3 else self._section
            uses = sum(slug_of(item.text) == slug_of(text) for item in self.of("heading"))
            self._add("heading", line, level, text)
            self._add("anchor", line, slug_of(text) + (f"-{uses}" if uses else ""))
        elif token.type == "table_open":
            self._only_here = self.comment_before(line).startswith("only in ")
        elif token.type == "tr_open" and not self._only_here:
            self._add("table row", line, len(re.findall(r"(?<!\\)\|", self.lines[line - 1])))
        elif token.type in ("fence", "code_block"):
            self._not_prose.update(range(*token.map))
            self._add("code block", line, token.info.strip(), token.content)
        elif token.type == "html_block":
            if token.content.lstrip().startswith("<!--"):
                self._not_prose.update(range(*token.map))
            content = re.sub("(?s)<!--.*?-->", lambda found: "\n" * found[0].count("\n"),
                             token.content)
            for number, text in enumerate(content.splitlines(), line):
                self._read_tags(text, number)
                self._add("text", number, text=html.unescape(re.sub("<[^>]*>", " ", text)))
        elif token.type == "inline":
            self._read_inline(token.children, line)

    def _read_inline(self, children, line):
        text = ""
        for child in children:
            if child.type in ("softbreak", "hardbreak"):
                self._add("text", line, text=text)
                line, text = line + 1, ""
            elif child.type in ("link_open", "image"):
                kind, name = ("picture", "src") if child.type == "image" else ("link", "href")
                self._add(kind, line, unquote(child.attrs[name]))
            elif child.type == "html_inline":
                self._read_tags(child.content, line)
            text += {"link_open": "[", "link_close": "]", "em_open": "*", "em_close": "*",
                     "code_inline": " ", "html_inline": " "}.get(child.type, child.content)
        self._add("text", line, text=text)

    def _read_tags(self, text, line):
        for name, value in re.findall(r'\s(src|srcset|href|id|name)="([^"]*)"', text):
            kinds = {"href": "link", "id": "anchor", "name": "anchor"}
            self._add(kinds.get(name, "picture"), line, value)


def slug_of(heading):
    """The anchor that GitHub makes of a heading."""
    text = re.sub(r"\]\([^)]*\)", "", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


class Repository:
    def __init__(self, root):
        self.root = Path(root).resolve()
        self.page = functools.cache(
            lambda path: Page(path, (self.root / path).read_text("utf-8"), self.root))

    def files(self):
        """What git knows; in an archive without .git, all that no build made."""
        if (self.root / ".git").exists():
            listed = subprocess.run(["git", "-C", self.root, "ls-files", "-z"], check=True,
                                    capture_output=True, text=True).stdout.split("\0")
        else:
            listed = [str(path.relative_to(self.root)) for path in self.root.rglob("*")]
        return sorted(path for path in listed if (self.root / path).is_file() and
                      not re.match(r"(build|my|\.git)/|.*__pycache__/", path))

    def readmes(self):
        """The pages in both languages: the root's first."""
        paths = [path for path in self.files() if Path(path).name == "README.md"]
        return [self.page(path) for path in sorted(paths, key=lambda path: ("/" in path, path))]

    def pages(self):
        return self.readmes() + [self.page("CONTRIBUTING.md")]
