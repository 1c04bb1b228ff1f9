# flame_embed(TARGET HEADER NAME [SHA256] file...)
#
# Compile the files, one behind the other, into TARGET as the array flame_asset_NAME and its
# flame_asset_NAME_size, which HEADER declares. With SHA256 also flame_asset_NAME_sha256, the
# array's hash in base64, as a content security policy has it. Indentation, blank lines and lines that are only a comment (// in scripts,
# one-line /* */ in style sheets) are left out: that is all the shrinking that cannot go wrong.
#
# The same file is the generator: cmake -DHEADER= -DNAME= -DHASH=ON|OFF -DOUT= -DFILES=a|b
# -P Embed.cmake
if(NOT CMAKE_SCRIPT_MODE_FILE)
    set(FLAME_EMBED ${CMAKE_CURRENT_LIST_FILE})

    function(flame_embed target header name)
        cmake_parse_arguments(PARSE_ARGV 3 arg "SHA256" "" "")
        set(files)
        foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
            list(APPEND files ${CMAKE_CURRENT_SOURCE_DIR}/${file})
        endforeach()
        list(JOIN files "|" joined)
        set(out ${CMAKE_CURRENT_BINARY_DIR}/asset_${name}.c)
        add_custom_command(OUTPUT ${out}
            COMMAND ${CMAKE_COMMAND} -DHEADER=${header} -DNAME=${name}
                -DHASH=${arg_SHA256} -DOUT=${out} "-DFILES=${joined}" -P ${FLAME_EMBED}
            DEPENDS ${files} ${FLAME_EMBED} VERBATIM)
        target_sources(${target} PRIVATE ${out})
        if(NOT TARGET flame_assets) # all of them, for who reads the sources without building
            add_custom_target(flame_assets)
        endif()
        add_custom_target(flame_asset_${name} DEPENDS ${out})
        add_dependencies(${target} flame_asset_${name})
        add_dependencies(flame_assets flame_asset_${name})
    endfunction()
    return()
endif()

string(REPLACE "|" ";" paths "${FILES}")
set(all "\n")
foreach(path IN LISTS paths)
    file(READ "${path}" text)
    string(APPEND all "${text}\n")
endforeach()
if(all MATCHES "]]>")
    message(FATAL_ERROR "${FILES}: \"]]>\" would end the CDATA section that the file is put in")
endif()
string(REGEX REPLACE "\n[ \t]+" "\n" all "${all}")
string(REGEX REPLACE "\n(//[^\n]*|/\\*[^\n]*\\*/)" "\n" all "${all}")
string(REGEX REPLACE "\n\n+" "\n" all "${all}")
file(WRITE "${OUT}.txt" "${all}")
file(SIZE "${OUT}.txt" size)
file(READ "${OUT}.txt" hex HEX)
string(REPEAT "[0-9a-f]" 32 sixteen_bytes)
string(REGEX REPLACE "(${sixteen_bytes})" "\\1\n" bytes "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}"
    "#include \"${HEADER}\"\n"
    "const size_t flame_asset_${NAME}_size = ${size};\n"
    "const char flame_asset_${NAME}[] = {\n${bytes}\n};\n")
if(NOT HASH)
    return()
endif()

# 32 bytes in base64: ten times three, then two, each three bytes as four digits.
file(SHA256 "${OUT}.txt" hash)
set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
string(APPEND hash "00")
set(base64)
foreach(at RANGE 0 60 6)
    string(SUBSTRING "${hash}" ${at} 6 three)
    math(EXPR three "0x${three}")
    foreach(shift 18 12 6 0)
        math(EXPR digit "(${three} >> ${shift}) & 63")
        string(SUBSTRING "${alphabet}" ${digit} 1 digit)
        string(APPEND base64 ${digit})
    endforeach()
endforeach()
string(SUBSTRING "${base64}" 0 43 base64)
file(APPEND "${OUT}" "const char flame_asset_${NAME}_sha256[] = \"${base64}=\";\n")
