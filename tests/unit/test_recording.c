/* A recording by its path: a file, a pipe, a folder of streams; and streams that are missing,
 * unreadable, empty or cut. */
#include "archive_builder.h"
#include "check.h"
#include "manifest.h"
#include "perf_builder.h"
#include "recording.h"

#include <flamedata/output.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct flame_event_attr cycles = { .sample_type = FLAME_SAMPLE_IP };

struct folder {
    char path[64], file[8][96];
    size_t files;
};

static int set_up(void **state)
{
    static struct folder folder;
    folder = (struct folder){ .path = "/tmp/flame-test-XXXXXX" };
    *state = &folder;
    return mkdtemp(folder.path) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct folder *f = *state;
    for (size_t i = 0; i < f->files; i++)
        if (unlink(f->file[i]) != 0)
            rmdir(f->file[i]);
    return rmdir(f->path);
}

/* The path of a file that is about to be made in the folder. */
static const char *new_path(struct folder *f, const char *name)
{
    assert_true(f->files < 8);
    char *path = f->file[f->files++];
    size_t length = strlen(f->path);
    assert_true(length + 1 + strlen(name) < sizeof *f->file);
    memcpy(path, f->path, length);
    path[length] = '/';
    strcpy(path + length + 1, name);
    return path;
}

static const char *put_file(struct folder *f, const char *name, struct flame_bytes bytes)
{
    const char *path = new_path(f, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    if (bytes.size)
        assert_int_equal(fwrite(bytes.ptr, 1, (size_t)bytes.size, out), bytes.size);
    fclose(out);
    return path;
}

/* Write comms first .. first + count - 1 as a recording of this form, without its last bytes. */
static const char *put_comms(struct folder *f, const char *name, enum builder_form form, int first,
                             int count, size_t cut)
{
    struct perf_builder *b = builder_new((struct builder_options){ .form = form });
    builder_attr(b, &cycles, NULL, 0, NULL);
    for (int i = first; i < first + count; i++)
        builder_comm(b, i, i, "sh");
    struct flame_bytes bytes = builder_finish(b);
    bytes.size -= cut;
    const char *path = put_file(f, name, bytes);
    builder_free(b);
    return path;
}

/* The comms of a path are first .. first + count - 1 in order. Returns the losses, among them how
 * many there are of the stream. */
static struct flame_perf_losses check_comms(const char *path, int first, int count)
{
    struct flame_recording recording;
    struct flame_error error = FLAME_ERROR_INIT;
    if (flame_recording_open(&recording, path, NULL, &error) != FLAME_OK)
        fail_msg("%s", error.text);
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    int next = first;
    flame_perf_stream_init(&stream, &recording.perf);
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        struct flame_perf_raw raw;
        size_t at = 0;
        while (flame_perf_block_next(&block, false, &at, &raw)) {
            struct flame_record record;
            if (raw.type != FLAME_RECORD_COMM)
                continue;
            assert_int_equal(flame_perf_record_decode(&recording.perf, &raw, &record, NULL),
                             FLAME_OK);
            assert_int_equal(record.comm.pid, next++);
        }
    }
    assert_int_equal(next, first + count);
    struct flame_perf_losses losses = recording.perf.losses;
    flame_perf_losses_add(&losses, &stream.losses);
    for (uint64_t i = 0; i < losses.count; i++)
        losses.items[i].error.path = NULL; /* it ends with the recording */
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    flame_recording_close(&recording);
    return losses;
}

static void folder_of_two_streams_is_one_recording(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 3, 0);
    put_comms(f, "data.1", BUILDER_STREAM, 5, 2, 0);
    put_comms(f, "data.0", BUILDER_STREAM, 3, 2, 0);
    assert_int_equal(check_comms(f->path, 0, 7).count, 0);
}

static void streams_come_in_the_order_of_their_numbers(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 1, 0);
    put_comms(f, "data.10", BUILDER_STREAM, 3, 1, 0);
    put_comms(f, "data.2", BUILDER_STREAM, 2, 1, 0);
    put_comms(f, "data.0", BUILDER_STREAM, 1, 1, 0);
    /* two gaps: behind 0, and behind 2 */
    assert_int_equal(check_comms(f->path, 0, 4).count, 2);
}

static void other_things_in_the_folder_are_left_alone(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 1, 0);
    put_comms(f, "data.0", BUILDER_STREAM, 1, 1, 0);
    put_comms(f, "database", BUILDER_STREAM, 50, 1, 0);
    assert_int_equal(mkdir(new_path(f, "kcore_dir"), 0700), 0);
    assert_int_equal(mkdir(new_path(f, "data.d"), 0700), 0);
    assert_int_equal(check_comms(f->path, 0, 2).count, 0);
}

static void folder_without_streams_is_its_data(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 2, 0);
    assert_int_equal(check_comms(f->path, 0, 2).count, 0);
}

static void empty_stream_is_no_loss(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 2, 0);
    put_file(f, "data.0", (struct flame_bytes){ 0 });
    put_comms(f, "data.1", BUILDER_STREAM, 2, 2, 0);
    assert_int_equal(check_comms(f->path, 0, 4).count, 0);
}

static void cut_stream_loses_its_end(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 2, 0);
    put_comms(f, "data.0", BUILDER_STREAM, 2, 3, 5);
    put_comms(f, "data.1", BUILDER_STREAM, 4, 2, 0);
    struct flame_perf_losses losses = check_comms(f->path, 0, 6);
    assert_int_equal(losses.count, 1);
    assert_int_equal(losses.items[0].error.status, FLAME_TRUNCATED);
    assert_int_equal(losses.bytes, 24 - 5);
    assert_true(losses.early); /* what it lost may be of what the other stream has */
}

/* A link to nowhere: root may read anything else. */
static void unreadable_stream_is_a_loss(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 2, 0);
    assert_int_equal(symlink("/nonexistent/stream", new_path(f, "data.0")), 0);
    put_comms(f, "data.1", BUILDER_STREAM, 2, 2, 0);
    struct flame_perf_losses losses = check_comms(f->path, 0, 4);
    assert_int_equal(losses.count, 1);
    assert_int_equal(losses.items[0].error.status, FLAME_IO);
    assert_non_null(strstr(losses.items[0].error.text, "cannot open"));
}

static void missing_stream_is_a_loss(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 2, 0);
    put_comms(f, "data.1", BUILDER_STREAM, 2, 2, 0);
    struct flame_perf_losses losses = check_comms(f->path, 0, 4);
    assert_int_equal(losses.count, 1);
    assert_non_null(strstr(losses.items[0].error.text, "No such file"));
    assert_true(losses.early);
}

static void stream_that_is_a_fifo_is_a_loss(void **state)
{
    struct folder *f = *state;
    put_comms(f, "data", BUILDER_FILE, 0, 2, 0);
    assert_int_equal(mkfifo(new_path(f, "data.0"), 0600), 0);
    struct flame_perf_losses losses = check_comms(f->path, 0, 2);
    assert_int_equal(losses.count, 1);
    assert_non_null(strstr(losses.items[0].error.text, "it is a pipe"));
}

static void folder_without_data_is_refused_by_its_name(void **state)
{
    struct folder *f = *state;
    struct flame_recording recording;
    struct flame_error error = FLAME_ERROR_INIT;
    put_comms(f, "data.0", BUILDER_STREAM, 0, 2, 0);
    assert_int_equal(flame_recording_open(&recording, f->path, NULL, &error), FLAME_IO);
    assert_string_equal(error.path, f->path);
    assert_non_null(strstr(error.text, "it has no file data"));
}

/* An archive of which nothing of the recording is there. */
static void archive_that_is_cut_before_its_recording_says_so(void **state)
{
    struct folder *f = *state;
    struct flame_recording recording;
    struct flame_error error = FLAME_ERROR_INIT;
    struct archive_builder b;
    static uint8_t bytes[100000] = "PERFILE2";
    archive_builder_begin(&b, "gnutar", "none");
    archive_builder_text(&b, "before", "is whole");
    archive_builder_file(&b, "perf.data", bytes, sizeof bytes);
    archive_builder_end(&b);
    const char *path = put_file(f, "cut.tar", (struct flame_bytes){ b.bytes, 3 * 512 - 100 });
    free(b.bytes);
    assert_int_equal(flame_recording_open(&recording, path, NULL, &error), FLAME_CORRUPT);
    assert_non_null(strstr(error.text, "1 member can be read; then: "));
    assert_non_null(strstr(error.text, "; take another copy of it"));
}

/* Comms 0 .. 999, to be freed with the builder. */
static struct flame_bytes thousand_comms(struct perf_builder **builder)
{
    struct perf_builder *b = *builder = builder_new((struct builder_options){ 0 });
    builder_attr(b, &cycles, NULL, 0, NULL);
    for (int i = 0; i < 1000; i++)
        builder_comm(b, i, i, "sh");
    return builder_finish(b);
}

/* Behind it are 24000 bytes of comms, less than 1000 of header, and a tar's own end. */
static void archive_that_is_cut_in_its_recording_gives_what_is_there(void **state)
{
    struct folder *f = *state;
    static const char *const formats[] = { "gnutar", "zip" };
    for (size_t i = 0; i < 2; i++) {
        struct perf_builder *comms;
        struct flame_bytes bytes = thousand_comms(&comms);
        struct archive_builder b;
        archive_builder_begin(&b, formats[i], "none");
        archive_builder_text(&b, "before", "is whole");
        archive_builder_file(&b, "perf.data", bytes.ptr, (size_t)bytes.size);
        archive_builder_end(&b);
        struct flame_recording recording;
        const char *path =
            put_file(f, i ? "cut.zip" : "cut.tar",
                     (struct flame_bytes){ b.bytes, i ? 2 * b.size / 3 : 1536 + 12000 });
        free(b.bytes);
        assert_int_equal(flame_recording_open(&recording, path, NULL, NULL), FLAME_OK);
        assert_int_equal(recording.perf.losses.count, 2);
        assert_int_equal(recording.perf.losses.items[0].error.status, FLAME_TRUNCATED);
        assert_non_null(strstr(recording.perf.losses.items[1].error.text, "1 member can be read"));
        assert_false(recording.perf.losses.early);
        assert_true(recording.perf.parts.items[0].size > 5000);
        assert_true(recording.perf.parts.items[0].size < 24000);
        flame_recording_close(&recording);
        builder_free(comms);
    }
}

static const uint8_t *find(const uint8_t *bytes, size_t size, const void *what, size_t length)
{
    for (; size >= length; bytes++, size--)
        if (memcmp(bytes, what, length) == 0)
            return bytes;
    fail_msg("it is not there");
    return NULL;
}

/* A pack of a recording, not compressed, in which `at` is one of its bytes. Free the bytes. */
static struct flame_bytes pack_of(struct flame_bytes recording, const uint8_t **at)
{
    struct flame_manifest manifest;
    struct flame_output *text = flame_output_memory();
    struct archive_builder b;
    flame_manifest_init(&manifest);
    manifest.version = manifest.name = flame_str_from("any");
    struct flame_range all = { 0, recording.size };
    struct flame_extents extents = { &all, 1, 0 };
    assert_true(flame_vec_push(&manifest.parts,
                               (struct flame_manifest_part){
                                   flame_str_from("perf.data"), recording.size,
                                   flame_hash_blocks(recording.ptr, recording.size, &extents) }));
    assert_int_equal(flame_manifest_write(&manifest, text), FLAME_OK);
    archive_builder_begin(&b, "gnutar", "none");
    archive_builder_file(&b, "manifest", flame_output_bytes(text).ptr,
                         flame_output_bytes(text).len);
    archive_builder_file(&b, "perf.data", recording.ptr, (size_t)recording.size);
    archive_builder_end(&b);
    flame_output_discard(text);
    flame_manifest_deinit(&manifest);
    *at = find(b.bytes, b.size, recording.ptr, (size_t)recording.size);
    return (struct flame_bytes){ b.bytes, b.size };
}

/* The last comm is called otherwise: only the manifest tells. */
static void pack_whose_recording_is_not_what_was_packed_is_read(void **state)
{
    struct folder *f = *state;
    struct perf_builder *comms;
    const uint8_t *at;
    struct flame_bytes recording = thousand_comms(&comms);
    struct flame_bytes pack = pack_of(recording, &at);
    assert_int_equal(check_comms(put_file(f, "a.fdpack", pack), 0, 1000).count, 0);
    const uint8_t *name = find(at, (size_t)recording.size, "sh", 3);
    ((uint8_t *)(uintptr_t)pack.ptr)[name - (const uint8_t *)pack.ptr] ^= 1;
    struct flame_perf_losses losses = check_comms(put_file(f, "b.fdpack", pack), 0, 1000);
    assert_int_equal(losses.count, 1);
    assert_int_equal(losses.items[0].error.status, FLAME_CORRUPT);
    assert_string_equal(losses.items[0].error.text,
                        "the pack is damaged: perf.data is not what was "
                        "packed; take another copy");
    assert_false(losses.early);
    free((void *)(uintptr_t)pack.ptr);
    builder_free(comms);
}

static void pack_that_is_cut_in_its_recording_gives_what_is_there(void **state)
{
    struct folder *f = *state;
    struct perf_builder *comms;
    const uint8_t *at;
    struct flame_recording recording;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_bytes pack = pack_of(thousand_comms(&comms), &at);
    size_t before = (size_t)(at - (const uint8_t *)pack.ptr);
    const char *path = put_file(f, "a.fdpack", (struct flame_bytes){ pack.ptr, before + 12000 });
    assert_int_equal(flame_recording_open(&recording, path, NULL, NULL), FLAME_OK);
    assert_int_equal(recording.perf.losses.count, 2);
    assert_int_equal(recording.perf.losses.items[0].error.status, FLAME_TRUNCATED);
    assert_true(recording.perf.parts.items[0].size > 10000);
    flame_recording_close(&recording);
    path = put_file(f, "b.fdpack", (struct flame_bytes){ pack.ptr, before - 100 });
    assert_int_equal(flame_recording_open(&recording, path, NULL, &error), FLAME_CORRUPT);
    assert_non_null(strstr(error.text, "it has no perf.data: 1 member can be read"));
    assert_non_null(strstr(error.text, "; take another copy"));
    free((void *)(uintptr_t)pack.ptr);
    builder_free(comms);
}

static void archive_that_unpacks_to_too_much_names_the_limit(void **state)
{
    struct folder *f = *state;
    const struct flame_limits limits = { .archive = 1 << 20 };
    struct flame_recording recording;
    struct flame_error error = FLAME_ERROR_INIT;
    struct archive_builder b;
    archive_builder_begin(&b, "gnutar", "gzip");
    archive_builder_zeros(&b, "perf.data", 3 << 20, false);
    archive_builder_end(&b);
    const char *path = put_file(f, "bomb.tgz", (struct flame_bytes){ b.bytes, b.size });
    free(b.bytes);
    assert_int_equal(flame_recording_open(&recording, path, &limits, &error), FLAME_LIMIT);
    assert_non_null(strstr(error.text, "--limit archive=4M"));
}

/* What another thread writes into a fifo: bytes, of which the last `after` come behind zeros. */
struct writing {
    const char *path;
    struct flame_bytes bytes;
    size_t after, zeros;
};

static void *write_fifo(void *argument)
{
    const struct writing *w = argument;
    static const uint8_t zeros[1 << 16];
    FILE *out = fopen(w->path, "wb");
    size_t before = (size_t)w->bytes.size - w->after;
    bool ok = out && fwrite(w->bytes.ptr, 1, before, out) == before;
    for (size_t left = w->zeros, n; ok && left; left -= n) {
        n = left < sizeof zeros ? left : sizeof zeros;
        ok = fwrite(zeros, 1, n, out) == n;
    }
    if (ok)
        ok = fwrite((const uint8_t *)w->bytes.ptr + before, 1, w->after, out) == w->after;
    if (out)
        fclose(out);
    return NULL;
}

/* 5000 comms, trace data of so many bytes, one more comm. */
static void check_fifo(struct folder *f, size_t zeros)
{
    struct perf_builder *b = builder_new((struct builder_options){ .form = BUILDER_PIPE });
    builder_attr(b, &cycles, NULL, 0, NULL);
    for (int i = 0; i < 5000; i++)
        builder_comm(b, i, i, "sh");
    builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
    builder_u64(b, zeros);
    for (int i = 0; i < 4; i++)
        builder_u64(b, 0);
    builder_end(b);
    size_t before = builder_data_size(b);
    builder_comm(b, 5000, 5000, "last");
    size_t after = builder_data_size(b) - before;
    struct writing w = { new_path(f, "fifo"), builder_finish(b), after, zeros };
    pthread_t thread;
    assert_int_equal(mkfifo(w.path, 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, write_fifo, &w), 0);
    assert_int_equal(check_comms(w.path, 0, 5001).count, 0);
    pthread_join(thread, NULL);
    builder_free(b);
}

static void fifo_is_read_to_its_end(void **state)
{
    check_fifo(*state, 4321);
}

/* Beyond 64 MiB it goes to a nameless file. */
static void large_fifo_is_spooled_whole(void **state)
{
    check_fifo(*state, (64 << 20) + 4321);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_FOLDER(folder_of_two_streams_is_one_recording),
        IN_FOLDER(streams_come_in_the_order_of_their_numbers),
        IN_FOLDER(other_things_in_the_folder_are_left_alone),
        IN_FOLDER(folder_without_streams_is_its_data),
        IN_FOLDER(empty_stream_is_no_loss),
        IN_FOLDER(cut_stream_loses_its_end),
        IN_FOLDER(unreadable_stream_is_a_loss),
        IN_FOLDER(missing_stream_is_a_loss),
        IN_FOLDER(stream_that_is_a_fifo_is_a_loss),
        IN_FOLDER(folder_without_data_is_refused_by_its_name),
        IN_FOLDER(archive_that_is_cut_before_its_recording_says_so),
        IN_FOLDER(archive_that_is_cut_in_its_recording_gives_what_is_there),
        IN_FOLDER(pack_whose_recording_is_not_what_was_packed_is_read),
        IN_FOLDER(pack_that_is_cut_in_its_recording_gives_what_is_there),
        IN_FOLDER(archive_that_unpacks_to_too_much_names_the_limit),
        IN_FOLDER(fifo_is_read_to_its_end),
        IN_FOLDER(large_fifo_is_spooled_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
