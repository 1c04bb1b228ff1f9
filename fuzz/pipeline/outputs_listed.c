/* outputs_listed.c: what is written as text, JSON or tables, and packs. */
#include "outputs_parts.h"
#include "pack_reader.h"
#include "well_formed.h"

#include <flamedata/inspect.h>
#include <flamedata/pack.h>
#include <flamedata/report.h>
#include <flamedata/script.h>

void fuzz_make_script(const struct fuzz_request *request, struct flame_output *out)
{
    static const char *const fields[] = { NULL, "comm,pid,tid,ip,sym,symoff,dso,srcline",
                                          "+cpu,-period", "time,event,addr,ip,dso" };
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_script_options options = {
        .fields = fields[request->variant & 3],
        .no_chains = request->variant & 4,
        .nanoseconds = request->variant & 8,
        .session = request->session,
    };
    struct flame_script *script = flame_script_open(request->path, &options, &error);
    fuzz_check_failed(script, &error);
    if (script)
        fuzz_check_status(flame_script_write(script, out, &error), &error);
    CHECK(!flame_output_failed(out));
    flame_script_close(script);
}

typedef enum flame_status report_writer(const struct flame_report *report,
                                        const struct flame_report_look *look,
                                        struct flame_output *output);

static bool make_report(const struct fuzz_request *request, report_writer *write,
                        struct flame_output *out)
{
    static const char *const sorts[] = { NULL, "symbol", "+pid,tid", "dso,srcline" };
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_report_options options = {
        .session = request->session,
        .sort = sorts[request->variant & 3],
        .callers = (enum flame_report_callers)(request->variant >> 2 & 3) %
                   (FLAME_REPORT_CALLERS_NONE + 1),
        .addresses = request->variant & 16,
    };
    const struct flame_report_look look = { .samples = request->variant & 32,
                                            .period = request->variant & 64,
                                            .full_paths = request->variant & 128 };
    const struct flame_report *report = flame_report(request->path, &options, &error);
    fuzz_check_failed(report, &error);
    if (report)
        CHECK(write(report, &look, out) == FLAME_OK);
    flame_report_free(report);
    return report != NULL;
}

void fuzz_make_report_text(const struct fuzz_request *request, struct flame_output *out)
{
    make_report(request, flame_report_text, out);
    check_safe(out);
}

void fuzz_make_report_json(const struct fuzz_request *request, struct flame_output *out)
{
    if (make_report(request, flame_report_json, out))
        check_json(out);
}

void fuzz_make_report_csv(const struct fuzz_request *request, struct flame_output *out)
{
    if (make_report(request, flame_report_csv, out))
        check_csv(out);
}

typedef enum flame_status annotate_writer(const struct flame_annotation *annotation,
                                          const struct flame_annotate_look *look,
                                          struct flame_output *output);

static bool make_annotation(const struct fuzz_request *request, annotate_writer *write,
                            struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_annotate_options options = fuzz_annotate_of(request);
    const struct flame_annotate_look look = { .raw = request->variant & 64,
                                              .samples = true,
                                              .print_line = request->variant & 128,
                                              .unicode = request->variant & 2 };
    const struct flame_annotation *annotation = flame_annotate(request->path, &options, &error);
    fuzz_check_failed(annotation, &error);
    if (annotation)
        CHECK(write(annotation, &look, out) == FLAME_OK);
    flame_annotation_free(annotation);
    return annotation != NULL;
}

void fuzz_make_annotate_text(const struct fuzz_request *request, struct flame_output *out)
{
    make_annotation(request, flame_annotate_text, out);
    check_safe(out);
}

void fuzz_make_annotate_json(const struct fuzz_request *request, struct flame_output *out)
{
    if (make_annotation(request, flame_annotate_json, out))
        check_json(out);
}

void fuzz_make_annotate_html(const struct fuzz_request *request, struct flame_output *out)
{
    if (make_annotation(request, flame_annotate_html, out))
        check_html(out);
}

void fuzz_make_info_text(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_info_options options = { .head_only = request->variant & 1,
                                                .limits = request->session.limits };
    fuzz_check_status(flame_write_info(request->path, &options, out, &error), &error);
    check_safe(out);
}

void fuzz_make_info_json(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT, why = FLAME_ERROR_INIT;
    struct flame_session *session = flame_session_open(request->path, &request->session, &why);
    fuzz_check_failed(session, &why);
    const struct flame_info_options options = {
        .json = true,
        .verdict = session ? flame_session_verdict(session) : NULL,
        .unit = session ? flame_session_stacks(session)->unit : FLAME_UNIT_SAMPLES,
        .no_verdict = session ? NULL : &why,
        .limits = request->session.limits,
    };
    enum flame_status status = flame_write_info(request->path, &options, out, &error);
    fuzz_check_status(status, &error);
    if (status == FLAME_OK)
        check_json(out);
    flame_session_close(session);
}

void fuzz_make_dump(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_dump_options options = { .types = request->variant & 1 ? "MMAP2,9" : NULL,
                                                .limit = request->variant & 2 ? 5 : 0,
                                                .limits = request->session.limits };
    fuzz_check_status(flame_write_dump(request->path, &options, out, &error), &error);
    check_safe(out);
}

void fuzz_make_counts(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_dump_options options = { .limits = request->session.limits };
    fuzz_check_status(flame_write_record_counts(request->path, &options, out, &error), &error);
    check_safe(out);
}

/* What is packed is a pack. */
void fuzz_make_pack(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    const struct flame_pack_options options = { .threads = request->session.threads,
                                                .symbols = request->session.symbols,
                                                .limits = request->session.limits,
                                                .made_s = 1 };
    struct flame_packing *packing = flame_packing_open(request->path, &options, &error);
    struct flame_archive *archive = NULL;
    struct flame_pack *pack = NULL;
    fuzz_check_failed(packing, &error);
    if (packing) {
        CHECK(flame_packing_write(packing, out, &error) == FLAME_OK);
        struct flame_str bytes = flame_output_bytes(out);
        CHECK(flame_archive_read(&archive, (const uint8_t *)bytes.ptr, bytes.len, "made", &error) ==
              FLAME_OK);
        CHECK(!flame_archive_damage(archive));
        CHECK(flame_pack_open(&pack, archive, "made", &error) == FLAME_OK);
    }
    flame_pack_close(pack);
    flame_archive_close(archive);
    flame_packing_close(packing);
}
