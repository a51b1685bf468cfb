// What a person would use instead of the chapters' programs: the minimal programs in C++ and in
// Python, Go's net/http, curl and wget2, on the same pages.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

struct Peer {
    Text name;
    std::string short_name;
    std::string version;
    std::size_t twin = 0;  // the index of our row that has as many pages in flight
    std::vector<std::string> command;
    std::vector<Measurement> runs = {};
    std::string failure = {};  // why it has no figures; "" for none
};

struct Peers {
    std::vector<Peer> peers;
    std::vector<Text> left_out;  // each says what cannot run here and, where it can, how it would
};

// Those that can run here. Each minimal program (Model::minimal_program, Model::minimal_script) is
// the twin of its model; the others have as many pages in flight as the last model. Asks each
// program for its version, and builds `go_program` from `go_source` where there is a Go compiler.
Peers find_peers(const std::vector<Model>& models, const JobSite& site,
                 const std::string& go_source, const std::string& go_program);

// One more run. One that fails is noted in the peer, which is not run again.
void measure(Peer& peer, const JobSite& site);

}  // namespace benchmarks
