/* assets.h: the files of assets/, embedded by cmake/Embed.cmake. */
#ifndef FLAME_RENDER_ASSETS_H
#define FLAME_RENDER_ASSETS_H

#include <stddef.h>

/* Not NUL-terminated. The script is statements that see one variable, data (see svg.c); neither
 * has "]]>" in it. */
extern const char flame_asset_script[], flame_asset_style[];
extern const size_t flame_asset_script_size, flame_asset_style_size;

#endif
