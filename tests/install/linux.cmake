refwave_test(install_test SOURCES ${decisions} inf_test.cpp LIBS refwave_installer SINGLE_THREADED)
refwave_computes(install_test)
target_compile_definitions(install_test PRIVATE REFWAVE_INF="${PROJECT_BINARY_DIR}/refwave.inf")
