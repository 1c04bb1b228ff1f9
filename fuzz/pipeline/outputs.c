/* outputs.c: see outputs.h. Each output is made as the commands of src/cli make it. */
#include "outputs_parts.h"
#include "well_formed.h"

void fuzz_check_status(enum flame_status status, const struct flame_error *error)
{
    char text[1024];
    CHECK(status != FLAME_NOMEM);
    if (status != FLAME_OK) {
        CHECK(error->status == status && error->text[0]);
        flame_error_format(error, text, sizeof text);
    }
}

void fuzz_check_failed(const void *made, const struct flame_error *error)
{
    if (!made) {
        CHECK(error->status != FLAME_OK);
        fuzz_check_status(error->status, error);
    }
}

struct flame_annotate_options fuzz_annotate_of(const struct fuzz_request *request)
{
    return (struct flame_annotate_options){
        .session = request->session,
        .top = 4,
        .callers = request->variant & 1,
        .no_code = request->variant & 2,
        .intel = request->variant & 4,
        .no_source = true,
        .symbol = request->variant & 8 ? "*a*" : NULL,
        .regex = request->variant & 16,
        .share_percent = request->variant & 32 ? 50 : 0,
    };
}

void fuzz_make(enum fuzz_output output, const struct fuzz_request *request)
{
    static fuzz_maker *const make[] = {
#define X(name) fuzz_make_##name,
        FUZZ_OUTPUTS(X)
#undef X
    };
    struct flame_output *out = flame_output_memory();
    CHECK(out);
    make[output](request, out);
    flame_output_discard(out);
}
