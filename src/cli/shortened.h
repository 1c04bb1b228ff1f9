/* shortened.h: when a file that is being read becomes shorter, or its disk fails. */
#ifndef FLAME_CLI_SHORTENED_H
#define FLAME_CLI_SHORTENED_H

/* From now on the program then says which file it is, and ends with status 1. */
void flame_cli_watch_files(void);

#endif
