/* test_html.c: what a page holds, that nothing in a name can break it, and that it runs no script
 * but its own. */
#include "folded_stacks.h"
#include "html_check.h"
#include "sha256.h"

#include <flamedata/render.h>
#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

struct drawn {
    char *text;
    size_t size;
};

/* The page, put together as it should be; to be freed. */
static struct drawn draw_page(const struct flame_page *given)
{
    struct flame_page page = *given;
    static const struct flame_look plain = { 0 };
    struct flame_output *out = flame_output_memory();
    const char *at;
    page.look = page.look ? page.look : &plain;
    assert_int_equal(flame_render_html(&page, out, NULL), FLAME_OK);
    struct flame_str bytes = flame_output_bytes(out);
    struct drawn drawn = { malloc(bytes.len + 1), bytes.len };
    assert_non_null(drawn.text);
    memcpy(drawn.text, bytes.ptr, bytes.len);
    drawn.text[bytes.len] = 0;
    assert_int_equal(strlen(drawn.text), bytes.len);
    assert_int_equal(flame_output_commit(out, NULL), FLAME_OK);
    const char *fault = html_fault(drawn.text, &at);
    if (fault)
        fail_msg("%s: %.300s", fault, at);
    return drawn;
}

/* A page of folded text and nothing else. */
static struct drawn draw(const char *folded, const struct flame_page *more)
{
    struct folded f;
    struct flame_tree tree;
    const struct flame_stacks *stacks = folded_make(&f, folded, 1);
    assert_int_equal(flame_tree_build(&tree, stacks, FLAME_TREE_CALLERS_FIRST, NULL), FLAME_OK);
    const struct flame_page_event event = { .unit = FLAME_UNIT_SAMPLES };
    struct flame_page page = more ? *more : (struct flame_page){ 0 };
    page.tree = &tree;
    if (!page.events) {
        page.events = &event;
        page.event_count = 1;
    }
    struct drawn drawn = draw_page(&page);
    flame_tree_free(&tree);
    return drawn;
}

/* What stands in the element that begins with head, up to its end tag; NULL: there is none. */
static char *content_of(const struct drawn *page, const char *head)
{
    const char *from = strstr(page->text, head), *to = from ? strstr(from, "</script>") : NULL;
    return to ? strndup(from + strlen(head), (size_t)(to - from) - strlen(head)) : NULL;
}

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* A block's bytes as they were, NUL-terminated; NULL: there is no such block. */
static char *block_of(const struct drawn *page, const char *id)
{
    enum { MOST = 1 << 20 };
    char head[80];
    snprintf(head, sizeof head, "<script type=\"application/octet-stream\" id=\"%s\">", id);
    char *text = content_of(page, head);
    if (!text)
        return NULL;
    size_t length = strlen(text), size = 0;
    uint8_t *packed = malloc(length + 3);
    assert_int_equal(length % 4, 0);
    for (size_t i = 0; i < length; i += 4) {
        uint32_t four = 0;
        unsigned bytes = 3;
        for (size_t j = 0; j < 4; j++) {
            bytes -= text[i + j] == '=';
            assert_true(text[i + j] == '=' ? i + 4 == length : digit_of(text[i + j]) >= 0);
            four = four << 6 | (uint32_t)(text[i + j] == '=' ? 0 : digit_of(text[i + j]));
        }
        for (unsigned b = 0; b < bytes; b++)
            packed[size++] = (uint8_t)(four >> (16 - 8 * b));
    }
    char *plain = calloc(1, MOST);
    uLongf left = MOST - 1;
    assert_int_equal(uncompress((Bytef *)plain, &left, packed, (uLong)size), Z_OK);
    free(packed);
    free(text);
    return plain;
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no %s in %.3000s", part, text);
}

static void expect_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("%s in a page", part);
}

#define LITTLE "sh;main;f 3\nsh;main;g_[k] 1\n"

static void a_page_has_the_still_picture_and_the_tree(void **state)
{
    (void)state;
    struct drawn page = draw(LITTLE, NULL);
    expect(page.text, "<title>main (4 samples, 100.00%)</title>");
    char *columns = block_of(&page, "columns"), *data = block_of(&page, "data");
    assert_non_null(columns);
    assert_int_equal(columns[0], 1); /* version */
    assert_int_equal(columns[1], 5); /* nodes */
    expect(data, "\"title\": \"Flame Graph\"");
    expect(data, "\"quantity\": \"samples\"");
    expect(data, "\"view\": \"flame\"");
    assert_null(block_of(&page, "samples"));
    assert_null(block_of(&page, "verdict"));
    assert_null(block_of(&page, "code0"));
    free(columns);
    free(data);
    free(page.text);
}

static void the_policy_allows_the_pages_scripts_and_no_others(void **state)
{
    (void)state;
    struct drawn page = draw(LITTLE, NULL);
    char *loader = content_of(&page, "<script>"), *script = block_of(&page, "script");
    char allowed[160];
    assert_non_null(loader);
    assert_non_null(script);
    snprintf(allowed, sizeof allowed, "script-src 'sha256-%s' 'sha256-%s';",
             sha256_base64(loader).text, sha256_base64(script).text);
    expect(page.text, allowed);
    expect(page.text, "default-src 'none'");
    size_t run = 0;
    for (const char *at = page.text; (at = strstr(at, "<script")); at++)
        run += strncmp(at, "<script type=\"application/octet-stream\"", 39) != 0;
    assert_int_equal(run, 1);
    expect_not(page.text, "unsafe-eval");
    for (const char *at = page.text; (at = strstr(at, "http")); at++)
        if (strncmp(at, "http-equiv", 10) != 0 && strncmp(at, "http://www.w3.org/", 18) != 0)
            fail_msg("an address: %.80s", at);
    free(loader);
    free(script);
    free(page.text);
}

static void nothing_in_a_name_ends_where_it_stands(void **state)
{
    (void)state;
#define HOSTILE "</script><!--]]>&\"'<img/src=x/onerror=alert(1)>\xe2\x80\xae\xff\x01"
    struct flame_str hostile = flame_str_from(HOSTILE);
    const struct flame_page_event events[] = { { .name = hostile, .unit = FLAME_UNIT_EVENTS } };
    const struct flame_page_fact facts[] = { { hostile, hostile }, { hostile, { 0 } } };
    struct flame_output *block = flame_output_memory();
    assert_int_equal(flame_page_pack(hostile, block), FLAME_OK);
    const struct flame_page_code codes[] = { { hostile, hostile, flame_output_bytes(block) } };
    const struct flame_look look = { .title = HOSTILE,
                                     .subtitle = HOSTILE,
                                     .notes = HOSTILE,
                                     .count_name = HOSTILE,
                                     .metadata = hostile };
    struct flame_page more = { .events = events,
                               .event_count = 1,
                               .facts = facts,
                               .fact_count = 2,
                               .codes = codes,
                               .code_count = 1,
                               .code_note = hostile,
                               .samples_note = hostile,
                               .verdict = hostile,
                               .look = &look };
    struct drawn page = draw("a" HOSTILE ";f" HOSTILE ";g 3\n", &more), plain = draw(LITTLE, NULL);
    size_t scripts[2] = { 0 };
    for (const char *at = page.text; (at = strstr(at, "</script")); at++)
        scripts[0]++;
    for (const char *at = plain.text; (at = strstr(at, "</script")); at++)
        scripts[1]++;
    assert_int_equal(scripts[0], scripts[1] + 2); /* verdict and code0 */
    expect_not(page.text, "<img");
    expect_not(page.text, "<!--");
    expect_not(page.text, "\xe2\x80\xae");
    expect_not(page.text, "\xff");
    char *code = block_of(&page, "code0"), *data = block_of(&page, "data");
    assert_string_equal(code, HOSTILE);
    expect(data, "</script>");
    free(code);
    free(data);
    free(page.text);
    free(plain.text);
    flame_output_discard(block);
}

static void each_event_has_its_weights_and_words(void **state)
{
    (void)state;
    const uint64_t second[] = { 0, 0, 7, 0, 0 };
    const struct flame_page_event events[] = {
        { .name = flame_str_from("cpu-clock"), .unit = FLAME_UNIT_NANOSECONDS },
        { .name = flame_str_from("page-faults"), .unit = FLAME_UNIT_EVENTS, .self = second },
    };
    struct flame_page more = { .events = events, .event_count = 2, .event = 1 };
    struct drawn page = draw(LITTLE, &more);
    char *data = block_of(&page, "data"), *columns = block_of(&page, "columns");
    expect(data, "\"event\": 1");
    expect(data, "\"durations\": true");
    expect(data, "\"quantity\": \"page-faults\"");
    assert_int_equal(columns[3], 2);
    free(columns);
    free(data);
    free(page.text);
}

static void facts_and_verdict_can_be_read_without_the_script(void **state)
{
    (void)state;
    const struct flame_page_fact facts[] = { { flame_str_from("machine"), { 0 } },
                                             { flame_str_from("host"), flame_str_from("a<b") } };
    const struct flame_look look = { .metadata = flame_str_from("1 sample\nlost: none\n") };
    struct flame_page more = {
        .facts = facts, .fact_count = 2, .doubts = flame_str_from("lost: much\n"), .look = &look
    };
    struct drawn page = draw(LITTLE, &more);
    expect(page.text, "<dt>host</dt><dd>a&lt;b</dd>");
    expect(page.text, "1 sample\nlost: none");
    char *data = block_of(&page, "data");
    expect(data, "\"lost: none\"");
    expect(strstr(data, "\"doubts\""), "\"lost: much\"");
    free(data);
    free(page.text);
}

static void the_title_says_of_which_machine_and_when(void **state)
{
    (void)state;
    const struct flame_page_fact facts[] = {
        { flame_str_from("begun"), flame_str_from("2026-11-23 06:00:00 UTC") },
        { flame_str_from("host"), flame_str_from("a<b") },
    };
    struct flame_look look = { 0 };
    struct flame_page more = { .facts = facts, .fact_count = 2, .look = &look };
    struct drawn page = draw(LITTLE, &more);
    expect(page.text,
           "<title>Flame Graph \xe2\x80\x93 a&lt;b \xe2\x80\x93 2026-11-23 06:00:00 UTC<");
    free(page.text);
    look.title = "Mine";
    page = draw(LITTLE, &more);
    expect(page.text, "<title>Mine</title>\n<style>");
    free(page.text);
}

static void the_same_input_gives_the_same_page(void **state)
{
    (void)state;
    struct drawn first = draw(LITTLE, NULL), second = draw(LITTLE, NULL);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.text, second.text, first.size);
    free(first.text);
    free(second.text);
}

static void a_tree_without_weight_is_no_page(void **state)
{
    (void)state;
    struct folded f;
    struct flame_tree tree;
    struct flame_look look = { 0 };
    struct flame_output *out = flame_output_memory();
    const struct flame_page_event event = { .unit = FLAME_UNIT_SAMPLES };
    assert_int_equal(
        flame_tree_build(&tree, folded_make(&f, "a;b 0\n", 1), FLAME_TREE_CALLERS_FIRST, NULL),
        FLAME_OK);
    const struct flame_page page = {
        .tree = &tree, .events = &event, .event_count = 1, .look = &look
    };
    assert_int_equal(flame_render_html(&page, out, NULL), FLAME_EMPTY);
    flame_tree_free(&tree);
    flame_output_discard(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_has_the_still_picture_and_the_tree),
        cmocka_unit_test(the_policy_allows_the_pages_scripts_and_no_others),
        cmocka_unit_test(nothing_in_a_name_ends_where_it_stands),
        cmocka_unit_test(each_event_has_its_weights_and_words),
        cmocka_unit_test(facts_and_verdict_can_be_read_without_the_script),
        cmocka_unit_test(the_title_says_of_which_machine_and_when),
        cmocka_unit_test(the_same_input_gives_the_same_page),
        cmocka_unit_test(a_tree_without_weight_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
