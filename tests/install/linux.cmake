refwave_test(install_test SOURCES ${decisions} LIBS refwave_installer SINGLE_THREADED)
refwave_computes(install_test)
