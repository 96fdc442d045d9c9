# zhijia_module(NAME [USES module ...] [LINKS library ...] [PRIVATE_LINKS library ...])
#
# A module is src/NAME: its public headers are src/NAME/include/NAME, everything else is private to it. Its tests
# are tests/NAME/*_test.cpp, its fuzzers fuzz/NAME/*_fuzz.cpp, its benchmarks bench/NAME/*_bench.cpp. Only the
# modules named in USES are visible to it, so the layering of docs/architecture.md is held by the build itself.
function(zhijia_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;LINKS;PRIVATE_LINKS")
  set(folder ${PROJECT_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${folder}/include PRIVATE ${folder})

  target_link_libraries(${name} PUBLIC ${arg_USES} ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})

  zhijia_programs(${name} tests test "GTest::gmock_main")
  if(ZHIJIA_FUZZ)
    zhijia_programs(${name} fuzz fuzz "-fsanitize=fuzzer")
  endif()
  if(ZHIJIA_BENCH)
    zhijia_programs(${name} bench bench "benchmark::benchmark_main;tests_support;GTest::gmock")
  endif()
endfunction()

# All fuzzers and nothing else: what is not fuzzed need not please Clang.
add_custom_target(fuzzers)

# Tests are one program a module; a fuzzer or a benchmark is a program a file.
function(zhijia_programs name folder kind library)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/${name}/*_${kind}.cpp)
  if(NOT sources)
    return()
  endif()
  # What tests and benchmarks of the module share.
  file(GLOB_RECURSE helpers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/support/*.cpp)
  if(kind STREQUAL "test")
    list(APPEND library tests_support)
    # Leaks of a library are nobody's test to fail, whichever module uses it.
    zhijia_program(${name}_tests ${name} "${library}" ${sources} ${helpers}
                   ${PROJECT_SOURCE_DIR}/tests/support/sanitizers/library_leaks.cpp)
    # A test runs once for each time that it is compiled: what it tests is optimized, it need not be.
    target_compile_options(${name}_tests PRIVATE $<$<CONFIG:Release>:-O1>)
    include(GoogleTest)
    gtest_discover_tests(${name}_tests TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DISCOVERY_MODE PRE_TEST)
    return()
  endif()
  foreach(source IN LISTS sources)
    get_filename_component(program ${source} NAME_WE)
    if(kind STREQUAL "bench")
      list(APPEND source ${helpers})
    endif()
    zhijia_program(${program} ${name} "${library}" ${source})
    if(kind STREQUAL "fuzz")
      add_dependencies(fuzzers ${program})
    endif()
  endforeach()
endfunction()

function(zhijia_program program module library)
  add_executable(${program} ${ARGN})
  target_link_libraries(${program} PRIVATE ${module} ${library})
  # A module's own tests may look inside it.
  target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/src/${module} ${PROJECT_SOURCE_DIR}/tests/${module})
endfunction()

find_package(GTest REQUIRED)

# What tests of several modules share: temporary folders, a PostgreSQL server of their own. #include "support/…".
file(GLOB support_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cpp)
add_library(tests_support STATIC ${support_sources})
set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/support/source.cpp PROPERTIES
                            COMPILE_DEFINITIONS ZHIJIA_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_include_directories(tests_support PUBLIC ${PROJECT_SOURCE_DIR}/tests)
find_package(PostgreSQL REQUIRED)
target_link_libraries(tests_support PRIVATE PostgreSQL::PostgreSQL)
if(ZHIJIA_BENCH)
  find_package(benchmark REQUIRED)
endif()
