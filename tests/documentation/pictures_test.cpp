// Every picture is a well-formed SVG with a title and a description, made by a command that the
// programs still understand.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <pugixml.hpp>
#include <regex>
#include <set>

#include "markdown.hpp"
#include "planted.hpp"
#include "repository.hpp"
#include "support/processes.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

// "sync=/path/of/sync:threads=/path/of/threads:...", from CMake.
std::map<std::string, std::string> programs() {
    static const std::regex entry("([^:=]+)=([^:=]+)");
    const std::string text = TUTORIAL_PROGRAMS;
    std::map<std::string, std::string> programs;
    for (std::sregex_iterator i(text.begin(), text.end(), entry), end; i != end; ++i)
        programs[(*i)[1]] = (*i)[2];
    return programs;
}

// What pugixml lets pass and a browser does not: XML 1.0, sections 2.1, 2.5 and 3.1.
void add_what_is_not_well_formed(const pugi::xml_node& node, Lines& complaints) {
    const std::string text = node.value();
    if (node.type() == pugi::node_comment &&
        (text.find("--") != std::string::npos || text.ends_with("-")))
        complaints.push_back("two hyphens in a comment (write -\\-): " + text);
    std::set<std::string> names;
    for (const pugi::xml_attribute& attribute : node.attributes())
        if (!names.insert(attribute.name()).second)
            complaints.push_back(fmt::format("attribute {} twice", attribute.name()));
    for (const pugi::xml_node& child : node.children())
        add_what_is_not_well_formed(child, complaints);
}

void add_complaints_about_elements(const pugi::xml_document& picture, Lines& complaints) {
    std::size_t roots = 0;
    for (const pugi::xml_node& node : picture.children())
        roots += node.type() == pugi::node_element ? 1 : 0;
    const pugi::xml_node svg = picture.child("svg");
    if (roots != 1 || !svg)
        complaints.emplace_back("not one <svg>");
    if (std::string(svg.attribute("xmlns").value()) != "http://www.w3.org/2000/svg")
        complaints.emplace_back("no xmlns=\"http://www.w3.org/2000/svg\"");
    for (const char* name : {"title", "desc"})
        if (std::string(svg.child(name).text().get()).find_first_not_of(" \n") == std::string::npos)
            complaints.push_back(fmt::format("no <{}>, or nothing in it", name));
}

// "threads --pages 5", from the picture's metadata.
std::string made_by(const pugi::xml_document& picture) {
    const std::string text = picture.child("svg").child("metadata").text().get();
    constexpr std::string_view prefix = "made by: ";
    return text.starts_with(prefix) ? text.substr(prefix.size()) : "";
}

// The options in a help text: "  -i,--input FILE" has --input.
std::set<std::string> long_options_in(const std::string& text) {
    static const std::regex option("(^|[\\s,])(--[a-z][a-z-]*)");
    std::set<std::string> options;
    for (std::sregex_iterator i(text.begin(), text.end(), option), end; i != end; ++i)
        options.insert((*i)[2]);
    return options;
}

void add_complaints_about_command(const std::string& command, Lines& complaints) {
    if (command.empty()) {
        complaints.emplace_back("no <metadata> with 'made by: COMMAND'");
        return;
    }
    const std::map<std::string, std::string> built = programs();
    const auto program =
        built.find(std::filesystem::path(command.substr(0, command.find(' '))).filename());
    if (program == built.end()) {
        complaints.push_back("made by a program that is not built here: " + command);
        return;
    }
    const auto known = long_options_in(test_support::run({program->second, "--help"}).output);
    for (const std::string& option : long_options_in(command))
        if (!known.contains(option))
            complaints.push_back(fmt::format("{} is no option of {}", option, program->first));
}

Lines complaints_about_picture(const std::string& path) {
    if (!path.ends_with(".svg"))
        return {"not an SVG"};
    pugi::xml_document picture;
    const pugi::xml_parse_result result =
        picture.load_file(path.c_str(), pugi::parse_full | pugi::parse_ws_pcdata);
    if (!result)
        return {fmt::format("{} (byte {})", result.description(), result.offset)};
    Lines complaints;
    add_what_is_not_well_formed(picture, complaints);
    add_complaints_about_elements(picture, complaints);
    add_complaints_about_command(made_by(picture), complaints);
    return complaints;
}

Lines complaints_about_pictures(const std::string& text, const std::string& folder) {
    Lines complaints;
    std::set<std::string> seen;
    for (const Link& link : links_of(parse(text)))
        if (link.is_picture && seen.insert(link.target).second)
            for (const std::string& complaint :
                 complaints_about_picture(folder + "/" + link.target))
                complaints.push_back(
                    fmt::format("line {}: {}: {}", link.line, link.target, complaint));
    return complaints;
}

TEST_CASE("every picture is well-formed and made by a command that exists") {
    for (const std::string& page : readmes()) {
        CAPTURE(page);
        CHECK(joined(complaints_about_pictures(read(page), from_root(folder_of(page)))) == "");
    }
}

const std::string small_picture =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\">\n"
    "<title>A title</title><desc>What it shows</desc>"
    "<metadata>made by: threads --pages 5 -w 3 --timeout=2</metadata>"
    "<!-- a comment --><rect width=\"1\" height=\"1\"/>\n</svg>\n";

TEST_CASE("a picture with a fault is found") {
    const test_support::TemporaryDirectory directory;
    const auto complaints = [&](const std::string& picture) {
        test_support::write_text(directory.file("a.svg"), picture);
        return joined(complaints_about_pictures(small_page, directory.path()));
    };
    const auto planted = [&](const std::string& old_text, const std::string& new_text) {
        return complaints(with(small_picture, old_text, new_text));
    };
    const std::string place = "line 19: a.svg: ";
    CHECK(complaints(small_picture) == "");
    CHECK(complaints("<?xml version=\"1.0\"?>\n" + small_picture) == "");
    CHECK(planted("threads", "build/release/02_threads/threads") == "");
    CHECK(planted("</desc>", "").starts_with(place + "Start-end tags mismatch"));
    CHECK(planted("<desc>What it shows</desc>", "") == place + "no <desc>, or nothing in it");
    CHECK(planted("A title", " ") == place + "no <title>, or nothing in it");
    CHECK(planted("/2000/svg", "/2000").starts_with(place + "no xmlns"));
    CHECK(planted("</svg>", "</svg><svg/>") == place + "not one <svg>");
    CHECK(planted("width=\"1\"", "width=\"1\" width=\"2\"") == place + "attribute width twice");
    CHECK(planted("a comment", "a -- comment").starts_with(place + "two hyphens in a comment"));
    CHECK(planted("--pages", "--leaves") == place + "--leaves is no option of threads");
    CHECK(planted("threads", "fibers").starts_with(place + "made by a program that is not built"));
    CHECK(planted("made by", "made with") == place + "no <metadata> with 'made by: COMMAND'");
}

TEST_CASE("a picture that is not there or not an SVG is found") {
    const test_support::TemporaryDirectory directory;
    const auto complaints = [&](const std::string& page) {
        return joined(complaints_about_pictures(page, directory.path()));
    };
    CHECK(complaints(small_page) == "line 19: a.svg: File was not found (byte 0)");
    CHECK(complaints("<img src=\"b.png\">") == "line 1: b.png: not an SVG");
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
