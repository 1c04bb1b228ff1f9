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
