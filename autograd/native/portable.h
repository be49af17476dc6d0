/* What compilers have beyond standard C, each with a form that needs none of it. GCC and Clang
   have all, Microsoft's compiler has a part; -DSTANDARD_C asks for the other forms. */

#if defined(__GNUC__) && !defined(STANDARD_C) /* Clang says so too */
#define GNU_C 1
#endif

/* UNALIASED for (…): what one round writes, no other round reads. */
#if defined(GNU_C) && defined(__clang__)
#define UNALIASED _Pragma("clang loop vectorize(assume_safety)")
#pragma clang diagnostic ignored "-Wpass-failed" /* nor can it: there are no vectors of sin */
#elif defined(GNU_C)
#define UNALIASED _Pragma("GCC ivdep")
#elif defined(_MSC_VER) && !defined(STANDARD_C)
#define UNALIASED __pragma(loop(ivdep))
#else
#define UNALIASED
#endif

#if defined(GNU_C)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#elif defined(_MSC_VER) && !defined(STANDARD_C)
#define ALWAYS_INLINE static __forceinline
#else
#define ALWAYS_INLINE static inline
#endif

/* SEVERAL: the loops can be compiled for several kinds of processor, between FOR_… and
   FOR_ALL. On Windows GCC lays vectors of 32 bytes where the stack is aligned to 16. */
#if defined(GNU_C) && defined(__x86_64__) && !defined(_WIN32)
#define SEVERAL 1
#define PRAGMA(...) _Pragma(#__VA_ARGS__)
#if defined(__clang__)
#define FOR_AVX2                                                                               \
    PRAGMA(clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function))
#define FOR_AVX512                                                                             \
    PRAGMA(clang attribute push(                                                               \
        __attribute__((target("avx2,fma,avx512f,avx512dq,avx512vl,avx512bw"))),                \
        apply_to = function))
#define FOR_ALL PRAGMA(clang attribute pop)
#else
#define FOR_AVX2 PRAGMA(GCC push_options) PRAGMA(GCC target("avx2,fma"))
#define FOR_AVX512                                                                             \
    PRAGMA(GCC push_options)                                                                   \
    PRAGMA(GCC target("avx2,fma,avx512f,avx512dq,avx512vl,avx512bw,prefer-vector-width=512"))
#define FOR_ALL PRAGMA(GCC pop_options)
#endif
#endif

/* A function in a slot of Python's, which is a pointer to data. */
#define SLOT(function) ((void *)(uintptr_t)(function))

/* Without the global lock, one thread at a time runs a table; before 3.13 there was the lock. */
#if PY_VERSION_HEX < 0x030D0000
#define Py_BEGIN_CRITICAL_SECTION(object) {
#define Py_END_CRITICAL_SECTION() }
#endif

#if FLT_EVAL_METHOD == 2 || FLT_EVAL_METHOD < 0
#error "sums of doubles are not rounded to doubles here: exp would be wrong"
#endif
