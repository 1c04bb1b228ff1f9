/* name_attributes.h: what --nameattr adds to the elements of frames, by their names.
 *
 * The text has a line for each function: its name, then attribute=value, with tabs between them; a
 * value may stand in quotes. title is the tooltip; href, target and a_extra make a link of the
 * frame; id, class, style and g_extra are for its group; the extras hold several name="value".
 * Nothing is taken that could run a program or break the picture: links to other schemes than http,
 * https, ftp, file and mailto are refused, on... handlers and unknown attributes are left out, and
 * so are names that the picture needs itself. Source: flamegraph.pl and inferno-flamegraph 0.12. */
#ifndef FLAME_RENDER_NAME_ATTRIBUTES_H
#define FLAME_RENDER_NAME_ATTRIBUTES_H

#include <flamedata/error.h>
#include <flamedata/output.h>
#include <flamedata/str.h>

struct flame_attributes;

/* name=value of an element. */
struct flame_attribute {
    struct flame_str name, value;
};

/* Of one function's frames. An empty string is an attribute that was not given; target is set when
 * href is.
 *
 * group, link  further attributes of the frame's <g>, and of the <a> within it (group_count,
 *              link_count): well-formed, distinct names; values are not escaped yet */
struct flame_attribute_set {
    struct flame_str title, href, target, id, class_name, style;
    const struct flame_attribute *group, *link;
    size_t group_count, link_count;
};

/* Read text, which is borrowed. *attributes is NULL when it says nothing. FLAME_OK, FLAME_NOMEM, or
 * FLAME_USAGE with the line's number in the message. */
enum flame_status flame_attributes_make(struct flame_attributes **attributes, struct flame_str text,
                                        struct flame_error *error);
void flame_attributes_free(struct flame_attributes *attributes);

/* The attributes of frames of that name, as it stands in the stacks or without its mark; NULL:
 * none. attributes may be NULL. */
const struct flame_attribute_set *flame_attributes_of(const struct flame_attributes *attributes,
                                                      struct flame_str name);

/* Write attributes of an element, each with a space before it, escaped. */
void flame_put_attributes(struct flame_output *out, const struct flame_attribute *list,
                          size_t count);

/* Write all as JavaScript: {"NAME":{title:"",href:"",target:"",id:"",class:"",style:"",
 * g:[["n","v"]],a:[]},...}; what was not given is left out. */
void flame_attributes_put_js(struct flame_output *out, const struct flame_attributes *attributes);

#endif
