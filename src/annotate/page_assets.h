/* page_assets.h: the files of assets/, embedded by cmake/Embed.cmake. */
#ifndef FLAME_ANNOTATE_PAGE_ASSETS_H
#define FLAME_ANNOTATE_PAGE_ASSETS_H

#include <stddef.h>

/* Not NUL-terminated. The hash, which is, lets a page run this script and no other. */
extern const char flame_asset_annotate_script[], flame_asset_annotate_style[];
extern const size_t flame_asset_annotate_script_size, flame_asset_annotate_style_size;
extern const char flame_asset_annotate_script_sha256[];

#endif
