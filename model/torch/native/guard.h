// No exception crosses the border: each entry runs inside guard(), which keeps the message for ct_error().
#pragma once
#include <c10/util/Exception.h>
#include <exception>
#include <new>
#include <string>
#include "shim.h"

std::string& ct_last_error();

inline int32_t ct_failed(int32_t status, const char* message) noexcept {
    try { ct_last_error() = message; } catch (...) { return CT_OUT_OF_MEMORY; }
    return status;
}

template <typename F>
int32_t guard(F&& body) noexcept {
    try {
        body();
        return CT_OK;
    } catch (const c10::OutOfMemoryError& e) {
        return ct_failed(CT_OUT_OF_MEMORY, e.what_without_backtrace());
    } catch (const c10::Error& e) {
        // The CPU allocator reports exhaustion as a plain Error.
        const std::string text = e.what_without_backtrace();
        const bool memory = text.find("can't allocate memory") != std::string::npos
            || text.find("not enough memory") != std::string::npos;
        return ct_failed(memory ? CT_OUT_OF_MEMORY : CT_ERROR, text.c_str());
    } catch (const std::bad_alloc& e) {
        return ct_failed(CT_OUT_OF_MEMORY, e.what());
    } catch (const std::exception& e) {
        return ct_failed(CT_ERROR, e.what());
    } catch (...) {
        return ct_failed(CT_ERROR, "an exception of unknown type was thrown inside libtorch");
    }
}
