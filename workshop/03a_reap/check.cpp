#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"
#include "workshop/kit/threads.hpp"

namespace {

constexpr int workers = 4;

// A worker's patience with a parent that does not wait for it.
void until_parent_waits() {
    for (int looks = 0; !check::is_asleep(getppid()) && looks < 2000; ++looks)
        check::look_again();
}

// What the workers of most cases do: they end when they are told to, and only once their parent
// waits for them. So it shows whether it does.
void until_told(int socket) {
    char byte = 0;
    if (recv(socket, &byte, 1, 0) == 1)
        until_parent_waits();
}

template <class Work>
Worker start(Work work, const std::vector<Worker>& others = {}) {
    const pid_t self = getpid();
    const Worker worker = start_worker(work, others);
    if (getpid() != self)
        check::end_rejected(
            {"the worker returned from start_worker()", "o worker retornou de start_worker()"});
    return worker;
}

template <class Work>
std::vector<Worker> start_several(Work work) {
    std::vector<Worker> started;
    for (int i = 0; i < workers; ++i)
        started.push_back(start(work, started));
    return started;
}

std::string told_to_end(const Worker& worker) {
    send(worker.socket, "e", 1, MSG_NOSIGNAL);
    check::waiting_for({"end_worker(), whose worker was told to end",
                        "end_worker(), cujo worker recebeu o aviso para terminar"});
    return end_worker(worker);
}

// The last one first: nobody else then has its socket, whatever was forgotten.
void end_all(std::vector<Worker>& started) {
    for (; !started.empty(); started.pop_back())
        told_to_end(started.back());
}

// Until the process is dead; its status stays for others.
void wait_for_death(pid_t process) {
    siginfo_t info;
    waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOWAIT);
}

void all_closed() {
    const std::size_t before = check::open_descriptors();
    auto started = start_several(until_told);
    end_all(started);
    const std::size_t after = check::open_descriptors();
    check::require(after == before,
                   {"open descriptors before the {} workers: {}, after them: {}",
                    "descritores abertos antes dos {} workers: {}; depois deles: {}"},
                   workers, before, after);
    check::counted({"{} before, {} after", "{} antes, {} depois"}, before, after);
    check::end_passed();
}

// Each worker counts its descriptors and says how many they are.
void one_socket() {
    const std::size_t allowed = check::open_descriptors() + 1;
    const auto started = start_several([](int socket) {
        const std::size_t mine = check::open_descriptors();
        send(socket, &mine, sizeof mine, MSG_NOSIGNAL);
        until_told(socket);
    });
    check::waiting_for({"the workers' first message", "a primeira mensagem dos workers"});
    for (std::size_t i = 0; i < started.size(); ++i) {
        std::size_t counted = 0;
        recv(started[i].socket, &counted, sizeof counted, 0);
        check::require(counted <= allowed,
                       {"worker {} of {} has {} descriptors open, allowed: {}",
                        "o worker {} de {} tem {} descritores abertos; permitidos: {}"},
                       i + 1, started.size(), counted, allowed);
    }
    check::counted({"{} in each of {}", "{} em cada um dos {}"}, allowed, workers);
    check::end_passed();
}

// Once a process is a zombie its descriptors are closed: nothing to wait for.
void death_seen() {
    const Worker worker = start(until_told);
    kill(worker.process_id, SIGKILL);
    check::waiting_for({"a worker to die", "um worker morrer"});
    wait_for_death(worker.process_id);
    pollfd watched{worker.socket, POLLIN, 0};
    check::require(poll(&watched, 1, 0) == 1,
                   {"the worker is dead, but its socket is not at end-of-file: its end is open in "
                    "another process",
                    "o worker morreu, mas o socket não chegou ao fim de arquivo: a ponta dele está "
                    "aberta em outro processo"});
    check::end_passed();
}

void ends_at_eof() {
    const Worker worker = start([](int socket) {
        char byte = 0;
        if (recv(socket, &byte, 1, 0) == 0)
            until_parent_waits();
    });
    check::waiting_for(
        {"a worker to read end-of-file, which it gets when no process has the "
         "parent's end of its socket open",
         "um worker ler o fim de arquivo, que só chega quando nenhum processo mantém "
         "aberta a ponta que é do pai"});
    end_worker(worker);
    check::require(kill(worker.process_id, 0) != 0,
                   {"end_worker() returned, but the worker's process is still there",
                    "end_worker() retornou, mas o processo do worker ainda está lá"});
    check::end_passed();
}

void all_reaped() {
    auto started = start_several(until_told);
    end_all(started);
    const std::size_t left = check::children();
    check::require(left == 0,
                   {"of {} workers {} are still children of this process, dead or alive",
                    "de {} workers, {} ainda são filhos deste processo, vivos ou mortos"},
                   workers, left);
    check::counted({"{} of {}", "{} de {}"}, workers, workers);
    check::end_passed();
}

void require_cause(const std::string& expected, const std::string& said) {
    check::require(said == expected,
                   {"a worker {}; end_worker() said \"{}\"",
                    "um worker terminou assim: \"{}\"; end_worker() disse \"{}\""},
                   expected, said);
}

void cause_told() {
    require_cause("exited with status 0", told_to_end(start(until_told)));
    require_cause("exited with status 3", told_to_end(start([](int socket) {
                      until_told(socket);
                      _exit(3);
                  })));
    const Worker killed = start(until_told);
    kill(killed.process_id, SIGKILL);
    check::waiting_for({"a worker to die", "um worker morrer"});
    wait_for_death(killed.process_id);
    require_cause("killed by SIGKILL", end_worker(killed));
    check::counted({"0, 3, SIGKILL", "0, 3, SIGKILL"});
    check::end_passed();
}

// A library that the program uses may have a child of its own, and waits for it itself.
void leaves_other_children() {
    constexpr int expected = 42;
    int door[2];
    if (pipe(door) != 0)
        check::end_uncheckable({"cannot create a pipe", "não foi possível criar um pipe"});
    const pid_t child = fork();
    if (child == 0) {
        char byte = 0;
        _exit(read(door[0], &byte, 1) == 1 ? expected : 1);
    }
    const Worker worker = start(until_told);
    if (write(door[1], "o", 1) != 1)
        check::end_uncheckable({"cannot write to a pipe", "não foi possível escrever em um pipe"});
    check::waiting_for({"a child of another part of the program to end",
                        "um filho de outra parte do programa terminar"});
    wait_for_death(child);
    told_to_end(worker);
    int status = 0;
    const pid_t found = waitpid(child, &status, WNOHANG);
    check::require(found == child && WIFEXITED(status) && WEXITSTATUS(status) == expected,
                   {"another part of the program had a child too, which ended with status {}: that "
                    "status had already been collected",
                    "outra parte do programa também tinha um filho, que terminou com status {}: "
                    "alguém já tinha recolhido esse status"},
                   expected);
    check::end_passed();
}

// How often the processes have run what the parent registered for its own end: memory that they
// share.
std::atomic<int>* ends_run = nullptr;

void count_ends() {
    const int shared = MAP_SHARED | MAP_ANONYMOUS;
    void* const memory = mmap(nullptr, sizeof *ends_run, PROT_READ | PROT_WRITE, shared, -1, 0);
    if (memory == MAP_FAILED)
        check::end_uncheckable(
            {"cannot get shared memory", "não foi possível obter memória compartilhada"});
    ends_run = new (memory) std::atomic<int>(0);
    std::atexit([] { ++*ends_run; });
}

// A file in the case's own folder, which is buffered as a pipe is.
void output_once() {
    constexpr const char* name = "output.txt";
    std::FILE* const output = std::fopen(name, "w");
    if (output == nullptr)
        check::end_uncheckable({"cannot open a file", "não foi possível abrir um arquivo"});
    std::fputs("page 1 arrived\n", output);  // in the buffer now, and in each worker's copy of it
    count_ends();
    auto started = start_several(until_told);
    const auto all = started;
    end_all(started);
    for (const Worker& worker : all)  // should end_worker() not wait: that is another case's
        wait_for_death(worker.process_id);
    std::fclose(output);
    std::ifstream file(name);
    int lines = 0;
    for (std::string line; std::getline(file, line);)
        ++lines;
    check::require(lines == 1,
                   {"before the workers, the parent printed 1 line; the output has {}",
                    "antes dos workers, o pai imprimiu 1 linha; a saída tem {}"},
                   lines);
    check::require(*ends_run == 0,
                   {"{} workers ran what the parent had registered with atexit",
                    "{} workers executaram o que o pai tinha registrado com atexit"},
                   ends_run->load());
    check::counted({"{} of {}", "{} de {}"}, lines, 1);
    check::end_passed();
}

constexpr check::Case cases[] = {
    {"all_closed", {"the parent closes what it has opened", "o pai fecha o que abriu"}, all_closed},
    {"one_socket",
     {"a worker has its own socket, no other", "um worker só tem o próprio socket"},
     one_socket},
    {"death_seen",
     {"a dead worker's socket is at end-of-file", "worker morto: fim de arquivo no socket"},
     death_seen},
    {"ends_at_eof",
     {"a worker ends at end-of-file", "o worker termina ao ler o fim de arquivo"},
     ends_at_eof},
    {"all_reaped", {"no zombie is left", "não sobra nenhum zumbi"}, all_reaped},
    {"cause_told", {"it says how a worker ended", "diz como um worker terminou"}, cause_told},
    {"leaves_other_children",
     {"it waits for no child of others", "não espera por filhos dos outros"},
     leaves_other_children},
    {"output_once",
     {"the parent's output appears once", "a saída do pai aparece uma vez"},
     output_once},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
