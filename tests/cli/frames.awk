# frames.awk: the frames of a flame graph, inferno's or ours, one a line:
#
#     level TAB x TAB width TAB change TAB title
#
# level counts from the root, negative where callees hang below it; x and width are in percent.
# change is by how much redder (blue: less than 0) than white a frame is, of two profiles: 0 to 150,
# as inferno counts; "-" where there is no white in the picture. Frames without width are left out.
# Attributes may come in any order, and a frame's place may be its own or its groups'.
# Variables: changes=1 prints change.

function attribute(tag, name,    at, rest) {
    at = match(tag, "[ \n]" name "=\"[^\"]*\"")
    if (!at)
        return ""
    rest = substr(tag, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    return rest
}

function plain(text) {
    gsub(/&lt;/, "<", text)
    gsub(/&gt;/, ">", text)
    gsub(/&quot;|&#34;|&#x22;/, "\"", text)
    gsub(/&apos;|&#39;|&#x27;/, "'", text)
    gsub(/&amp;/, "\\&", text)
    return text
}

function hex(text,    i, value) {
    for (i = 1; i <= length(text); i++)
        value = 16 * value + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1
    return value
}

# Red and blue of a colour: how far from white, and which way.
function change_of(fill,    part) {
    if (fill ~ /^rgb/) {
        split(substr(fill, 5), part, /[,)]/)
    } else {
        if (length(fill) == 4)
            fill = "#" substr(fill, 2, 1) substr(fill, 2, 1) substr(fill, 3, 1) substr(fill, 3, 1) substr(fill, 4, 1) substr(fill, 4, 1)
        part[1] = hex(substr(fill, 2, 2))
        part[3] = hex(substr(fill, 6, 2))
    }
    return part[1] > part[3] ? 250 - part[3] : part[1] < part[3] ? part[1] - 250 : 0
}

BEGIN { RS = "<" }

# Classes of colours, of the light scheme, which comes first.
/^style/ { in_style = 1 }
/^\/style/ { in_style = 0 }
in_style {
    rest = $0
    while (match(rest, /\.p[0-9]+\{fill:[^;}]*/)) {
        rule = substr(rest, RSTART + 1, RLENGTH - 1)
        rest = substr(rest, RSTART + RLENGTH)
        split(rule, half, /\{fill:/)
        if (!(half[1] in fills))
            fills[half[1]] = half[2]
    }
}

/^g[ >]/ {
    shift = 0
    if (match($0, /translate\([^)]*\)/)) {
        split(substr($0, RSTART + 10, RLENGTH - 11), place, /[ ,]+/)
        shift = place[2]
    }
    tops[++depth] = top
    top += shift
    classes[depth] = attribute($0, "class")
}
/^\/g>/ { top = tops[depth--]; title = "" }
/^title>/ { title = substr($0, 7) }
/^rect / && title != "" && depth {
    x = attribute($0, "x")
    width = attribute($0, "width")
    fill = attribute($0, "fill")
    if (fill == "")
        fill = fills[classes[depth]]
    n++
    ys[n] = top + attribute($0, "y")
    xs[n] = x + 0
    widths[n] = width + 0
    titles[n] = plain(title)
    colours[n] = fill
    if (title ~ /^all \(/ && width + 0 == 100)
        root = ys[n]
    title = ""
}

END {
    for (i = 1; i <= n; i++)
        if (widths[i] > 0)
            printf "%d\t%.3f\t%.3f\t%s\t%s\n", (root - ys[i]) / 16, xs[i], widths[i],
                   changes ? change_of(colours[i]) : "-", titles[i]
}
