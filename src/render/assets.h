/* assets.h: the files of assets/, embedded by cmake/Embed.cmake. */
#ifndef FLAME_RENDER_ASSETS_H
#define FLAME_RENDER_ASSETS_H

#include <stddef.h>

/* Not NUL-terminated. picture is the style sheet of the still drawing; style that of what the
 * script adds, which it knows as STYLE. The loader is statements that see one variable, data
 * (svg_script.c), and unpacks the script; none has "]]>" in it. */
extern const char flame_asset_script[], flame_asset_style[], flame_asset_picture[];
extern const size_t flame_asset_script_size, flame_asset_style_size, flame_asset_picture_size;
extern const char flame_asset_loader[];
extern const size_t flame_asset_loader_size;

/* The page: its markup, the style sheet of what is seen without scripts, the script that unpacks
 * the rest: style sheet and script. It lets no other script run. */
extern const char flame_asset_page_body[], flame_asset_page_style[], flame_asset_page_script[];
extern const size_t flame_asset_page_body_size, flame_asset_page_style_size;
extern const size_t flame_asset_page_script_size;
extern const char flame_asset_page_still[], flame_asset_page_loader[];
extern const size_t flame_asset_page_still_size, flame_asset_page_loader_size;
extern const char flame_asset_page_script_sha256[], flame_asset_page_loader_sha256[];

#endif
