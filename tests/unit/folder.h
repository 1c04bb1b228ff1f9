/* folder.h: a folder for the files of a test program. After <cmocka.h>. */
#ifndef FLAME_TESTS_FOLDER_H
#define FLAME_TESTS_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Made by make_folder, a test group's setup, and removed by its teardown. */
static char folder[] = "/tmp/flame-unit-XXXXXX";

static inline int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static inline int remove_folder(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* The path of a file in the folder; up to four may be in use at once. */
static inline const char *in_folder(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

#endif
