#include "common/run/parse_arguments.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <numeric>
#include <vector>

#include "common/page/text.hpp"
#include "common/run/output.hpp"

namespace common {
namespace {

constexpr std::size_t help_columns = 80;

// The words of a text in lines of at most `width` characters, each after the first indented.
std::string folded(std::string_view text, std::size_t width, std::size_t indent) {
    std::string lines;
    std::size_t used = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (used > 0 && used + 1 + word.size() > width) {
            lines += "\n" + std::string(indent, ' ');
            used = 0;
        }
        lines += used > 0 ? " " : "";
        lines += word;
        used += (used > 0 ? 1 : 0) + word.size();
    }
    return lines;
}

// Names at the left, descriptions at the right, between them as much as 80 columns allow.
class Help : public CLI::Formatter {
  public:
    std::string make_option(const CLI::Option* option, bool is_positional) const override {
        constexpr std::size_t left = 28;
        std::string text =
            "  " + make_option_name(option, is_positional) + make_option_opts(option);
        text = text.size() < left ? text + std::string(left - text.size(), ' ')
                                  : text + "\n" + std::string(left, ' ');
        return text + folded(make_option_desc(option), help_columns - left, left) + "\n";
    }
    // CLI11's own differs from version to version: "=50", "[50]".
    std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_type_size() == 0)
            return "";
        const std::string preset = option->get_default_str();
        const std::string type = option->get_type_name();
        return (type.empty() ? "" : " " + type) + (preset.empty() ? "" : " [" + preset + "]") +
               (option->get_expected_max() > 1 ? "..." : "");
    }
    std::string make_description(const CLI::App* app) const override {
        return folded(app->get_description(), help_columns, 0) + "\n";
    }
};

// How many characters must be inserted, removed or replaced to make one of the other (Levenshtein,
// 1966).
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

// An abbreviation ("--max") means the option that begins so, however long that is.
std::size_t distance_between(const std::string& given, const std::string& option) {
    return option.starts_with(given) ? 0 : edit_distance(given, option);
}

std::string nearest_option(const CLI::App& app, const std::string& given) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    return *std::min_element(
        names.begin(), names.end(), [&](const std::string& one, const std::string& other) {
            return distance_between(given, one) < distance_between(given, other);
        });
}

std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
    const std::vector<std::string> left_over = app.remaining();
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || left_over.empty())
        return error.what();
    const std::string name = left_over.front().substr(0, left_over.front().find('='));
    if (!name.starts_with("--"))
        return fmt::format("'{}' is not expected here", printable(left_over.front()));
    return fmt::format("there is no option {}; the nearest is {}", printable(name),
                       nearest_option(app, name));
}

}  // namespace

std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv,
                                   std::string_view synopsis) {
    app.formatter(std::make_shared<Help>());
    try {
        app.parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) {
            print_error("{}: {}\nusage: {} {}   (--help tells more)\n", app.get_name(),
                        complaint(app, error), app.get_name(), synopsis);
            return 2;
        }
    }
    try {
        print(StandardStream::output, app.help());
        finish_output();
        return 0;
    } catch (const std::exception& error) {
        print_error("{}: {}\n", app.get_name(), error.what());
        return 1;
    }
}

CLI::Option* add_value(CLI::App& app, const std::string& names,
                       const std::function<bool(const std::string&)>& take, const std::string& what,
                       const std::string& description) {
    const std::string name = names.substr(names.find("--"));
    return app.add_option_function<std::string>(
        names,
        [=](const std::string& text) {
            if (!take(text))
                throw CLI::ValidationError(
                    fmt::format("{} '{}' is not {}", name, printable(text.substr(0, 100)), what));
        },
        description);
}

CLI::Option* add_path(CLI::App& app, const std::string& names, std::string& target,
                      const std::string& type, const std::string& description) {
    const auto take = [&target](const std::string& text) {
        target = text;
        return !text.empty();
    };
    return add_value(app, names, take, "a name of a file or directory", description)
        ->type_name(type);
}

}  // namespace common
