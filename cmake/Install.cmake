# What `cmake --install` puts where: the program (src/cli), both libraries, the public headers,
# flamedata.pc, and a CMake package with flamedata::flamedata (shared) and flamedata::flamedata_static.
include(CMakePackageConfigHelpers)

set_target_properties(flamedata_shared PROPERTIES EXPORT_NAME flamedata)
install(TARGETS flamedata_static flamedata_shared flame_iberty EXPORT flamedata)
install(DIRECTORY include/flamedata DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/include/flamedata/version.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/flamedata)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/flamedata)
install(EXPORT flamedata NAMESPACE flamedata:: DESTINATION ${package} FILE flamedataTargets.cmake)
configure_file(cmake/flamedataConfig.cmake.in flamedataConfig.cmake @ONLY)
write_basic_package_version_file(flamedataConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/flamedataConfig.cmake ${PROJECT_BINARY_DIR}/flamedataConfigVersion.cmake
    DESTINATION ${package})

file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/flamedata.pc.in flamedata.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/flamedata.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
