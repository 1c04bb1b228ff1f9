/* version.c: the version of the library. */
#include <flamedata/version.h>

const char *flame_version(void)
{
    return FLAMEDATA_VERSION;
}
