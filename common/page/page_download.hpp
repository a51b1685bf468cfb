// Everything about the download of one page that needs no socket and no clock. The client around it
// opens connections, waits and moves bytes; what to ask, and what the bytes mean, is decided here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/page/http_rules.hpp"
#include "common/page/options.hpp"
#include "common/page/page_writer.hpp"
#include "common/page/response_reader.hpp"
#include "common/page/result.hpp"
#include "common/page/url.hpp"

namespace common {

// One page of the list, from its URL to its result:
//
//     while (const Url* url = page.next(now)) {
//         // find a connection that fits, send page.request(), then
//         // while (page.wants_more()) page.take(what was received);
//     }
//     return page.finish(now);
//
// Not thread-safe; `options` outlives it. Stays where it is: the reader's callbacks point to it.
class PageDownload {
  public:
    // `index`: in the list, for the file's name. `own`: the worker and its ids.
    PageDownload(const Options& options, std::size_t index, const std::string& text,
                 const Timestamps& own);
    PageDownload(const PageDownload&) = delete;
    PageDownload& operator=(const PageDownload&) = delete;

    // The URL to ask for now: the page's own, where a redirect leads, or the same once more. Null
    // when the result is known. Valid until the next call. `now` marks redirects.
    const Url* next(Clock::time_point now);
    // False for the one repetition, which needs a connection of its own.
    bool may_use_kept_connection() const { return !needs_new_connection_; }
    // Begins an exchange, and says what to send. `kept`: over a connection that was used before.
    std::string request(bool kept);

    // Whether the response goes on.
    bool wants_more() const { return under_way_; }
    bool began() const { return reader_->began(); }
    void take(std::string_view bytes);
    // The server has ended the connection.
    void ended();
    // There was no connection, it broke, or there is no time left. After the response, too late.
    void failed(DownloadError error);

    // Whether the connection can carry another request (RFC 9112, 9.3).
    bool reusable() const { return reader_ && reader_->reusable() && !needs_new_connection_; }

    // For whoever opens connections and waits: marks of the attempt under way.
    Timestamps& times() { return times_; }

    // The result; once, after next() returned null. `now` is when the last byte had come.
    Result finish(Clock::time_point now);

  private:
    bool take_head(const ResponseReader::Head& head, const BodyFraming& framing);
    bool take_body(std::string_view bytes);
    bool refuse();
    bool repeat();
    void judge();
    void judge_status();
    std::string received_so_far() const;
    void decide(Result result);

    const Options& options_;
    Timestamps times_;
    PageWriter writer_;
    const std::string text_;       // as it stands in the list
    Url url_;                      // asked for now
    std::optional<Url> redirect_;  // to be asked for next
    int redirects_ = 0;
    bool needs_new_connection_ = false;

    // Of the exchange under way, or the last one.
    std::optional<ResponseReader> reader_;
    bool under_way_ = false;
    bool kept_ = false;
    bool wanted_ = false;  // a redirect's or a 404's body is not
    std::uint64_t discarded_ = 0;

    std::optional<Result> result_;
};

}  // namespace common
