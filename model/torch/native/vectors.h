// What inner loops over floats are written with.
#pragma once

// One machine code for each generation of vectors; the loader picks the one for this processor.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define EACH_PROCESSOR __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define EACH_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))
