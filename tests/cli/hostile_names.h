/* hostile_names.h: names that try to break out of wherever they are written.
 *
 * One table for who puts them into a recording (make_hostile.c) and who looks for them in what the
 * program wrote (check_output.c). None holds a NUL: what may, make_hostile adds by hand. */
#ifndef FLAME_TESTS_HOSTILE_NAMES_H
#define FLAME_TESTS_HOSTILE_NAMES_H

#include <flamedata/str.h>

#define HOSTILE(text)                                                                              \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static const struct flame_str hostile_names[] = {
    /* SVG and HTML: out of a text, an attribute, a comment, CDATA, a script, a style sheet */
    HOSTILE("</script><script>pwned()</script>"),
    HOSTILE("</style><img src=x onerror=pwned()>"),
    HOSTILE("</title><svg onload=pwned()>"),
    HOSTILE("\"><img src=x onerror=\"pwned()\">"),
    HOSTILE("' onmouseover='pwned()"),
    HOSTILE("\" onclick=\"pwned()"),
    HOSTILE("]]><script>pwned()</script>"),
    HOSTILE("<![CDATA[ <script>pwned()"),
    HOSTILE("<!--<script>"),
    HOSTILE("--><script>pwned()</script>"),
    HOSTILE("<?xml version='1.0'?><!DOCTYPE x>"),
    HOSTILE("&#x0;&#0;&lt;script&gt;&nbsp;&bogus;"),
    HOSTILE("javascript:pwned()"),
    HOSTILE("data:text/html,<script>pwned()</script>"),
    HOSTILE("}*{background:url(//pwned.invalid)}"),
    HOSTILE("<a href=javascript:pwned()>"),
    HOSTILE("\\u003cscript\\u003e\\\";pwned();//"),
    HOSTILE("${pwned()}`+pwned()+`"),
    /* terminals: control sequences of 7 and of 8 bits, raw and in UTF-8 */
    HOSTILE("\x1b[2J\x1b[H"),
    HOSTILE("\x1b]8;;http://pwned.invalid\x1b\\link\x1b]8;;\x1b\\"),
    HOSTILE("\x1b]52;c;cHduZWQ=\x07"),
    HOSTILE("\xc2\x9b"
            "2J\xc2\x9d"
            "0;pwned\xc2\x9c"),
    HOSTILE("\x9b"
            "2J\x9d"
            "0;pwned\x9c"),
    HOSTILE("\x07\x08\x0e\x0f\x7f"),
    HOSTILE("line\r\nflamedata: lost: nothing"),
    HOSTILE("line\nnext 12"),
    HOSTILE("over\rwritten"),
    HOSTILE("tab\tbed\vand\ffed"),
    HOSTILE("%s%n%s%n%99999999d"),
    /* readers: text that turns around, hides, or ends a line */
    HOSTILE("\xe2\x80\xae"
            "cod.txt"),
    HOSTILE("\xe2\x81\xa6isolated\xe2\x81\xa9"),
    HOSTILE("a\xe2\x80\xa8"
            "b\xe2\x80\xa9"
            "c\xc2\x85"
            "d"),
    HOSTILE("\xef\xbb\xbfmark\xe2\x80\x8bnothing"),
    HOSTILE("\xf3\xa0\x81\xa1tagged"),
    /* what is not UTF-8: cut short, overlong, surrogates, beyond the last character */
    HOSTILE("cut \xe2\x80"),
    HOSTILE("over\xc0\xbcscript\xe0\x80\xbelong\xf0\x80\x80\xbc"),
    HOSTILE("half \xed\xa0\x80\xed\xb0\x80"),
    HOSTILE("far \xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xff\xfe"),
    HOSTILE("no character \xef\xbf\xbe\xef\xbf\xbf"),
    /* spreadsheets, and what ends a cell or a frame */
    HOSTILE("=cmd|'/C calc'!A0"),
    HOSTILE("+cmd|'/C calc'!A0"),
    HOSTILE("-2+3+cmd|'/C calc'!A0"),
    HOSTILE("@SUM(1+1)*cmd|'/C calc'!A0"),
    HOSTILE("\t=1+1"),
    HOSTILE("\xef\xbc\x9d"
            "1+1"),
    HOSTILE("'=1+1"),
    HOSTILE("\",=1+1,\""),
    HOSTILE("a;b;=1+1 77"),
};
#undef HOSTILE

enum { HOSTILE_COUNT = sizeof hostile_names / sizeof *hostile_names };

#endif
