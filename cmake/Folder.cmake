# flame_folder(NAME SOURCES file... [USES folder...] [LIBRARIES target...])
#
# One target per folder. Its sources see the public headers, their own folder, and the folders named
# in USES: any other include fails to compile. That is how the build keeps dependencies one-way.
function(flame_folder name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;LIBRARIES")
    add_library(flame_${name} OBJECT ${arg_SOURCES})
    set_target_properties(flame_${name} PROPERTIES
        POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
    target_link_libraries(flame_${name} PRIVATE flame_flags ${arg_LIBRARIES})
    target_include_directories(flame_${name} PRIVATE
        ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR})
    foreach(folder IN LISTS arg_USES)
        target_include_directories(flame_${name} PRIVATE
            $<TARGET_PROPERTY:flame_${folder},SOURCE_DIR>)
    endforeach()
    set_property(GLOBAL APPEND PROPERTY FLAME_FOLDERS flame_${name})
    set_property(GLOBAL APPEND PROPERTY FLAME_LIBRARIES ${arg_LIBRARIES})
endfunction()

# flame_header_folders(VARIABLE glob...): where all internal headers are, of the sources and by further
# patterns, for who includes any of them by its bare name: tests and fuzz targets.
function(flame_header_folders variable)
    file(GLOB headers CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/src/*/*.h ${PROJECT_SOURCE_DIR}/src/*.h
        ${PROJECT_SOURCE_DIR}/formats/*/*.h ${PROJECT_SOURCE_DIR}/formats/*.h ${ARGN})
    set(folders ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
    foreach(header IN LISTS headers)
        cmake_path(GET header PARENT_PATH folder)
        list(APPEND folders ${folder})
    endforeach()
    list(REMOVE_DUPLICATES folders)
    set(${variable} ${folders} PARENT_SCOPE)
endfunction()
