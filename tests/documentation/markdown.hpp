// What the checks read of a page: the subset of Markdown that the READMEs are written in.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace documentation {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text);
std::string joined(const Lines& lines);

enum class Kind { blank, prose, table, heading, comment, opening_fence, code, closing_fence };

struct Line {
    std::size_t number;  // from 1
    std::string text;
    Kind kind;
};

// A page or a part of one.
using Page = std::vector<Line>;

// Throws std::runtime_error for a code block that nothing closes.
Page parse(const std::string& text);

struct Heading {
    std::size_t line;
    std::size_t level;
    std::string text;
};
std::vector<Heading> headings_of(const Page& page);

struct CodeBlock {
    std::size_t line;  // of the opening fence
    std::string language;
    std::string text;      // without the indentation
    std::string file;      // that the line before it links to; "" when there is none
    std::string comment;   // inside <!-- and --> on the line just before it
    std::size_t indent{};  // columns
};
std::vector<CodeBlock> code_blocks_of(const Page& page);

struct Link {
    std::size_t line;
    std::string target;
    bool is_picture;
    bool in_references;  // below the heading References or Referências
};
// Not those in code. Pictures first, in each line.
std::vector<Link> links_of(const Page& page);

struct TableRow {
    std::size_t line;
    std::size_t columns;
};
std::vector<TableRow> table_rows_of(const Page& page);

// Below "## English" and "## Português (Brasil)", headings included; empty when there is none.
struct Halves {
    Page before;
    Page english;
    Page portuguese;
};
Halves halves_of(const Page& page);

// The text of prose, tables and headings, without code spans, targets of links, URLs, comments,
// tags and entities; the other lines are left out.
Page prose_of(const Page& page);

}  // namespace documentation
