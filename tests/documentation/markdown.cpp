#include "markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace documentation {
namespace {

std::size_t indent_of(const std::string& line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

class Parser {
  public:
    Kind kind_of(const std::string& line) {
        const std::string text = line.substr(indent_of(line));
        if (in_code_)
            return kind_in_code(text);
        if (in_comment_ || text.starts_with("<!--")) {
            in_comment_ = text.find("-->") == std::string::npos;
            return Kind::comment;
        }
        if (text.starts_with("```")) {
            in_code_ = true;
            return Kind::opening_fence;
        }
        if (text.empty())
            return Kind::blank;
        if (text.starts_with("|"))
            return Kind::table;
        return std::regex_search(line, std::regex("^#{1,6} ")) ? Kind::heading : Kind::prose;
    }

    bool in_code() const { return in_code_; }

  private:
    Kind kind_in_code(const std::string& text) {
        in_code_ = text != "```";
        return in_code_ ? Kind::code : Kind::closing_fence;
    }

    bool in_code_ = false;
    bool in_comment_ = false;
};

std::string first_link_in(const std::string& line) {
    std::smatch match;
    return std::regex_search(line, match, std::regex(R"(\]\(([^)#]+)\))")) ? match[1].str() : "";
}

std::string inside_comment(const std::string& line) {
    std::smatch match;
    const bool found = std::regex_search(line, match, std::regex(R"(<!--\s*(.*?)\s*-->)"));
    return found ? match[1].str() : "";
}

std::string without(const std::string& text, const char* pattern, const char* instead = " ") {
    return std::regex_replace(text, std::regex(pattern), instead);
}

std::string without_code_spans(const std::string& text) {
    return without(text, "``.*?``|`[^`]*`");
}

// All of [text](target "title"), ![text](target), src="target" and href="target".
void add_links(const Line& line, bool in_references, std::vector<Link>& links) {
    static const std::regex link(
        R"re((!\[[^\]]*)?\]\(([^()\s]*(\([^()\s]*\)[^()\s]*)*)(\s+"[^"]*")?\))re");
    static const std::regex attribute(R"re((src|srcset|href)="([^"]*)")re");
    const std::string text = without_code_spans(line.text);
    const auto add = [&](const std::regex& pattern, auto is_picture) {
        for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i)
            links.push_back({line.number, (*i)[2], is_picture((*i)[1].str()), in_references});
    };
    add(link, [](const std::string& before) { return !before.empty(); });
    add(attribute, [](const std::string& name) { return name != "href"; });
}

}  // namespace

Lines lines_of(const std::string& text) {
    Lines lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string joined(const Lines& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

Page parse(const std::string& text) {
    Page page;
    Parser parser;
    for (const std::string& line : lines_of(text))
        page.push_back({page.size() + 1, line, parser.kind_of(line)});
    if (parser.in_code())
        throw std::runtime_error("a code block is not closed");
    return page;
}

std::vector<Heading> headings_of(const Page& page) {
    std::vector<Heading> headings;
    for (const Line& line : page) {
        if (line.kind != Kind::heading)
            continue;
        const std::size_t level = line.text.find(' ');
        headings.push_back({line.number, level, line.text.substr(level + 1)});
    }
    return headings;
}

std::vector<CodeBlock> code_blocks_of(const Page& page) {
    std::vector<CodeBlock> blocks;
    std::string text_before;  // the last line with something to read
    std::string comment;      // the line just before
    for (const Line& line : page) {
        if (line.kind == Kind::opening_fence) {
            const std::size_t indent = indent_of(line.text);
            blocks.push_back({line.number, line.text.substr(indent + 3), "",
                              first_link_in(text_before), comment, indent});
        } else if (line.kind == Kind::code) {
            const std::size_t indent = std::min(blocks.back().indent, indent_of(line.text));
            blocks.back().text += line.text.substr(indent) + "\n";
        }
        comment = line.kind == Kind::comment ? inside_comment(line.text) : "";
        if (line.kind != Kind::blank && line.kind != Kind::comment)
            text_before = line.text;
    }
    return blocks;
}

std::vector<Link> links_of(const Page& page) {
    std::vector<Link> links;
    bool in_references = false;
    for (const Line& line : page) {
        if (line.kind == Kind::heading)
            in_references = line.text == "### References" || line.text == "### Referências";
        if (line.kind == Kind::prose || line.kind == Kind::table || line.kind == Kind::heading)
            add_links(line, in_references, links);
    }
    return links;
}

std::vector<TableRow> table_rows_of(const Page& page) {
    std::vector<TableRow> rows;
    for (const Line& line : page)
        if (line.kind == Kind::table)
            rows.push_back({line.number, static_cast<std::size_t>(
                                             std::count(line.text.begin(), line.text.end(), '|'))});
    return rows;
}

Halves halves_of(const Page& page) {
    Halves halves;
    Page* part = &halves.before;
    for (const Line& line : page) {
        if (line.kind == Kind::heading && line.text == "## English")
            part = &halves.english;
        if (line.kind == Kind::heading && line.text == "## Português (Brasil)")
            part = &halves.portuguese;
        part->push_back(line);
    }
    return halves;
}

Page prose_of(const Page& page) {
    Page prose;
    for (const Line& line : page) {
        if (line.kind != Kind::prose && line.kind != Kind::table && line.kind != Kind::heading)
            continue;
        std::string text = without(without_code_spans(line.text), "<!--.*?-->");
        text = without(text, R"re(\]\([^()\s]*(\([^()\s]*\)[^()\s]*)*(\s+"[^"]*")?\))re", "]");
        text = without(without(text, "<[^>]*>"), R"(https?://[^\s)]*)");
        prose.push_back({line.number, without(text, "&[a-z]+;"), line.kind});
    }
    return prose;
}

}  // namespace documentation
