// What a person would use instead of the chapters' programs: the minimal programs in C++ and in
// Python, Go's net/http, curl and wget2, on the same pages.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

using Words = std::vector<std::string>;

// The command line that downloads the site's pages, so many at once.
using Command = std::function<Words(const JobSite&, std::size_t workers)>;

struct Peer {
    Text name;
    std::string short_name;
    std::string version;
    std::size_t twin = 0;  // the index of our row that has as many pages in flight
    Command command;
    std::vector<Measurement> runs = {};
    std::string failure = {};  // why it has no figures; "" for none
};

struct Peers {
    std::vector<Peer> peers;
    std::vector<Text> left_out;  // each says what cannot run here and, where it can, how it would
};

// Those that can run here. Each minimal program (Model::minimal_program, Model::minimal_script) is
// the twin of its model, the others that of the last model. Asks each program for its version, and
// builds the one in Go where there is a compiler. `plain`: over http.
Peers find_peers(const std::vector<Model>& models, bool plain);

// Throws as measure does.
Measurement run_once(const Peer& peer, const JobSite& site, std::size_t workers,
                     Looks looks = Looks::sparing);

// One more run. One that fails is noted in the peer, which is not run again.
void measure(Peer& peer, const JobSite& site, std::size_t workers);

}  // namespace benchmarks
