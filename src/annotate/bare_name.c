/* bare_name.c: names without what differs from build to build and nobody types.
 *
 * Works on what is shown, which may be C++, Rust, or anything that a perf-PID.map holds: what does
 * not look like one of the forms below is left as it is. Brackets are counted, never trusted: every
 * loop ends with the name. */
#include "bare_name.h"

#include "brackets.h"

#include <ctype.h>
#include <stdint.h>

enum { RUST_HASH = 16 };

static struct flame_str first(struct flame_str s, size_t n)
{
    return (struct flame_str){ s.ptr, n };
}

static struct flame_str without_end(struct flame_str s, const char *suffix)
{
    return flame_str_ends(s, suffix) && s.len > strlen(suffix) ? first(s, s.len - strlen(suffix))
                                                               : s;
}

/* Once more as long as there is something to take away. GCC: ".isra.0", ".part.3", ".cold"; Clang:
 * ".llvm.123"; c++filt: " [clone .cold]". */
static struct flame_str without_clone(struct flame_str s)
{
    static const char *const marks[] = { ".constprop", ".isra", ".part", ".cold",
                                         ".lto_priv",  ".llvm", ".warm", ".localalias" };
    for (size_t before = 0; before != s.len;) {
        before = s.len;
        size_t n = s.len;
        while (n > 1 && isdigit((unsigned char)s.ptr[n - 1]))
            n--;
        if (n < s.len && n > 1 && s.ptr[n - 1] == '.')
            s.len = n - 1;
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
            s = without_end(s, marks[i]);
        n = s.len;
        while (flame_str_ends(s, "]") && n > 1 && s.ptr[n - 1] != '[')
            n--;
        if (n > 1 && n < s.len && s.ptr[n - 2] == ' ' && s.len - n > 5 &&
            memcmp(s.ptr + n, "clone", 5) == 0)
            s.len = n - 2;
    }
    return s;
}

/* "pthread_rwlock_rdlock@GLIBC_2.2.5", or @@. What is behind "@plt" is another function. */
static struct flame_str without_version(struct flame_str s)
{
    size_t n = s.len;
    while (n > 0 && (flame_is_word(s.ptr[n - 1]) || s.ptr[n - 1] == '.'))
        n--;
    bool plt = flame_str_ends(s, "@plt");
    if (plt || n < 2 || n == s.len || s.ptr[n - 1] != '@')
        return s;
    n -= s.ptr[n - 2] == '@' ? 2 : 1;
    return n ? first(s, n) : s;
}

static struct flame_str without_hash(struct flame_str s)
{
    if (s.len <= RUST_HASH + 3)
        return s;
    const char *hash = s.ptr + s.len - RUST_HASH;
    for (size_t i = 0; i < RUST_HASH; i++)
        if (!isdigit((unsigned char)hash[i]) && !(hash[i] >= 'a' && hash[i] <= 'f'))
            return s;
    return memcmp(hash - 3, "::h", 3) == 0 ? first(s, s.len - RUST_HASH - 3) : s;
}

static struct flame_str without_parameters(struct flame_str s)
{
    static const char *const qualifiers[] = { " const", " volatile", " &", " &&" };
    struct flame_str rest = s;
    for (size_t i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++)
        rest = without_end(rest, qualifiers[i]);
    if (!flame_str_ends(rest, ")"))
        return s;
    size_t depth = 0, n = rest.len;
    while (n > 0) {
        char c = rest.ptr[--n];
        depth += c == ')';
        if (c == '(' && --depth == 0)
            break;
    }
    /* What is called "operator()" and "(anonymous namespace)" has no parameters here. */
    bool whole = n == 0 || (n + 2 == rest.len && flame_str_ends(first(s, n), "operator"));
    return depth || whole ? s : first(s, n);
}

/* How much of a name of V8 says what kind of code it is and how well compiled: of "JS:*fib ..." the
 * "JS:*". 0: the name is none. */
static size_t script_mark(struct flame_str s)
{
    static const char *const kinds[] = { "JS:", "LazyCompile:", "Function:", "Script:", "Eval:" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i]);
        if (flame_str_starts(s, kinds[i]))
            return n < s.len && memchr("*~^+-", s.ptr[n], 5) ? n + 1 : n;
    }
    return 0;
}

/* Where in s, from begin on, its first c stands; s.len: nowhere. */
static size_t find(struct flame_str s, size_t begin, char c)
{
    const char *at = begin < s.len ? memchr(s.ptr + begin, c, s.len - begin) : NULL;
    return at ? (size_t)(at - s.ptr) : s.len;
}

/* "JS:*fib /hot.js:1:13", or with the line alone; the name of an accessor has a space in it. A
 * function without a name stays as it is: its place is all that tells it. */
static struct flame_str without_place(struct flame_str s)
{
    static const char python[] = "py::";
    if (flame_str_starts(s, python)) {
        size_t colon = find(s, sizeof python - 1, ':');
        return colon > sizeof python - 1 ? first(s, colon) : s;
    }
    size_t mark = script_mark(s), n = s.len;
    if (mark == 0)
        return s;
    struct flame_str function = { s.ptr + mark, s.len - mark };
    bool accessor = flame_str_starts(function, "get ") || flame_str_starts(function, "set ");
    size_t space = find(s, mark, ' ');
    if (accessor && find(s, space + 1, ' ') < s.len)
        space = find(s, space + 1, ' ');
    while (n > space && isdigit((unsigned char)s.ptr[n - 1]))
        n--;
    bool placed = n < s.len && n > space && s.ptr[n - 1] == ':';
    return placed && space > mark ? first(s, space) : s;
}

struct flame_str flame_bare_name(struct flame_str name)
{
    struct flame_str placed = without_place(name);
    return placed.len < name.len
               ? placed
               : without_parameters(without_hash(without_clone(without_version(name))));
}

/* The length of "operator<<" at the start of s, if it is one whose sign could be a bracket; behind
 * it template arguments may follow, after a space where they would be taken for more of the sign.
 */
static size_t operator_at(struct flame_str s)
{
    static const char word[] = "operator";
    static const char *const signs[] = { "<<=", ">>=", "<=>", "->*", "<<", ">>", "<=", ">=",
                                         "->",  "--",  "-=",  "<",   ">",  "-",  "()", "[]" };
    size_t n = sizeof word - 1;
    if (!flame_str_starts(s, word))
        return 0;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (flame_str_starts((struct flame_str){ s.ptr + n, s.len - n }, signs[i]))
            return n + strlen(signs[i]);
    return 0;
}

static bool append(char *out, size_t *used, const char *text, size_t n)
{
    if (n > FLAME_BARE_NAME - *used)
        return false;
    memcpy(out + *used, text, n);
    *used += n;
    return true;
}

/* The length of "<T as Trait>" at the start of s; 0: there is none. as is where " as " stands, or
 * that length less one. */
static size_t self_type(struct flame_str s, size_t *as)
{
    size_t depth = 0;
    *as = 0;
    for (size_t i = 0; i < s.len && s.ptr[0] == '<'; i++) {
        struct flame_str rest = { s.ptr + i, s.len - i };
        depth += s.ptr[i] == '<';
        if (depth == 1 && *as == 0 && flame_str_starts(rest, " as "))
            *as = i;
        if (s.ptr[i] == '>' && s.ptr[i - 1] != '-' && --depth == 0) {
            *as = *as ? *as : i;
            return i + 1;
        }
    }
    return 0;
}

struct flame_str flame_spoken_name(struct flame_str name, bool of_trait, char *out)
{
    struct flame_str s = flame_bare_name(name);
    size_t mark = script_mark(s), as, end = self_type(s, &as), used = 0;
    if (mark && mark < s.len)
        s = (struct flame_str){ s.ptr + mark, s.len - mark };
    struct flame_str call = { s.ptr + end, s.len - end };
    if (end == 0 || !flame_str_starts(call, "::")) {
        if (of_trait)
            s = (struct flame_str){ 0 };
        return s;
    }
    struct flame_str type = { s.ptr + 1, as - 1 };
    if (of_trait) {
        size_t begin = as + strlen(" as ");
        type = (struct flame_str){ 0 };
        if (begin < end)
            type = (struct flame_str){ s.ptr + begin, end - 1 - begin };
    }
    bool fits = type.len && append(out, &used, type.ptr, type.len) &&
                append(out, &used, call.ptr, call.len);
    return fits ? (struct flame_str){ out, used } : (struct flame_str){ 0 };
}

struct flame_str flame_bare_template(struct flame_str name, const char *instead, char *out)
{
    struct flame_str s = flame_bare_name(name);
    size_t depth = 0, used = 0, behind_sign = SIZE_MAX;
    bool fits = true;
    for (size_t i = 0; i < s.len && fits; i++) {
        char before = i ? s.ptr[i - 1] : 0, c = s.ptr[i];
        struct flame_str rest = { s.ptr + i, s.len - i };
        size_t sign = depth || flame_is_word(before) ? 0 : operator_at(rest);
        /* "<T as Trait>::call" begins with what is no argument; "swap::<T>" is Rust's. */
        bool turbofish = c == '<' && before == ':' && i > 2;
        if (sign) {
            fits = append(out, &used, rest.ptr, sign);
            i += sign - 1;
            behind_sign = i + 1;
            if (i + 2 < s.len && s.ptr[i + 1] == ' ' && s.ptr[i + 2] == '<')
                behind_sign = ++i + 1;
        } else if (c == '<' && depth) {
            depth++;
        } else if (c == '<' && (flame_is_word(before) || turbofish || i == behind_sign)) {
            used -= turbofish ? 2 : 0;
            depth = 1;
            fits = append(out, &used, instead, strlen(instead));
        } else if (c == '>' && depth && before != '-') {
            depth--;
        } else if (!depth) {
            fits = append(out, &used, &c, 1);
        }
    }
    return fits ? (struct flame_str){ out, used } : (struct flame_str){ 0 };
}
