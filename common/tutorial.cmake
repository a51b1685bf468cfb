# What every chapter's CMakeLists.txt includes: compiler settings, the libraries, add_chapter().
# A chapter may be the top of its own build or a folder of the whole one; both come through here.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(TUTORIAL_FUZZ "Build the fuzzers (needs clang)" OFF)
set(TUTORIAL_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")

# Before the first target: what is compiled without them is not watched by them.
if(TUTORIAL_SANITIZE)
  add_compile_options(-fsanitize=${TUTORIAL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TUTORIAL_SANITIZE})
endif()

# A library that a program does not call costs it a tenth of a millisecond at every start.
add_link_options(LINKER:--as-needed)

# Imported targets are visible only downwards, so they are found here and not in common/.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)

add_library(tutorial_warnings INTERFACE)
target_compile_options(tutorial_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion)

add_library(tutorial_asio INTERFACE)
target_include_directories(tutorial_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_link_libraries(tutorial_asio INTERFACE Threads::Threads)
# Asio 1.22 recognizes coroutines in g++ alone; clang has them too. And whether it allocates with
# aligned_alloc would depend on what a file includes before Asio: one file's new, another's free.
target_compile_definitions(tutorial_asio INTERFACE
  ASIO_NO_DEPRECATED
  ASIO_DISABLE_STD_ALIGNED_ALLOC
  $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_CO_AWAIT>
  $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_STD_COROUTINE>)

add_subdirectory(${CMAKE_CURRENT_LIST_DIR} ${CMAKE_BINARY_DIR}/common)

# add_minimal(threads_minimal minimal.cpp): a program of one file and no helper of ours, which a
# plain g++ line builds too.
function(add_minimal name source)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE
    PkgConfig::httplib OpenSSL::SSL OpenSSL::Crypto tutorial_asio tutorial_warnings)
endfunction()

# add_chapter(threads [SOURCES more.cpp...] [LIBRARIES more...])
# makes the library threads_model (everything but main.cpp: the tests link it too), the program
# threads, which finds the practice site that was built with it, and the program threads_minimal.
function(add_chapter name)
  cmake_parse_arguments(PARSE_ARGV 1 chapter "" "" "SOURCES;LIBRARIES")
  add_library(${name}_model STATIC download_all.cpp ${chapter_SOURCES})
  target_include_directories(${name}_model INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/..)
  target_link_libraries(${name}_model
    PUBLIC tutorial_common ${chapter_LIBRARIES}
    PRIVATE tutorial_warnings)

  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE ${name}_model tutorial_warnings)
  add_dependencies(${name} practice_site)
  add_minimal(${name}_minimal minimal.cpp)
endfunction()
