/* demangled.c: names as perf 6.1 prints them, through libiberty.
 *
 * perf 6.1 asks libiberty with no option set: no parameters, no return types, no hash, and whatever
 * follows a complete C++ encoding (".isra.0", "@@VERSION") is dropped. D is ours in addition.
 * Source: Linux 6.1 tools/perf/util/symbol-elf.c, demangle-ocaml.c, demangle-java.c; binutils
 * libiberty. */
#include "demangled.h"

#include <demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A short mangled name can stand for 2^60 bytes of text (substitutions of substitutions), and a
 * callback cannot tell libiberty to stop. So when out is full we jump out of it. The C++ printer
 * holds no memory then; the Rust one may hold one punycode identifier, which is lost. */
struct sink {
    char *out;
    size_t length, cap;
    jmp_buf full;
};

static void take(const char *text, size_t size, void *user)
{
    struct sink *sink = user;
    size_t room = sink->cap - 1 - sink->length;
    size_t n = size < room ? size : room;
    memcpy(sink->out + sink->length, text, n);
    sink->length += n;
    if (size > room)
        longjmp(sink->full, 1);
}

static bool by_callback(const char *name, struct sink *sink)
{
    if (setjmp(sink->full))
        return true;
    if (rust_demangle_callback(name, DMGL_NO_OPTS, take, sink))
        return true;
    sink->length = 0;
    return cplus_demangle_v3_callback(name, DMGL_NO_OPTS, take, sink);
}

/* libiberty's D demangler builds its result in memory, and ends the process when there is none.
 * Back references ("Q") are what makes results grow beyond the name: bound both. */
enum { D_NAME_MAX = 2048, D_REFERENCES_MAX = 32 };

static bool by_dlang(const char *name, struct sink *sink)
{
    size_t references = 0, length = 0;
    for (; name[length]; length++)
        references += name[length] == 'Q';
    if (length > D_NAME_MAX || references > D_REFERENCES_MAX)
        return false;
    char *text = dlang_demangle(name, DMGL_NO_OPTS);
    if (!text)
        return false;
    size_t n = strlen(text);
    sink->length = n < sink->cap ? n : sink->cap - 1;
    memcpy(sink->out, text, sink->length);
    free(text);
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* camlModule__function_123: "__" stands for a dot, $xx for a byte. The number at the end stays, as
 * in perf. */
static bool by_ocaml(const char *name, struct sink *sink)
{
    if (strncmp(name, "caml", 4) != 0 || name[4] < 'A' || name[4] > 'Z')
        return false;
    for (const char *at = name + 4; *at && sink->length + 1 < sink->cap;) {
        char c = *at;
        size_t used = 1;
        if (c == '_' && at[1] == '_') {
            c = '.';
            used = 2;
        } else if (c == '$' && hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0) {
            c = (char)(hex_digit(at[1]) * 16 + hex_digit(at[2]));
            used = 3;
        }
        sink->out[sink->length++] = c;
        at += used;
    }
    return true;
}

static void put(struct sink *sink, const char *text)
{
    while (*text && sink->length + 1 < sink->cap)
        sink->out[sink->length++] = *text++;
}

/* A type in a Java signature, at *at, which moves behind it: "[[Ljava/lang/String;", "I". perf
 * gives a class's brackets to the next type that is none; *brackets is how many wait for it. */
static bool put_java_type(const char **at, unsigned *brackets, struct sink *sink)
{
    static const char *const types[] = { "Bbyte", "Cchar",  "Ddouble",  "Ffloat", "Iint",
                                         "Jlong", "Sshort", "Zboolean", "Vvoid" };
    for (; **at == '['; ++*at)
        ++*brackets;
    if (**at == 'L') {
        for (++*at; **at && !strchr(";[()", **at); ++*at)
            put(sink, (char[]){ (char)(**at == '/' ? '.' : **at), 0 });
        return *(*at)++ == ';';
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i][0] == **at) {
            put(sink, types[i] + 1);
            for (; *brackets; --*brackets)
                put(sink, "[]");
            ++*at;
            return true;
        }
    return false;
}

/* "Ljava/lang/String;indexOf(II)I", as JVM agents write it into jitdumps: without what it returns.
 * A method that does not begin with a letter ("<init>") follows its class without a dot in perf. */
static bool by_java(const char *name, struct sink *sink)
{
    unsigned brackets = 0;
    const char *at = name;
    if (!strchr(name, ')') || !put_java_type(&at, &brackets, sink))
        return false;
    if ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'))
        put(sink, ".");
    for (; *at != '('; at++) {
        if (!*at || strchr(";/[)", *at))
            return false;
        put(sink, (char[]){ *at, 0 });
    }
    put(sink, "(");
    at++;
    for (bool first = true; *at != ')'; first = false) {
        if (!first)
            put(sink, ", ");
        if (!put_java_type(&at, &brackets, sink))
            return false;
    }
    put(sink, ")");
    return true;
}

size_t flame_demangle(const char *name, char *out, size_t cap)
{
    struct sink sink = { .out = out, .cap = cap };
    if (cap == 0)
        return 0;
    bool done = false;
    if (name[0] == '_' && name[1] == 'D')
        done = by_dlang(name, &sink);
    else if (name[0] == '_')
        done = by_callback(name, &sink);
    else if (name[0] == 'c')
        done = by_ocaml(name, &sink);
    else if (name[0] == 'L')
        done = by_java(name, &sink);
    if (!done)
        sink.length = 0;
    out[sink.length] = 0;
    return sink.length;
}
