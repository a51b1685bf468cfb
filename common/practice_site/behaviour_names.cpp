#include "common/practice_site/behaviour_names.hpp"

#include <fmt/format.h>

#include <charconv>

namespace practice_site {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

bool parse_number(std::string_view text, std::optional<std::uint64_t>& number) {
    return parse_number(text, number.emplace());
}

bool parse_end(std::string_view text, End& end) {
    if (text == "close")
        end = End::close;
    else if (text == "reset")
        end = End::reset;
    else if (text == "silence")
        end = End::silence;
    else if (text == "keep")
        end = End::keep;
    else
        return false;
    return true;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const std::string_view code = text.substr(i + 1, 2);
        if (text[i] == '%' && code.size() == 2 &&
            std::from_chars(code.data(), code.data() + 2, byte, 16).ptr == code.data() + 2) {
            decoded += static_cast<char>(byte);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

// For Name::take: a number, some bytes, a name, a flag.
template <auto member>
bool number(Behaviour& behaviour, const Place& place) {
    return parse_number(place.value, behaviour.*member);
}
template <auto member>
bool bytes(Behaviour& behaviour, const Place& place) {
    behaviour.*member = percent_decode(place.value);
    return true;
}
template <auto member>
bool name(Behaviour& behaviour, const Place& place) {
    behaviour.*member = place.value;
    return is_name(place.value);
}
template <bool Behaviour::*member>
bool flag(Behaviour& behaviour, const Place&) {
    return behaviour.*member = true;
}

// redirect/N leads to redirect/N-1 with the rest of the path, and redirect/1 to the rest itself.
bool redirect(Behaviour& behaviour, const Place& place) {
    unsigned hops = 0;
    if (!parse_number(place.value, hops))
        return false;
    if (hops == 0)
        return true;
    const std::string_view page = place.rest.empty() ? "/page/0" : place.rest;
    behaviour.status = 302;
    behaviour.location =
        hops == 1 ? std::string(page) : fmt::format("/redirect/{}{}", hops - 1, page);
    behaviour.after_redirects = page;
    place.rest = {};  // it is for the page at the end of the redirects
    return true;
}

bool redirect_to(Behaviour& behaviour, const Place& place) {
    behaviour.status = 302;
    behaviour.location = percent_decode(place.value);
    return true;
}

bool redirect_loop(Behaviour& behaviour, const Place& place) {
    behaviour.status = 302;
    behaviour.location = place.target;
    return true;
}

bool garbage(Behaviour& behaviour, const Place&) {
    behaviour.raw = "\x01\xff\x02 garbage \r\n\r\n";
    return true;
}

bool then(Behaviour& behaviour, const Place& place) {
    return parse_end(place.value, behaviour.raw_end);
}

using enum Group;
using B = Behaviour;

// The order is the index page's.
constexpr Name names[] = {
    {content, "page", "N", number<&B::page>, "/page/7", "the content of page N",
     "o conteúdo da página N"},
    {content, "bytes", "N", number<&B::bytes>, "/bytes/200/page/7",
     "a body of N bytes (default: 1024)", "um corpo de N bytes (o padrão é 1024)"},
    {content, "status", "CODE", number<&B::status>, "/status/404", "a response with this status",
     "uma resposta com este status"},
    {content, "redirect", "N", redirect, "/redirect/3/page/7",
     "N redirects, then the rest of the path", "N redirecionamentos e, depois, o resto do caminho"},
    {content, "redirect-to", "URL", redirect_to, "/redirect-to/%2Fpage%2F7",
     "a redirect to this percent-encoded URL",
     "um redirecionamento para esta URL, com percent-encoding"},
    {content, "redirect-loop", "", redirect_loop, "/redirect-loop",
     "a redirect that leads back to itself", "um redirecionamento que leva de volta a si mesmo"},
    {content, "first", "N", number<&B::first>, "/first/2/status/503/page/7",
     "this URL’s faults for its first N requests, then a healthy page",
     "os defeitos desta URL só nas N primeiras requisições; depois, uma página sem defeitos"},
    {content, "who", "NAME", name<&B::who>, "/who/ana/page/7",
     "counts the request for this name, on the board",
     "conta a requisição para este nome, no painel"},
    {content, "header-lines", "N", number<&B::header_lines>, "/header-lines/20/page/7",
     "N more header fields", "N campos a mais no cabeçalho"},
    {content, "header-bytes", "N", number<&B::header_bytes>, "/header-bytes/2000/page/7",
     "N more bytes of header fields", "N bytes a mais de campos no cabeçalho"},

    {timing, "delay", "MS", number<&B::delay_ms>, "/delay/1000/page/7",
     "waits MS milliseconds before it answers", "espera MS milissegundos antes de responder"},
    {timing, "hold", "NAME", name<&B::hold>, "/hold/door/page/7",
     "waits until somebody asks for <code>/release/NAME</code>",
     "segura a resposta até alguém pedir <code>/release/NAME</code>"},
    {timing, "drip", "MS", number<&B::drip_ms>, "/drip/20/bytes/200/page/7",
     "sends the body one byte every MS milliseconds",
     "envia o corpo a conta-gotas: um byte a cada MS milissegundos"},
    {timing, "drip-header", "MS", number<&B::drip_header_ms>, "/drip-header/20/page/7",
     "the same with the header", "o mesmo, com o cabeçalho"},
    {timing, "silence", "", flag<&B::silence>, "/silence", "never answers (Esc stops your browser)",
     "nunca responde (no navegador, pare com Esc)"},
    {timing, "endless", "", flag<&B::endless>, "/endless",
     "a body that never ends (Esc stops your browser)",
     "um corpo que nunca termina (no navegador, pare com Esc)"},

    {ending, "chunked", "", flag<&B::chunked>, "/chunked/bytes/3000/page/7",
     "a body in chunks, without a length", "um corpo em blocos (chunks), sem tamanho declarado"},
    {ending, "until-close", "", flag<&B::until_close>, "/until-close/page/7",
     "a body that ends where the connection ends", "um corpo que acaba quando a conexão acaba"},
    {ending, "close", "", flag<&B::close>, "/close/page/7",
     "closes the connection after the response", "fecha a conexão depois da resposta"},
    {ending, "hang-up", "", flag<&B::hang_up>, "/hang-up/page/7",
     "the same, but doesn’t announce it", "o mesmo, só que sem avisar"},
    {ending, "truncate", "N", number<&B::truncate>, "/truncate/100/page/7",
     "closes the connection after N bytes of the body",
     "fecha a conexão depois de N bytes do corpo"},
    {ending, "reset", "N", number<&B::reset>, "/reset/100/page/7",
     "resets the connection after N bytes of the body",
     "derruba a conexão (TCP reset) depois de N bytes do corpo"},

    {octets, "raw", "BYTES", bytes<&B::raw>, "/raw/HTTP%2F1.1%20200%20OK%0D%0A%0D%0AHello",
     "exactly these percent-encoded bytes as the response",
     "como resposta, exatamente estes bytes, com percent-encoding"},
    {octets, "then", "END", then, "/raw/HTTP%2F1.1%20200%20OK%0D%0A%0D%0AHello/then/reset",
     "what follows the raw bytes: <code>close</code>, <code>reset</code>, <code>silence</code>, "
     "or <code>keep</code> for the next request on the same connection",
     "o que vem depois dos bytes de <code>raw</code>: <code>close</code>, <code>reset</code>, "
     "<code>silence</code> ou <code>keep</code>, que mantém a conexão para a próxima requisição"},
    {octets, "more", "BYTES", bytes<&B::more>, "/more/nobody-asked/page/7",
     "these bytes after the response, in a write of their own, though nobody asked for them",
     "estes bytes depois da resposta, em uma escrita à parte, sem que ninguém tenha pedido"},
    {octets, "garbage", "", garbage, "/garbage", "something that isn’t HTTP",
     "algo que não é HTTP"},
};

}  // namespace

std::span<const Name> behaviour_names() {
    return names;
}

}  // namespace practice_site
