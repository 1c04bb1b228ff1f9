# The libraries that flamedata stands on, each as a target. ./dev installs them on Debian and Ubuntu.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(DW REQUIRED IMPORTED_TARGET libdw>=0.186)
pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf>=0.186)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive>=3.4)
pkg_check_modules(CAPSTONE REQUIRED IMPORTED_TARGET capstone>=4)

# With libseccomp the program gives up system calls, too (src/cli/sandbox_calls.c).
pkg_check_modules(SECCOMP IMPORTED_TARGET libseccomp>=2.5)

# libiberty (the demangler of binutils and gdb) ships no pkg-config file.
find_library(IBERTY_LIBRARY iberty REQUIRED)
find_path(IBERTY_INCLUDE demangle.h PATH_SUFFIXES libiberty REQUIRED)
add_library(flame_iberty INTERFACE)
target_include_directories(flame_iberty SYSTEM INTERFACE $<BUILD_INTERFACE:${IBERTY_INCLUDE}>)
target_link_libraries(flame_iberty INTERFACE
    $<BUILD_INTERFACE:${IBERTY_LIBRARY}> $<INSTALL_INTERFACE:iberty>)

# xxHash is used as a header alone.
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)
